"""LLM-Inference-Bench end to end: Llama-3-8B on one to four A100 40 GB, with and without the limit of the KV cache."""

from collections.abc import Iterable, Mapping
from typing import Optional

import numpy as np
import pandas as pd

from . import catalogue, data, step
from .catalogue import Entry
from .fitting import Figures, Floats, error, fit
from .ranges import Question

MODEL = catalogue.model("llama-3-8b")
ENGINES = {"vLLM": "vllm-2025", "TensorRT-LLM": "tensorrt-llm-2024"}
PREFILL_TOKENS = 8192  # in a step: vLLM's limit without chunking is the model's context length
START = {"step_overhead": 3e-4, "sequence_overhead": 5e-5, "collective_overhead": 2e-5, "kv_efficiency": 0.65}
LOWER = {"step_overhead": 0.0, "sequence_overhead": 0.0, "collective_overhead": 0.0, "kv_efficiency": 0.3}
UPPER = {"step_overhead": 1e-2, "sequence_overhead": 3e-4, "collective_overhead": 2e-4, "kv_efficiency": 1.0}


def activation_bytes(model: catalogue.Model, engine: Entry, tp: int) -> float:
    """Of the step that the engine prepares for: sim/physics/memory_plan.cpp."""
    activations = engine.profile_tokens * (3 * model.hidden + 3 * model.intermediate / tp) * 2
    return activations + engine.profile_sequences * model.vocabulary * 8


def kv_tokens(acc: Entry, engine: Entry, tp: int) -> int:
    """Tokens whose keys and values fit beside the weights: sim/physics/memory_plan.cpp."""
    activations = activation_bytes(MODEL, engine, tp)
    left = acc.memory * engine.memory_utilisation - MODEL.parameters * 2 / tp - activations - engine.reserve
    return int(left // (16 * step.kv_bytes_per_token(MODEL, tp))) * 16


def below_limit(table: pd.DataFrame, acc: Entry, engine: Entry) -> pd.DataFrame:
    """Rows in which every sequence fits at its full length."""
    limit = table.tp.map(lambda tp: kv_tokens(acc, engine, tp))
    return table[2 * table.length * table.batch <= limit].reset_index(drop=True)


def seconds(batch: int, length: int, tp: int, acc: Entry, engine: Entry, model: catalogue.Model = MODEL,
            precision: str = "bf16") -> float:
    """Prefill in full steps, then decode steps at their mean context (the cost is linear in it)."""
    together = max(1, PREFILL_TOKENS // length)
    full, rest = divmod(batch, together)
    t = full * step.prefill(model, acc, engine, together, length, tp=tp, precision=precision)[0]
    if rest:
        t = t + step.prefill(model, acc, engine, rest, length, tp=tp, precision=precision)[0]
    return float(t + (length - 1) * step.decode(model, acc, engine, batch, 1.5 * length, tp=tp, precision=precision)[0])


class Bench:
    """The bench of one engine on the board and engine as other fits left them."""

    def __init__(self, name: str, acc: Entry, engine: Entry) -> None:
        self.acc, self.engine = acc, engine
        self.table = below_limit(data.bench(name), acc, engine)

    def configured(self, x: Figures) -> tuple[Entry, Entry]:
        """Board and engine with these figures in place of theirs."""
        board = {k: v for k, v in x.items() if k in vars(self.acc)}
        return self.acc.with_(**board), self.engine.with_(**{k: v for k, v in x.items() if k not in board})

    def predict(self, x: Figures, table: pd.DataFrame) -> Floats:
        acc, engine = self.configured(x)
        return np.array([seconds(r.batch, r.length, r.tp, acc, engine) for r in table.itertuples()])

    def fit(self, free: Iterable[str], given: Figures, table: Optional[pd.DataFrame] = None) -> Figures:
        """The parameters named in `free`, and those given."""
        rows = self.table if table is None else table
        start, lower, upper = ({k: of[k] for k in free} for of in (START, LOWER, UPPER))
        return {**fit(lambda x: self.predict({**x, **given}, rows), start, lower, upper, rows.seconds), **given}

    def error(self, x: Figures, table: Optional[pd.DataFrame] = None) -> float:
        rows = self.table if table is None else table
        return error(self.predict(x, rows), rows.seconds)

    def leave(self, column: str, free: Iterable[str], given: Figures) -> dict[int, float]:
        """Error of each value of a column with the other rows fitted."""
        out = {}
        for value in sorted(self.table[column].unique()):
            x = self.fit(free, given, self.table[self.table[column] != value])
            out[int(value)] = self.error(x, self.table[self.table[column] == value])
        return out

    def question(self, free: Iterable[str], given: Mapping[str, tuple[float, float]]) -> Question:
        """One run. Batches of one length are left out together, at all degrees. `given`: as Question has it."""
        return Question(lambda kept: self.fit(free, {}, self.table[kept]), lambda x: self.predict(x, self.table),
                        self.table.seconds, list(zip(self.table.length, self.table.batch)), list(range(len(self.table))), given)


def simulate(batch: int, length: int, tp: int, acc: Entry, engine: Entry, limited: bool = True) -> tuple[float, int]:
    """(seconds, preemptions) of a closed batch in a replica that preempts its newest sequence when blocks run out, and recomputes it.

    A plain loop over decode steps, four at a time: a check of the plateau, not the simulator's replica.
    """
    block = 16
    blocks = kv_tokens(acc, engine, tp) // block if limited else 10**12
    now = 0.0
    waiting = [(length, 0)] * batch  # (context, generated)
    running: list[tuple[int, int]] = []

    def used(extra: int = 0) -> int:
        return sum(-(-(context + extra) // block) for context, _ in running)

    preempted = 0
    while waiting or running:
        admitted: list[tuple[int, int]] = []
        tokens, taken = 0, used()
        while waiting and tokens + waiting[0][0] <= PREFILL_TOKENS:
            need = -(-(waiting[0][0] + 1) // block)
            if taken + need > 0.99 * blocks:  # vLLM's watermark
                break
            admitted.append(waiting.pop(0))
            tokens, taken = tokens + admitted[-1][0], taken + need
        if admitted:
            pairs = sum(c * (c + 1) / 2 for c, _ in admitted)
            now += float(step.step(MODEL, acc, engine, tp=tp, prefills=len(admitted), prefill_tokens=tokens,
                                   prefill_context=tokens, pairs=pairs)[0])
            running += [(c + 1, g + 1) for c, g in admitted]
        else:
            while used(1) > blocks:
                waiting.insert(0, running.pop())
                preempted += 1
            n = min(4, *(length - g for _, g in running), *(block - c % block for c, _ in running))
            context = sum(c for c, _ in running) + len(running) * (n - 1) / 2
            now += n * float(step.step(MODEL, acc, engine, tp=tp, decoding=len(running), context=context)[0])
            running = [(c + n, g + n) for c, g in running]
        running = [(c, g) for c, g in running if g < length]
    return now, preempted
