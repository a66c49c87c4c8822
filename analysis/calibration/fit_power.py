"""Watts of a busy A100 (40 and 80 GB): static, joules per byte, joules per operation of decoding. Operations on prompts
cost what brings large products to the board limit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import catalogue, data, fit_bench, step
from .catalogue import Entry
from .fitting import Figures, Floats, error, fit
from .ranges import Question

# LLM-Inference-Bench does not state the lengths of its power measurement: each of these counts alike.
BENCH_LENGTHS = (128, 256, 512, 1024)


class Phase(NamedTuple):
    """So many steps of one kind: seconds, bytes and operations of one, and whether those are on prompts."""

    steps: float
    seconds: float
    moved: float
    flops: float
    prompts: bool


class Decode(NamedTuple):
    """A decode step of splitwise, in the time that it took."""

    model: str
    batch: int
    phases: list[Phase]
    watts: float


def large_products(acc: Entry) -> float:
    """Operations a second of large products in 16 bits."""
    return acc.compute_efficiency * acc.peak["bf16"]


def phase(steps: float, model: catalogue.Model, acc: Entry, engine: Entry, kind: Callable[..., tuple[Floats, Floats]],
          *shape: ArrayLike, **options: Any) -> Phase:
    """One kind of step, counted by the twin: its energy is linear in bytes and operations."""
    meter = acc.with_(busy_static=0.0, link_active=0.0, board_limit=np.inf, prefill_energy_factor=1.0)
    none, one = dict.fromkeys(acc.joules_per_flop, 0.0), dict.fromkeys(acc.joules_per_flop, 1.0)
    seconds, moved = kind(model, meter.with_(joules_per_byte=1.0, joules_per_flop=none), engine, *shape, **options)
    _, flops = kind(model, meter.with_(joules_per_byte=0.0, joules_per_flop=one), engine, *shape, **options)
    return Phase(steps, float(seconds), float(moved), float(flops), kind is step.prefill)


def watts(x: Figures, phases: Iterable[Phase], limit: float, large: float) -> float:
    """Mean power over all phases, each within the board limit; `large`: operations a second of large products."""
    on_prompts = (limit - x["static"]) / large
    energy = sum(p.steps * min(x["static"] * p.seconds + x["joules_per_byte"] * p.moved
                               + (on_prompts if p.prompts else x["joules_per_flop"]) * p.flops, limit * p.seconds)
                 for p in phases)
    return energy / sum(p.steps * p.seconds for p in phases)


def bench_run(batch: int, length: int, acc: Entry, engine: Entry) -> list[Phase]:
    """Phases of LLM-Inference-Bench's run on one A100 40 GB, in the time that it took."""
    table = data.bench()
    row = table[(table.tp == 1) & (table.length == length) & (table.batch == batch)]
    together = max(1, min(batch, fit_bench.PREFILL_TOKENS // length))
    model = fit_bench.MODEL
    phases = [phase(batch / together, model, acc, engine, step.prefill, together, length),
              phase(length - 1, model, acc, engine, step.decode, batch, 1.5 * length)]
    slower = row.seconds.iloc[0] / sum(p.steps * p.seconds for p in phases)
    return [p._replace(seconds=p.seconds * slower) for p in phases]


def splitwise_steps(acc: Entry, engine: Entry) -> list[Decode]:
    """On 8 x A100-80, prompts up to 2048 tokens."""
    table = data.splitwise()
    out = []
    for r in table[(table.average_w > 0) & (table.length <= 2048)].itertuples():
        one = phase(1, catalogue.model(r.model), acc, engine, step.decode, r.batch, r.length + 64, tp=8,
                    precision="fp16")
        out.append(Decode(r.model, r.batch, [one._replace(seconds=r.token)], r.average_w))
    return out


LOWER = {"static": 40.0, "static_80": 40.0, "joules_per_byte": 2e-11, "joules_per_flop": 3e-13}
UPPER = {"static": 260.0, "static_80": 260.0, "joules_per_byte": 4e-10, "joules_per_flop": 6e-12}
START = {"static": 100.0, "static_80": 118.0, "joules_per_byte": 1.4e-10, "joules_per_flop": 2.4e-12}


def some(of: Mapping[str, float], names: Iterable[str]) -> Figures:
    return {name: of[name] for name in names}


Run = tuple[int, int]  # of LLM-Inference-Bench: batch, length


class A100:
    """All that is known of an A100's power, as the twin sees it."""

    def __init__(self, acc_40: Entry, engine_40: Entry, acc_80: Entry, engine_80: Entry) -> None:
        self.limit, self.large = acc_40.board_limit, large_products(acc_40)
        self.bench = {(batch, length): bench_run(batch, length, acc_40, engine_40)
                      for batch in data.BENCH_POWER_W for length in BENCH_LENGTHS}
        self.splitwise = splitwise_steps(acc_80, engine_80)

    def watts_40(self, x: Figures, keys: Iterable[Run]) -> Floats:
        return np.array([watts(x, self.bench[key], self.limit, self.large) for key in keys])

    def watts_80(self, x: Figures, rows: Iterable[Decode]) -> Floats:
        return np.array([watts({**x, "static": x["static_80"]}, r.phases, self.limit, self.large) for r in rows])

    def _predict(self, x: Figures, kept: NDArray[np.bool_]) -> Floats:
        """Watts of the rows of a mask: the bench's, then splitwise's."""
        keys, count = list(self.bench), len(self.bench)
        return np.concatenate([self.watts_40(x, [k for k, its in zip(keys, kept[:count]) if its]),
                               self.watts_80(x, [r for r, its in zip(self.splitwise, kept[count:]) if its])])

    def _all(self) -> NDArray[np.bool_]:
        return np.ones(len(self.bench) + len(self.splitwise), bool)

    def _measured(self) -> Floats:
        return np.array([*(data.BENCH_POWER_W[b] for b, _ in self.bench), *(r.watts for r in self.splitwise)])

    def _fit(self, kept: NDArray[np.bool_]) -> Figures:
        weights = np.array([1 / len(BENCH_LENGTHS)] * len(self.bench)
                           + [len(data.BENCH_POWER_W) / len(self.splitwise)] * len(self.splitwise))
        return fit(lambda x: self._predict(x, kept), START, LOWER, UPPER, self._measured()[kept], np.sqrt(weights[kept]))

    def fit(self) -> Figures:
        """Both boards share joules per byte and operation; static power is each one's own."""
        return self._fit(self._all())

    def question(self) -> Question:
        """A batch of the bench, whatever its lengths; a batch of splitwise and its model."""
        groups = [*(batch for batch, _ in self.bench), *((r.model, r.batch) for r in self.splitwise)]
        return Question(self._fit, lambda x: self._predict(x, self._all()), self._measured(), groups, groups)

    def errors(self, x: Figures) -> dict[str, float]:
        keys = list(self.bench)
        return {"a100-sxm-40": error(self.watts_40(x, keys), [data.BENCH_POWER_W[b] for b, _ in keys]),
                "a100-sxm-80": error(self.watts_80(x, self.splitwise), [r.watts for r in self.splitwise])}

    def leave_batch(self, x: Figures) -> dict[Run, float]:
        """Errors of each batch, by length: static power and joules per operation from the other three."""
        out, names = {}, ("static", "joules_per_flop")
        given = {"joules_per_byte": x["joules_per_byte"]}
        for length in BENCH_LENGTHS:
            for left in data.BENCH_POWER_W:
                rest = [(b, length) for b in data.BENCH_POWER_W if b != left]

                def predict(y: Figures, keys: Sequence[Run] = rest) -> Floats:
                    return self.watts_40({**y, **given}, keys)

                y = fit(predict, some(START, names), some(LOWER, names), some(UPPER, names),
                        [data.BENCH_POWER_W[b] for b, _ in rest])
                out[left, length] = error(predict(y, [(left, length)]), [data.BENCH_POWER_W[left]])
        return out

    def leave_model(self, x: Figures) -> dict[str, float]:
        """Errors of each of splitwise's models with the static power of the other; energies as given."""
        out, names = {}, ("static_80",)
        for model in sorted({r.model for r in self.splitwise}):
            rest, left = ([r for r in self.splitwise if (r.model == model) == chosen] for chosen in (False, True))

            def predict(y: Figures, rows: Sequence[Decode] = rest) -> Floats:
                return self.watts_80({**x, **y}, rows)

            y = fit(predict, some(START, names), some(LOWER, names), some(UPPER, names), [r.watts for r in rest])
            out[model] = error(predict(y, left), [r.watts for r in left])
        return out
