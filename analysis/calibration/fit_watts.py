"""Watts of the Hopper boards: static ones of a busy board, joules per byte, joules per operation in decoding, and what
operations on prompts and in 8 bits cost of that.

Two kinds of evidence. Whole servings (silybench, Qwen3-8B on an H100): mean watts over decode steps and prompts. Plateaus
of kernels on an H200 with board watts: only where a kernel loops for long at one level, for the meter averages over a
second: long decode attention (reads alone), and large products at the board limit, in 16 and 8 bits (all-in joules per
operation). Small products are left out: their operands are partly constant, and short loops show their neighbours.
Static watts and joules per byte lie on a line in what dense steps show; `joint` says between what both may lie.
"""

import numpy as np

from . import catalogue, data, step
from .fitting import error, fit
from .ranges import TAIL

START = {"static": 200.0, "byte": 9e-11, "flop": 1.5e-12, "prefill": 0.45, "eight": 0.65}
LOWER = {"static": 90.0, "byte": 2e-11, "flop": 3e-13, "prefill": 0.1, "eight": 0.3}
UPPER = {"static": 330.0, "byte": 2e-10, "flop": 5e-12, "prefill": 1.0, "eight": 1.0}
WORSE = 1.25  # a value is in the joint range while the other figures keep the squared error within so much of the best


class Serving:
    """Decode steps and prompts of a load test: seconds, bytes and operations of each, by row."""

    def __init__(self, model, acc, engine, table, precision="bf16", tp=1):
        n, output, prompt = (table[k].to_numpy(float) for k in ("sequences", "output", "prompt"))
        self.limit, self.watts = acc.board_limit, table.watts.to_numpy(float)
        options = {"precision": precision, "tp": tp}

        def counted(kind, *shape):
            def joules(static, byte, flop, share):
                flops = dict.fromkeys(acc.joules_per_flop, flop)
                meter = acc.with_(busy_static=static, link_active=0.0, board_limit=np.inf, joules_per_byte=byte,
                                  joules_per_flop=flops, prefill_energy_factor=share)
                return kind(model, meter, engine, *shape, **options)
            seconds = joules(1.0, 0.0, 0.0, 1.0)[0]
            return seconds, joules(0.0, 1.0, 0.0, 1.0)[1], joules(0.0, 0.0, 1.0, 1.0)[1]

        self.decode = counted(step.decode, n, table.context.to_numpy(float))
        together = np.maximum(1, np.minimum(n, 8192 // prompt))
        self.prefill = counted(step.prefill, together, prompt)
        self.steps = output - 1, n / together

    def predict(self, x):
        energy, time = 0.0, 0.0
        for (seconds, moved, flops), count, share in ((self.decode, self.steps[0], 1.0),
                                                      (self.prefill, self.steps[1], x["prefill"])):
            joules = x["static"] * seconds + x["byte"] * moved + share * x["flop"] * flops
            energy = energy + count * np.minimum(joules, self.limit * seconds)
            time = time + count * seconds
        return energy / time


class Plateaus:
    """Kernels that loop at one level: bytes and operations a second, and watts."""

    def __init__(self):
        self.rows = data.watt_plateaus()

    def predict(self, x):
        flop = x["flop"] * np.array([{"decode": 1.0, "prefill": x["prefill"], "eight": x["prefill"] * x["eight"]}[k]
                                     for k in self.rows.kind])
        return x["static"] + x["byte"] * self.rows.bytes_per_s + flop * self.rows.flops_per_s


def _weights(serving, plateaus):
    """Both kinds of evidence alike."""
    return np.concatenate([np.full(len(serving.watts), 1.0),
                           np.full(len(plateaus.rows), np.sqrt(len(serving.watts) / len(plateaus.rows)))])


def solve(serving, plateaus, given=None):
    given, names = given or {}, [k for k in START if k not in (given or {})]

    def predict(x):
        x = {**given, **x}
        return np.concatenate([serving.predict(x), plateaus.predict(x)])

    measured, weights = np.concatenate([serving.watts, plateaus.rows.watts]), _weights(serving, plateaus)
    x = fit(predict, *({k: of[k] for k in names} for of in (START, LOWER, UPPER)), measured, weights, places=4)
    cost = float(np.sum((weights * np.log(predict(x) / measured)) ** 2))
    return {**given, **x}, cost


def joint(serving, plateaus):
    """Figures, and (least, greatest) of each along the line on which the data cannot tell static watts and bytes apart."""
    best, cost = solve(serving, plateaus)
    inside = [best]
    for static in np.linspace(100, 300, 21):
        x, c = solve(serving, plateaus, {"static": float(static)})
        if c <= WORSE * cost:
            inside.append(x)
    return best, {k: (min(x[k] for x in inside), max(x[k] for x in inside)) for k in best}


def spread_apart(serving, x, spans):
    """Per cent from the middle to the 95th percentile of a serving's watts, static watts and joules per byte drawn apart from
    triangles over their ranges; the median of the rows."""
    variance = 0.0
    for name in ("static", "byte"):
        (low, high), peak = spans[name], x[name]
        triangle = (low**2 + peak**2 + high**2 - low * peak - low * high - peak * high) / 18
        slope = (serving.predict({**x, name: high}) - serving.predict({**x, name: low})) / (high - low)
        variance = variance + slope**2 * triangle
    return 100 * float(np.median(TAIL * np.sqrt(variance) / serving.predict(x)))


def h100(acc, engine):
    serving, plateaus = Serving(catalogue.model("qwen3-8b"), acc, engine, data.silybench()), Plateaus()
    best, ranges = joint(serving, plateaus)
    return best, ranges, {"servings": error(serving.predict(best), serving.watts),
                          "plateaus": error(plateaus.predict(best), plateaus.rows.watts)}, spread_apart(serving, best, ranges)
