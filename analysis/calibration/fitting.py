"""One robust least-squares fit of logarithms, and the error figures that the tables print.

The answer of a fit must not hang on the last bits of a processor's arithmetic. So each fit goes on until a step brings
nothing any more, starts from several places where its formula has kinks, and pulls each parameter towards its first
value by a weight that decides only where the data say nothing. `loose` names the parameters of which that is so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

Figures = dict[str, float]
Floats = NDArray[np.float64]
Predict = Callable[[Figures], ArrayLike]

PULL = 1e-3  # of each parameter towards its first value: a factor of two weighs as one row that is 0.1 % off


def starts(count: int, dimensions: int) -> Iterator[Floats]:
    """Factors on the first values: those themselves, then others within a factor of two, spread evenly (a lattice)."""
    steps = np.sqrt(np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37][:dimensions], dtype=float))
    for i in range(count):
        yield np.ones(dimensions) if i == 0 else 2.0 ** (2 * np.mod(i * steps, 1) - 1)


def fit(predict: Predict, start: Mapping[str, float], lower: Mapping[str, float], upper: Mapping[str, float],
        measured: ArrayLike, weight: ArrayLike = 1.0, places: int = 1) -> Figures:
    """Parameters (a dictionary, as `start`) that bring predict(parameters) closest to `measured`, relatively.

    Each parameter is scaled by its start value (not zero), so that microseconds and efficiencies weigh alike. The best
    of the fits from so many `places` is taken.
    """
    names = list(start)
    scale = np.array([start[n] for n in names], dtype=float)
    target = np.asarray(measured, dtype=float)

    def residuals(x: Floats) -> Floats:
        rows = np.log(predict(dict(zip(names, x * scale))) / target) * weight
        return np.concatenate([rows, PULL * (x - 1)])

    low, high = np.array([lower[n] for n in names]) / scale, np.array([upper[n] for n in names]) / scale
    margin = 1e-3 * (high - low)
    best = None
    for factors in starts(places, len(names)):
        found = least_squares(residuals, np.clip(factors, low + margin, high - margin), bounds=(low, high), loss="soft_l1",
                              f_scale=0.05, ftol=1e-13, xtol=1e-10, gtol=1e-13, max_nfev=400, jac="3-point")
        # A better one by less than this is the same one.
        if best is None or found.cost < best.cost * (1 - 1e-6):
            best = found
    assert best is not None
    return dict(zip(names, best.x * scale))


@dataclass(frozen=True)
class Formula:
    """Predicted seconds of the rows of a table, with the first values and the bounds of its parameters."""

    predict: Callable[[Figures, pd.DataFrame], Floats]
    start: Figures
    lower: Figures
    upper: Figures
    places: int = 1

    def fit(self, table: pd.DataFrame) -> Figures:
        return fit(lambda x: self.predict(x, table), self.start, self.lower, self.upper, table.seconds, places=self.places)

    def error(self, figures: Figures, table: pd.DataFrame) -> float:
        return error(self.predict(figures, table), table.seconds)


def loose(predict: Predict, parameters: Figures, measured: ArrayLike, weight: ArrayLike = 1.0) -> list[str]:
    """Names of the parameters that `measured` does not determine to within a factor of two (one standard deviation)."""
    names, target = list(parameters), np.asarray(measured, dtype=float)
    weights = np.ones(len(target)) * np.asarray(weight, dtype=float)

    def residuals(x: Floats) -> Floats:
        return np.log(predict({n: parameters[n] * f for n, f in zip(names, x)}) / target) * weights

    step, at = 0.02, np.ones(len(names))
    columns = [(residuals(at + step * e) - residuals(at - step * e)) / (2 * step) for e in np.eye(len(names))]
    jacobian = np.array(columns).T
    variance = np.sum(residuals(at) ** 2) / max(1, len(target) - len(names))
    # The last term keeps the matrix regular; a parameter that no row feels then has a deviation far above one.
    covariance = np.linalg.inv(jacobian.T @ jacobian + 1e-10 * np.eye(len(names))) * variance
    return [n for n, v in zip(names, np.diag(covariance)) if v > 1]


def at_bound(parameters: Figures, lower: Mapping[str, float], upper: Mapping[str, float],
             share: float = 0.001) -> list[str]:
    """Names of the parameters that ended on a bound: a warning."""
    return [n for n, v in parameters.items() if v <= lower[n] + share * (upper[n] - lower[n])
            or v >= upper[n] - share * (upper[n] - lower[n])]


@dataclass(frozen=True)
class LoopFit:
    """What closed loops say of an engine: figures and where they may lie; median errors in per cent of each measure, and of
    the fit's first measure with a number of clients left out."""

    figures: Figures
    spans: dict[str, tuple[float, float]]
    errors: dict[str, float]
    left: float


def error(predicted: ArrayLike, measured: ArrayLike) -> float:
    """Median absolute relative error, in per cent."""
    return 100 * float(np.median(np.abs(np.asarray(predicted) / np.asarray(measured) - 1)))
