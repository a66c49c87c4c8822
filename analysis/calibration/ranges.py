"""Ranges of fitted figures: between what values each may well lie, as the fit that gave it knows.

`idlewatt run --uncertainty` draws each figure by itself from a triangle over its range. So a range is as wide as makes
those draws tell the truth. Two errors are in it:

- of the fit: what the rows determine badly moves when some rows are left out. One part of the rows is left out at a time
  (the jackknife), which gives the figure's standard error; the ends of a triangle with that deviation are sqrt(6) of it away.
- of the formula: a layer or a kernel differs from the formula by more than its rows scatter. Every figure of a fit gets the
  same relative width for that: the least with which `LEVEL` of the groups of rows that were left out lie, by their median
  error, between the 5th and the 95th percentile of what the draws predict for them. A group is what one user sees: the layers
  of one model at one degree, a kernel of one shape.

Nothing here is drawn at random: percentiles follow from the deviation of a sum of triangles.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .fitting import Figures, Floats, Formula, Predict

Span = tuple[float, float]

LEVEL = 0.9
TAIL = 1.645  # standard deviations of a normal distribution from its middle to its 95th percentile
ENDS = math.sqrt(6)  # standard deviations from the peak of a symmetric triangle to its ends
STEP = 0.01  # of the derivatives by a figure


@dataclass(frozen=True)
class Question:
    """A fit, asked again with parts of its rows left out.

    `solve(kept)` gives the figures by the rows of a mask, `predict(figures)` the values of all rows. `parts` are left out one
    at a time. `groups` are judged; rows whose group is None are fitted but not judged. `given`: figures of other fits that the
    prediction rests on as well, each with its value and the relative width of its range; `--uncertainty` draws them, too.
    `level`: the share of the groups to be covered.
    """

    solve: Callable[[NDArray[np.bool_]], Figures]
    predict: Predict
    measured: ArrayLike
    parts: Sequence[Hashable]
    groups: Sequence[Hashable]
    given: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    level: float = LEVEL

    @staticmethod
    def of_formula(formula: Formula, table: pd.DataFrame, parts: Sequence[Hashable], groups: Sequence[Hashable]) -> "Question":
        """One table of kernels."""
        return Question(lambda kept: formula.fit(table[kept]), lambda x: formula.predict(x, table), table.seconds, parts, groups)


@dataclass(frozen=True)
class Judged:
    """The relative width of each figure's range to one side; its standard error, relative; the width that the formula's error
    adds, relative; the share of the groups to be covered, of how many, and how many lie within the interval that the others
    would have given them.

    `apart`: how much wider the draws of single figures spread the predictions than the fit does, which knows sums better than
    their parts; the median of the groups. 1 where the fit tells all figures apart. `left`: what is predicted of each row
    with its part left out."""

    widths: Figures
    errors: Figures
    formula: float
    level: float
    groups: int
    covered: int
    apart: float
    left: Floats


def at_level(values: Sequence[float], level: float) -> float:
    """The least of the values that a share of them, `level`, does not exceed; nought where there are none."""
    ordered = sorted(values)
    return ordered[math.ceil(level * len(ordered)) - 1] if ordered else 0.0


def _numbered(labels: Sequence[Hashable]) -> tuple[NDArray[np.int_], int]:
    known = {label: i for i, label in enumerate(dict.fromkeys(label for label in labels if label is not None))}
    return np.array([-1 if label is None else known[label] for label in labels]), len(known)


def jackknife(values: Floats) -> Floats:
    """Standard error by what came out with one part left out after the other (the first axis)."""
    count = len(values)
    return np.asarray(np.sqrt((count - 1) / count * np.sum((values - values.mean(axis=0)) ** 2, axis=0)))


def _slopes(question: Question, figures: Figures) -> dict[str, Floats]:
    """Of the logarithms of all predictions by the logarithm of each figure."""
    out = {}
    for name, value in figures.items():
        up, down = ({**figures, name: value * (1 + side * STEP)} for side in (1, -1))
        out[name] = (np.log(question.predict(up)) - np.log(question.predict(down))) / (2 * STEP)
    return out


def judged(question: Question, figures: Figures) -> Judged:
    """Ranges of the `figures` that all rows give."""
    measured = np.asarray(question.measured, dtype=float)
    part, parts = _numbered(question.parts)
    group, groups = _numbered(question.groups)
    given = {name: value for name, (value, _) in question.given.items()}
    found = [question.solve(part != i) for i in range(parts)]
    predicted = np.array([question.predict({**its, **given}) for its in found], dtype=float)
    left = predicted[part, np.arange(len(measured))]
    errors = {name: float(jackknife(np.array([its[name] for its in found]))) / value if value else 0.0
              for name, value in figures.items()}
    together = jackknife(np.log(predicted))

    missed, slopes = np.log(measured / left), _slopes(question, {**figures, **given})
    known = {**errors, **{name: width / ENDS for name, (_, width) in question.given.items()}}
    # The width that the formula's error must have for each group to be covered.
    needed, apart = [], []
    for i in range(groups):
        rows = group == i
        slope = {name: float(np.mean(s[rows])) for name, s in slopes.items()}
        of_fits = sum((slope[name] * error) ** 2 for name, error in known.items())
        of_fit = math.sqrt(sum((slope[name] * errors[name]) ** 2 for name in figures))
        apart.append(of_fit / max(float(np.mean(together[rows])), 1e-12))
        missing = max(0.0, (float(np.median(missed[rows])) / TAIL) ** 2 - of_fits)
        needed.append(ENDS * math.sqrt(missing / sum(slope[name] ** 2 for name in figures)))
    formula = at_level(needed, question.level)
    covered = sum(need <= at_level(needed[:i] + needed[i + 1:], question.level) for i, need in enumerate(needed))
    widths = {name: math.hypot(ENDS * error, formula) for name, error in errors.items()}
    return Judged(widths, errors, formula, question.level, groups, covered,
                  float(np.median(apart)), left)


def rate(value: float, width: float, highest: float = math.inf) -> Span:
    """Of what a time is divided by: from where the time is longer by `width` to a rate higher by as much."""
    return outward(value / (1 + width), min(highest, value * (1 + width)))


def share(value: float, width: float) -> Span:
    """A rate that is a share of what the board could do at the most."""
    return rate(value, width, 1.0)


def time(value: float, width: float) -> Span:
    """Of a time, of joules, or of a factor on them: less and more by `width`, not below nought."""
    return outward(max(0.0, value * (1 - width)), value * (1 + width))


def outward(low: float, high: float, digits: int = 2) -> Span:
    """Both ends rounded away from the middle, so that their last digits do not hang on a processor's."""

    def rounded(value: float, towards: Callable[[float], int]) -> float:
        if value == 0.0:
            return 0.0
        unit = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
        return towards(round(value / unit, 6)) * unit

    return rounded(low, math.floor), rounded(high, math.ceil)
