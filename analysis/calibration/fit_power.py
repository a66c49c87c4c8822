"""Watts of a busy A100 (40 and 80 GB): static, joules per byte, joules per operation of decoding. Operations on prompts
cost what brings large products to the board limit."""

from collections import namedtuple

import numpy as np

from . import catalogue, data, fit_bench, step
from .fitting import error, fit

# LLM-Inference-Bench does not state the lengths of its power measurement: each of these counts alike.
BENCH_LENGTHS = (128, 256, 512, 1024)

# So many steps of this kind: seconds, bytes and operations of one, and whether those are on prompts.
Phase = namedtuple("Phase", "steps seconds bytes flops prompts")


def large_products(acc):
    """Operations a second of large products in 16 bits."""
    return acc.compute_efficiency * acc.peak["bf16"]


def phase(steps, model, acc, engine, kind, *shape, **options):
    """One kind of step, counted by the twin: its energy is linear in bytes and operations."""
    meter = acc.with_(busy_static=0.0, link_active=0.0, board_limit=np.inf, prefill_energy_factor=1.0)
    none, one = dict.fromkeys(acc.joules_per_flop, 0.0), dict.fromkeys(acc.joules_per_flop, 1.0)
    seconds, moved = kind(model, meter.with_(joules_per_byte=1.0, joules_per_flop=none), engine, *shape, **options)
    _, flops = kind(model, meter.with_(joules_per_byte=0.0, joules_per_flop=one), engine, *shape, **options)
    return Phase(steps, float(seconds), float(moved), float(flops), kind is step.prefill)


def watts(x, phases, limit, large):
    """Mean power over all phases, each within the board limit; `large`: operations a second of large products."""
    on_prompts = (limit - x["static"]) / large
    energy = sum(p.steps * min(x["static"] * p.seconds + x["joules_per_byte"] * p.bytes
                               + (on_prompts if p.prompts else x["joules_per_flop"]) * p.flops, limit * p.seconds)
                 for p in phases)
    return energy / sum(p.steps * p.seconds for p in phases)


def bench_run(batch, length, acc, engine):
    """Phases of LLM-Inference-Bench's run on one A100 40 GB, in the time that it took."""
    table = data.bench()
    row = table[(table.tp == 1) & (table.length == length) & (table.batch == batch)]
    together = max(1, min(batch, fit_bench.PREFILL_TOKENS // length))
    model = fit_bench.MODEL
    phases = [phase(batch / together, model, acc, engine, step.prefill, together, length),
              phase(length - 1, model, acc, engine, step.decode, batch, 1.5 * length)]
    slower = row.seconds.iloc[0] / sum(p.steps * p.seconds for p in phases)
    return [p._replace(seconds=p.seconds * slower) for p in phases]


def splitwise_steps(acc, engine):
    """(model, batch, phases, watts) of decode steps on 8 x A100-80, prompts up to 2048 tokens, in the time they took."""
    table = data.splitwise()
    out = []
    for r in table[(table.average_w > 0) & (table.length <= 2048)].itertuples():
        one = phase(1, catalogue.model(r.model), acc, engine, step.decode, r.batch, r.length + 64, tp=8,
                    precision="fp16")
        out.append((r.model, r.batch, [one._replace(seconds=r.token)], r.average_w))
    return out


LOWER = {"static": 40.0, "static_80": 40.0, "joules_per_byte": 2e-11, "joules_per_flop": 3e-13}
UPPER = {"static": 260.0, "static_80": 260.0, "joules_per_byte": 4e-10, "joules_per_flop": 6e-12}
START = {"static": 100.0, "static_80": 118.0, "joules_per_byte": 1.4e-10, "joules_per_flop": 2.4e-12}


def some(of, names):
    return {name: of[name] for name in names}


class A100:
    """All that is known of an A100's power, as the twin sees it."""

    def __init__(self, acc_40, engine_40, acc_80, engine_80):
        self.limit, self.large = acc_40.board_limit, large_products(acc_40)
        self.bench = {(batch, length): bench_run(batch, length, acc_40, engine_40)
                      for batch in data.BENCH_POWER_W for length in BENCH_LENGTHS}
        self.splitwise = splitwise_steps(acc_80, engine_80)

    def watts_40(self, x, keys):
        return np.array([watts(x, self.bench[key], self.limit, self.large) for key in keys])

    def watts_80(self, x, rows):
        return np.array([watts({**x, "static": x["static_80"]}, phases, self.limit, self.large) for _, _, phases, _ in rows])

    def fit(self):
        """Both boards share joules per byte and operation; static power is each one's own."""
        keys, rows = list(self.bench), self.splitwise
        measured = np.array([data.BENCH_POWER_W[b] for b, _ in keys] + [r[3] for r in rows])
        weights = np.array([1 / len(BENCH_LENGTHS)] * len(keys) + [len(data.BENCH_POWER_W) / len(rows)] * len(rows))
        return fit(lambda x: np.concatenate([self.watts_40(x, keys), self.watts_80(x, rows)]), START, LOWER, UPPER,
                   measured, np.sqrt(weights))

    def errors(self, x):
        keys = list(self.bench)
        return {"a100-sxm-40": error(self.watts_40(x, keys), [data.BENCH_POWER_W[b] for b, _ in keys]),
                "a100-sxm-80": error(self.watts_80(x, self.splitwise), [r[3] for r in self.splitwise])}

    def leave_batch(self, x):
        """Errors of each batch, by length: static power and joules per operation from the other three."""
        out = {}
        for length in BENCH_LENGTHS:
            for left in data.BENCH_POWER_W:
                rest = [(b, length) for b in data.BENCH_POWER_W if b != left]
                given = {"joules_per_byte": x["joules_per_byte"]}
                names = ("static", "joules_per_flop")
                y = fit(lambda y, keys=rest: self.watts_40({**y, **given}, keys), some(START, names),
                        some(LOWER, names), some(UPPER, names), [data.BENCH_POWER_W[b] for b, _ in rest])
                out[left, length] = error(self.watts_40({**y, **given}, [(left, length)]), [data.BENCH_POWER_W[left]])
        return out

    def leave_model(self, x):
        """Errors of each of splitwise's models with the static power of the other; energies as given."""
        out = {}
        for model in sorted({r[0] for r in self.splitwise}):
            rest, left = ([r for r in self.splitwise if (r[0] == model) == chosen] for chosen in (False, True))
            y = fit(lambda y, rows=rest: self.watts_80({**x, **y}, rows), some(START, ["static_80"]),
                    some(LOWER, ["static_80"]), some(UPPER, ["static_80"]), [r[3] for r in rest])
            out[model] = error(self.watts_80({**x, **y}, left), [r[3] for r in left])
        return out
