"""Watts of the Hopper boards: static ones of a busy board, joules per byte, joules per operation in decoding, and what
operations on prompts and in 8 bits cost of that.

Two kinds of evidence. Whole servings (silybench, Qwen3-8B on an H100): mean watts over decode steps and prompts. Plateaus
of kernels on an H200 with board watts: only where a kernel loops for long at one level, for the meter averages over a
second: long decode attention (reads alone), and large products at the board limit, in 16 and 8 bits (all-in joules per
operation). Small products are left out: their operands are partly constant, and short loops show their neighbours.
Static watts and joules per byte lie on a line in what dense steps show; `joint` says between what both may lie.
"""

from collections.abc import Callable
from typing import NamedTuple, Optional

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from . import catalogue, data, step
from .catalogue import Entry
from .fitting import Figures, Floats, error, fit
from .ranges import ENDS, STEP, TAIL, Span, at_level, rate

START = {"static": 200.0, "byte": 9e-11, "flop": 1.5e-12, "prefill": 0.45, "eight": 0.65}
LOWER = {"static": 90.0, "byte": 2e-11, "flop": 3e-13, "prefill": 0.1, "eight": 0.3}
UPPER = {"static": 330.0, "byte": 2e-10, "flop": 5e-12, "prefill": 1.0, "eight": 1.0}
WORSE = 1.25  # a value is in the joint range while the other figures keep the squared error within so much of the best


class Counted(NamedTuple):
    """Of one step: seconds, bytes and operations."""

    seconds: Floats
    moved: Floats
    flops: Floats


