"""Closed loops of a number of requests, as load tests run them: clients that ask again when they are answered.

An event for each step, by the rules of sim/engine/replica.hpp that decide here: requests pass the front end, join in
chunks beside those that decode, and with asynchronous scheduling a step is planned when the one before it begins.
tests/analysis/test_closed_loops.py holds it against `idlewatt run`.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np

from . import step
from .catalogue import Entry, Model

Chunk = tuple[int, int]  # tokens of a prompt that were computed before the step, and tokens that the step computes

TOKEN_BUDGET = 8192  # of a step, as vLLM and SGLang have it on boards of this size


@dataclass(frozen=True)
class Rules:
    """Of an engine. `prompts_alone`: decoding stalls while prompts are computed (SGLang)."""

    request_overhead: float = 0.0
    request_overhead_per_token: float = 0.0
    asynchronous: bool = True
    prompts_alone: bool = False


class Steps:
    """Seconds of a step of decoding and of one with prompts. `window`: what half of the layers read of the context."""

    def __init__(self, model: Model, acc: Entry, engine: Entry, most: int, window: Optional[int] = None, *,
                 precision: str = "bf16", tp: int = 1) -> None:
        self.model, self.acc, self.engine, self.precision, self.tp = model, acc, engine, precision, tp
        self.window = window
        n = np.arange(1.0, most + 1)
        near, far = (step.decode(model, acc, engine, n, c, precision=precision, tp=tp)[0] for c in (500, 1500))
        slope = (far - near) / (n * 1000)
        self.per_token = [0.0, *slope.tolist()]
        self.at_zero = [0.0, *(near - slope * n * 500).tolist()]

    def reads(self, tokens: float) -> float:
        return tokens if self.window is None else (tokens + min(tokens, self.window)) / 2

    def seconds(self, decoding: int, context: float, chunks: Sequence[Chunk]) -> float:
        """`chunks`: of prompts, each with what was computed before it and what is now."""
        if not chunks:
            return self.at_zero[decoding] + self.per_token[decoding] * context
        tokens = sum(new for _, new in chunks)
        return float(step.step(self.model, self.acc, self.engine, decoding=decoding, context=context, prefills=len(chunks),
                               prefill_tokens=tokens, prefill_context=sum(old + new for old, new in chunks),
                               pairs=sum(old * new + new * (new + 1) / 2 for old, new in chunks),
                               precision=self.precision, tp=self.tp)[0])


@dataclass(frozen=True)
class Latencies:
    """Seconds, each a mean over the requests but `median_first`."""

    first: float
    median_first: float
    between: float
    whole: float


def run(steps: Steps, rules: Rules, clients: int, lengths: Sequence[tuple[int, int]]) -> Latencies:
    """What `clients` see that send requests of `lengths`, pairs of prompt and output tokens, the first ones at once."""
    sent, first, end = ([0.0] * len(lengths) for _ in range(3))
    front_end: list[tuple[float, int]] = []  # (when the scheduler sees it, request)
    unsent = iter(range(len(lengths)))
    ends: list[tuple[int, int]] = []  # (decode steps so far at its end, request)
    prompts: list[list[int]] = []  # [request, tokens computed]
    decoding, context, decoded = 0, 0.0, 0
    now = planned = 0.0
    growth = 1.0 if steps.window is None else 0.5

    def send(at: float) -> None:
        request = next(unsent, None)
        if request is not None:
            sent[request] = at
            seen = at + rules.request_overhead + rules.request_overhead_per_token * lengths[request][0]
            heapq.heappush(front_end, (seen, request))

    for _ in range(clients):
        send(0.0)
    while True:
        left, chunks = TOKEN_BUDGET - decoding, []
        while front_end and front_end[0][0] <= planned:
            prompts.append([heapq.heappop(front_end)[1], 0])
        for request, computed in prompts:
            chunk = min(left, lengths[request][0] - computed)
            chunks.append((computed, chunk))
            left -= chunk
        with_work = [c for c in chunks if c[1] > 0]
        if not with_work and decoding == 0:
            if planned < now:
                planned = now  # nothing is in flight
            elif front_end:
                now = planned = front_end[0][0]
            else:
                break
            continue
        takes_part = 0 if rules.prompts_alone and with_work else decoding
        begun = now
        now += steps.seconds(takes_part, context if takes_part else 0.0, with_work)
        planned = begun if rules.asynchronous else now
        if takes_part:
            decoded += 1
            context += growth * decoding
            while ends and ends[0][0] <= decoded:
                request = heapq.heappop(ends)[1]
                end[request] = now
                decoding -= 1
                context -= steps.reads(sum(lengths[request]))
                send(now)
        for prompt, (_, chunk) in zip(prompts, chunks):
            prompt[1] += chunk
            request = prompt[0]
            if prompt[1] == lengths[request][0]:
                first[request] = now
                decoding += 1
                context += steps.reads(lengths[request][0] + 1)
                heapq.heappush(ends, (decoded + lengths[request][1] - 1, request))
        prompts = [p for p in prompts if p[1] < lengths[p[0]][0]]
    outputs = np.array([output for _, output in lengths])
    to_first, whole = np.subtract(first, sent), np.subtract(end, sent)
    return Latencies(float(to_first.mean()), float(np.median(to_first)), float(((whole - to_first) / (outputs - 1)).mean()),
                     float(whole.mean()))
