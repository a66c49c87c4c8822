"""What closed loops of whole servings say of an engine: its front end, its prompts, its all-reduces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from . import catalogue, closed_loops, data, step
from .catalogue import Entry, Where
from .closed_loops import Latencies
from .fitting import Figures, Floats, LoopFit, at_bound, error, starts
from .results import Results

# Of closed_loops.Latencies: seconds that a fit brings close, and their weights. Between tokens most of the time passes.
MEASURES = {"first": 1.0, "median_first": 1.0, "between": 2.0}
REQUESTS = 10  # of each client, as InferenceX sends them
LENGTHS = (0.8, 1.0)  # of those named, evenly drawn
# The loop is simulated, so that its answer has small jumps: differences over a few per cent see past them.
DIFFERENCE = 0.03
PLACES = 6  # to start from: the jumps and the roofline's kinks leave several hollows


@dataclass(frozen=True)
class Loops:
    """Rows of InferenceX, and how their configuration is simulated. `figures`: those to be found, with the first, the
    least and the greatest value; `request_overhead` is of the rules (the engine's where it is not to be found), others are
    of the engine, those in `kernels` on this device alone. Their ranges reach to what kernels alone give."""

    engine: str
    device: str
    hardware: str
    model: str
    precision: str
    figures: dict[str, tuple[float, float, float]]
    kernels: tuple[str, ...]
    kernels_of: str  # the engine whose kernels gave those
    prompts_alone: bool = False
    measures: Mapping[str, float] = field(default_factory=lambda: MEASURES)

    def window(self) -> Optional[int]:
        return 128 if "gpt-oss" in self.model else None

    def engine_with(self, c: Results, x: Figures) -> Entry:
        paths: dict[Where, float] = {("on_accelerator", self.device, k) if k in self.kernels else (k,): v for k, v in x.items()
                 if k != "request_overhead"}
        return catalogue.changed(c.engine(self.engine), paths)

    def simulate(self, c: Results, x: Figures, rows: pd.DataFrame) -> list[Latencies]:
        profile, acc = self.engine_with(c, x), c.accelerator(self.device)
        out: list[Latencies] = []
        overhead = x.get("request_overhead", profile.request_overhead)
        rules = closed_loops.Rules(overhead, profile.request_overhead_per_token, prompts_alone=self.prompts_alone)
        for r in rows.itertuples():
            steps = closed_loops.Steps(catalogue.model(self.model), acc, profile, r.clients, self.window(),
                                       precision=self.precision, tp=r.tp)
            out.append(closed_loops.run(steps, rules, r.clients, lengths(r.clients * REQUESTS, r.tokens)))
        return out


def lengths(count: int, tokens: int) -> list[tuple[int, int]]:
    """Pairs of prompt and output tokens; the same ones for each fit."""
    draw = np.random.default_rng(0)
    low, high = (round(share * tokens) for share in LENGTHS)
    return list(zip(draw.integers(low, high + 1, count).tolist(), draw.integers(low, high + 1, count).tolist()))


def values(found: list[Latencies], rows: pd.DataFrame, measures: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Simulated and measured seconds of the measures."""
    return (np.array([getattr(f, m) for f in found for m in measures]),
            np.array([getattr(r, m) for r in rows.itertuples() for m in measures]))


def solve(c: Results, loops: Loops, rows: pd.DataFrame, start: Optional[Figures] = None) -> Figures:
    """Figures by `rows`; the search begins at `start`, or at several places around what `loops` says."""
    names = list(loops.figures)
    first, low, high = (np.log([loops.figures[n][i] for n in names]) for i in range(3))
    places = [np.log([start[n] for n in names])] if start is not None else [
        first + 2 * np.log(factors) for factors in starts(PLACES, len(names))]

    def residuals(x: Floats) -> Floats:
        simulated, measured = values(loops.simulate(c, dict(zip(names, np.exp(x))), rows), rows, loops.measures)
        return np.log(simulated / measured) * np.tile(list(loops.measures.values()), len(rows))

    found = [least_squares(residuals, np.clip(place, low + 1e-3, high - 1e-3), bounds=(low, high), loss="soft_l1",
                           f_scale=0.1, diff_step=DIFFERENCE, xtol=1e-3, ftol=1e-3) for place in places]
    # Two digits: the third hangs on the jumps.
    return {n: float(f"{v:.2g}") for n, v in zip(names, np.exp(min(found, key=lambda f: f.cost).x))}


def errors(found: list[Latencies], rows: pd.DataFrame) -> Figures:
    simulated, measured = (v.reshape(-1, len(MEASURES)) for v in values(found, rows, MEASURES))
    return {m: error(simulated[:, i], measured[:, i]) for i, m in enumerate(MEASURES)}


def fit(c: Results, loops: Loops) -> LoopFit:
    rows = data.inferencex_loops(loops.hardware, loops.model)
    x = solve(c, loops, rows)
    c.bounds[f"closed loops, {loops.engine}"] = at_bound(x, {k: v[1] for k, v in loops.figures.items()},
                                                         {k: v[2] for k, v in loops.figures.items()})
    measure = next(iter(loops.measures))
    spread = {k: [v] for k, v in x.items()}
    left: list[float] = []
    for key in loops.kernels:
        spread[key].append(c.engine(loops.kernels_of).own[loops.device][key])  # by kernels alone
    for clients in sorted(set(rows.clients)):
        y = solve(c, loops, rows[rows.clients != clients], x)
        out = rows[rows.clients == clients]
        left += [getattr(f, measure) / getattr(r, measure) for f, r in zip(loops.simulate(c, y, out), out.itertuples())]
        for key, value in y.items():
            spread[key].append(value)
    spans = {k: (min(v), max(v)) for k, v in spread.items()}
    return LoopFit(x, spans, errors(loops.simulate(c, x, rows), rows), error(left, np.ones(len(left))))


def one_client(c: Results, engine: str, device: str) -> list[tuple[int, float]]:
    """(prompt tokens, seconds to the first token beside the prompt's step) of one client of silybench at a time."""
    acc, profile, model = c.accelerator(device), c.engine(engine), catalogue.model("qwen3-8b")
    out = []
    for prompt, seconds in data.silybench_first_tokens():
        out.append((prompt, seconds - float(step.prefill(model, acc, profile, 1, prompt)[0])))
    return out