class Serving:
    """Decode steps and prompts of a load test: seconds, bytes and operations of each, by row."""

    def __init__(self, model: catalogue.Model, acc: Entry, engine: Entry, table: pd.DataFrame) -> None:
        n, output, prompt = (table[k].to_numpy(float) for k in ("sequences", "output", "prompt"))
        self.limit, self.watts = acc.board_limit, table.watts.to_numpy(float)

        def counted(kind: Callable[..., tuple[Floats, Floats]], *shape: ArrayLike) -> Counted:
            def joules(static: float, byte: float, flop: float, share: float) -> tuple[Floats, Floats]:
                flops = dict.fromkeys(acc.joules_per_flop, flop)
                meter = acc.with_(busy_static=static, link_active=0.0, board_limit=np.inf, joules_per_byte=byte,
                                  joules_per_flop=flops, prefill_energy_factor=share)
                return kind(model, meter, engine, *shape)

            seconds = joules(1.0, 0.0, 0.0, 1.0)[0]
            return Counted(seconds, joules(0.0, 1.0, 0.0, 1.0)[1], joules(0.0, 0.0, 1.0, 1.0)[1])

        self.decode = counted(step.decode, n, table.context.to_numpy(float))
        together = np.maximum(1, np.minimum(n, 8192 // prompt))
        self.prefill = counted(step.prefill, together, prompt)
        self.steps = output - 1, n / together

    def predict(self, x: Figures) -> Floats:
        energy, time = np.zeros(len(self.watts)), np.zeros(len(self.watts))
        for one, count, share in ((self.decode, self.steps[0], 1.0), (self.prefill, self.steps[1], x["prefill"])):
            joules = x["static"] * one.seconds + x["byte"] * one.moved + share * x["flop"] * one.flops
            energy = energy + count * np.minimum(joules, self.limit * one.seconds)
            time = time + count * one.seconds
        return energy / time


class Plateaus:
    """Kernels that loop at one level: bytes and operations a second, and watts."""

    def __init__(self) -> None:
        self.rows = data.watt_plateaus()

    def predict(self, x: Figures) -> Floats:
        flop = x["flop"] * np.array([{"decode": 1.0, "prefill": x["prefill"], "eight": x["prefill"] * x["eight"]}[k]
                                     for k in self.rows.kind])
        return np.asarray(x["static"] + x["byte"] * self.rows.bytes_per_s + flop * self.rows.flops_per_s)


def _weights(serving: Serving, plateaus: Plateaus) -> Floats:
    """Both kinds of evidence alike."""
    return np.concatenate([np.full(len(serving.watts), 1.0),
                           np.full(len(plateaus.rows), np.sqrt(len(serving.watts) / len(plateaus.rows)))])


def solve(serving: Serving, plateaus: Plateaus, given: Optional[Figures] = None) -> tuple[Figures, float]:
    """Figures, and the squared error that they leave; `given` ones are kept."""
    fixed = given or {}
    names = [k for k in START if k not in fixed]

    def predict(x: Figures) -> Floats:
        both = {**fixed, **x}
        return np.concatenate([serving.predict(both), plateaus.predict(both)])

    measured, weights = np.concatenate([serving.watts, plateaus.rows.watts]), _weights(serving, plateaus)
    start, lower, upper = ({k: of[k] for k in names} for of in (START, LOWER, UPPER))
    x = fit(predict, start, lower, upper, measured, weights, places=4)
    cost = float(np.sum((weights * np.log(predict(x) / measured)) ** 2))
    return {**fixed, **x}, cost


def joint(serving: Serving, plateaus: Plateaus) -> tuple[Figures, dict[str, Span]]:
    """Figures, and (least, greatest) of each along the line on which the data cannot tell static watts and bytes apart."""
    best, cost = solve(serving, plateaus)
    inside = [best]
    for static in np.linspace(100, 300, 21):
        x, c = solve(serving, plateaus, {"static": float(static)})
        if c <= WORSE * cost:
            inside.append(x)
    return best, {k: (min(x[k] for x in inside), max(x[k] for x in inside)) for k in best}


def spread_apart(serving: Serving, x: Figures, spans: dict[str, Span]) -> float:
    """Per cent from the middle to the 95th percentile of a serving's watts, static watts and joules per byte drawn apart from
    triangles over their ranges; the median of the rows."""
    variance = np.zeros(len(serving.watts))
    for name in ("static", "byte"):
        (low, high), peak = spans[name], x[name]
        triangle = (low**2 + peak**2 + high**2 - low * peak - low * high - peak * high) / 18
        slope = (serving.predict({**x, name: high}) - serving.predict({**x, name: low})) / (high - low)
        variance = variance + slope**2 * triangle
    return 100 * float(np.median(TAIL * np.sqrt(variance) / serving.predict(x)))


def formula_error(x: Figures, acc: Entry, engine: Entry) -> float:
    """The width that each figure's range needs for half of the watts of other servings to be covered. Their error is of one
    sign, and of long contexts: a range that covered nine of ten would be wider than what boards can draw."""
    needed: list[float] = []
    for name, table in data.mlenergy_watts().groupby("model"):
        serving = Serving(catalogue.model(name), acc, engine, table.reset_index(drop=True))
        slopes = [np.log(serving.predict({**x, k: v * (1 + STEP)}) / serving.predict({**x, k: v * (1 - STEP)})) / (2 * STEP)
                  for k, v in x.items()]
        missed = np.abs(np.log(serving.watts / serving.predict(x)))
        needed += list(ENDS * missed / TAIL / np.sqrt(sum(s**2 for s in slopes)))
    return at_level(needed, 0.5)


class Hopper(NamedTuple):
    """Figures; their ranges along the line on which static watts and bytes lie; errors by evidence; what `spread_apart` gives
    of the ranges as written, which are wider by `formula_error`."""

    figures: Figures
    line: dict[str, Span]
    ranges: dict[str, Span]
    errors: dict[str, float]
    formula: float
    apart: float


def h100(acc: Entry, engine: Entry, sampling: Entry) -> Hopper:
    """By an asynchronous engine; `sampling`: the engine of the servings that are held against it."""
    serving, plateaus = Serving(catalogue.model("qwen3-8b"), acc, engine, data.silybench()), Plateaus()
    best, line = joint(serving, plateaus)
    formula = formula_error(best, acc, sampling)
    spans = {}
    for name, (low, high) in line.items():
        spans[name] = rate(best[name], float(np.hypot((high - low) / 2 / best[name], formula)))
    errors = {"servings": error(serving.predict(best), serving.watts),
              "plateaus": error(plateaus.predict(best), plateaus.rows.watts)}
    return Hopper(best, line, spans, errors, formula, spread_apart(serving, best, spans))
