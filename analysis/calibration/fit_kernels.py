"""Kernels of aiconfigurator on an A100 and an L40S: matrix products, attention, latent attention, experts, all-reduce."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import catalogue, data
from .fitting import Figures, Floats, Formula, error
from .ranges import Question


@dataclass(frozen=True)
class Board:
    """What kernels ran on: bytes/s of its memory, and its dense peaks by what is multiplied."""

    bandwidth: float
    peak: dict[str, float]


L40S = Board(864e9, {"bf16": 362e12, "fp8": 733e12})  # NVIDIA L40S data sheet; dense


def a100() -> Board:
    """Bandwidth and 16-bit peak of the board that the kernels ran on."""
    acc = catalogue.accelerator("a100-sxm-80")
    return Board(acc.memory_bandwidth, {"bf16": acc.peak["bf16"]})


def gemm_seconds(x: Figures, table: pd.DataFrame, bandwidth: float, peak: float, weight_bytes: float = 2) -> Floats:
    """One matrix product: a latency, and reads and arithmetic that overlap but not wholly."""
    weights, rows = (table.n * table.k).to_numpy(float), table.m.to_numpy(float)
    memory = weights * weight_bytes / (bandwidth * x["bandwidth_efficiency"])
    compute = 2 * weights * rows / (peak * x["compute_efficiency"])
    return x["latency"] + np.sqrt(memory**2 + compute**2)


def products(board: Board, kind: str, weight_bytes: float) -> Formula:
    """Efficiencies and the fixed latency of a product."""
    return Formula(lambda x, table: gemm_seconds(x, table, board.bandwidth, board.peak[kind], weight_bytes),
                   {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.7, "latency": 5e-6},
                   {"bandwidth_efficiency": 0.2, "compute_efficiency": 0.1, "latency": 0.0},
                   {"bandwidth_efficiency": 1.2, "compute_efficiency": 1.0, "latency": 1e-4})


def _read(table: pd.DataFrame) -> Floats:
    """Bytes of keys and values that decode attention reads."""
    return (table.batch_size * table.context * table.num_key_value_heads * 128 * 4).to_numpy(float)


def generation(board: Board) -> Formula:
    """Decode attention: a latency, then bytes of keys and values."""
    return Formula(lambda x, table: x["latency"] + _read(table) / (board.bandwidth * x["kv_efficiency"]),
                   {"latency": 15e-6, "kv_efficiency": 0.7}, {"latency": 0, "kv_efficiency": 0.1},
                   {"latency": 1e-4, "kv_efficiency": 1.2})


def long_kernels(table: pd.DataFrame) -> pd.DataFrame:
    """Of prefill attention: kernels above 50 us."""
    return table[table.seconds > 50e-6]


def context(board: Board, flops_per_pair_and_head: float) -> Formula:
    """Prefill attention: a latency, pairs, and tokens (the ramp)."""

    def predict(x: Figures, table: pd.DataFrame) -> Floats:
        length, batch = table.isl.to_numpy(float), table.batch_size.to_numpy(float)
        flops = flops_per_pair_and_head * table.num_heads.to_numpy(float)
        pairs, tokens = batch * length * (length + 1) / 2, batch * length
        return x["latency"] + (pairs + x["ramp_tokens"] * tokens) * flops / (board.peak["bf16"] * x["efficiency"])

    return Formula(predict, {"efficiency": 0.5, "ramp_tokens": 200, "latency": 1e-5},
                   {"efficiency": 0.05, "ramp_tokens": 0, "latency": 0},
                   {"efficiency": 1.2, "ramp_tokens": 5000, "latency": 2e-4})


def latent_generation(board: Board, serial: bool = True) -> Formula:
    """Latent attention while decoding: bytes and operations of all, or one sequence's context read serially."""

    def predict(x: Figures, table: pd.DataFrame) -> Floats:
        tokens, batch = table.context.to_numpy(float), table.batch_size.to_numpy(float)
        size, flops = batch * tokens * 576 * 2, batch * tokens * table.num_heads.to_numpy(float) * 2 * (2 * 512 + 64)
        parallel = np.maximum(size / (board.bandwidth * x["bandwidth_efficiency"]),
                              flops / (board.peak["bf16"] * x["compute_efficiency"]))
        return x["latency"] + np.maximum(parallel, tokens * x["serial"] if serial else 0)

    return Formula(predict, {"bandwidth_efficiency": 0.4, "compute_efficiency": 0.5, "latency": 1e-5, "serial": 1e-7},
                   {"bandwidth_efficiency": 0.05, "compute_efficiency": 0.01, "latency": 0, "serial": 0},
                   {"bandwidth_efficiency": 1.2, "compute_efficiency": 1.2, "latency": 3e-4, "serial": 1e-6}, places=4)


# Of the groups of experts, those to be covered: kernels of single shapes differ by half, mixtures as a whole do not.
EXPERTS_LEVEL = 0.5
MOE_SHAPE = ["hidden_size", "inter_size", "topk", "num_experts"]


def moe_seconds(x: Figures, table: pd.DataFrame, acc: catalogue.Entry) -> Floats:
    """Routed experts of a layer, split by tensor parallelism; uniform routing, as the simulator's."""
    t = {c: table[c].to_numpy(float) for c in ("num_tokens", "num_experts", "topk", "hidden_size", "inter_size",
                                               "moe_tp_size")}
    inter, rows = t["inter_size"] / t["moe_tp_size"], t["num_tokens"] * t["topk"]
    expert = 3 * t["hidden_size"] * inter
    touched = t["num_experts"] * (1 - (1 - t["topk"] / t["num_experts"]) ** t["num_tokens"])
    bandwidth = acc.memory_bandwidth * acc.bandwidth_efficiency
    memory = touched * expert * 2 / (bandwidth * x["bandwidth_factor"])
    compute = 2 * expert * rows / (acc.peak["bf16"] * acc.compute_efficiency * x["compute_factor"])
    activations = rows * 2 * (2 * t["hidden_size"] + 3 * inter) / bandwidth
    return x["latency"] + (memory + compute) + x["activation_factor"] * activations


def moe(acc: catalogue.Entry) -> Formula:
    """Factors on the accelerator's efficiencies of matrix products, a latency, traffic of the experts' tokens."""
    return Formula(lambda x, table: moe_seconds(x, table, acc),
                   {"bandwidth_factor": 1.0, "compute_factor": 0.5, "latency": 4e-5, "activation_factor": 1.5},
                   {"bandwidth_factor": 0.1, "compute_factor": 0.1, "latency": 0, "activation_factor": 0},
                   {"bandwidth_factor": 1.5, "compute_factor": 1.3, "latency": 1e-3, "activation_factor": 9})


Shape = tuple[int, ...]


def moe_shapes(table: pd.DataFrame) -> list[Shape]:
    """Of each row."""
    return [tuple(int(n) for n in row) for row in table[MOE_SHAPE].itertuples(index=False)]


def leave_moe(acc: catalogue.Entry) -> dict[Shape, float]:
    """Error of each shape with the others fitted."""
    table, formula = data.moe(), moe(acc)
    shapes = np.array([hash(s) for s in moe_shapes(table)])
    out = {}
    for shape in dict.fromkeys(moe_shapes(table)):
        left = shapes == hash(shape)
        x = formula.fit(table[~left])
        out[shape] = error(formula.predict(x, table[left]), table.seconds[left])
    return out


def all_reduce() -> Formula:
    """One set of latency, extra latency of two phases, and bandwidth for 2, 4 and 8 accelerators."""

    def predict(x: Figures, table: pd.DataFrame) -> Floats:
        size, ranks = table.bytes.to_numpy(), table.num_gpus.to_numpy(float)
        one = (ranks - 1) * size / x["bandwidth"]
        two = x["sync"] * np.log2(ranks / 2) + 2 * (ranks - 1) / ranks * size / x["bandwidth"]
        return x["latency"] + np.minimum(one, two)

    return Formula(predict, {"latency": 5e-6, "sync": 4e-6, "bandwidth": 2e11}, {"latency": 0, "sync": 0, "bandwidth": 1e10},
                   {"latency": 1e-4, "sync": 1e-4, "bandwidth": 6e11})


# ---- What their ranges are judged by ----


def _heads(table: pd.DataFrame) -> list[str]:
    return [f"{heads} of {kv}" for heads, kv in zip(table.num_heads, table.num_key_value_heads)]


def about_attention(formula: Formula, table: pd.DataFrame) -> Question:
    """Attention of a model: one number of heads."""
    heads = _heads(table)
    return Question.of_formula(formula, table, heads, heads)


def about_latent(formula: Formula, table: pd.DataFrame) -> Question:
    """Latent attention: one number of heads, and batches within a factor of two."""
    groups = [(heads, int(octave)) for heads, octave in zip(table.num_heads, np.log2(table.batch_size))]
    return Question.of_formula(formula, table, groups, groups)


def message_groups(table: pd.DataFrame) -> list[tuple[int, str]]:
    """Of all-reduces: accelerators, and messages as those of decoding (up to 256 KiB), of prompts (from 8 MiB), between."""
    return [(ranks, "small" if size <= 2**18 else "middling" if size <= 2**23 else "large")
            for ranks, size in zip(table.num_gpus, table.bytes)]


def about_all_reduce(formula: Formula, table: pd.DataFrame) -> Question:
    """All-reduces of one group of accelerators, with messages of one kind."""
    return Question.of_formula(formula, table, list(table.bytes), message_groups(table))


def about_moe(acc: catalogue.Entry, table: pd.DataFrame, given: dict[str, tuple[float, float]]) -> Question:
    """Experts of one shape at one degree, up to 256 tokens and beyond. `given`: as Question has it."""
    shapes, formula = moe_shapes(table), moe(acc)
    groups = [(shape, tp, tokens <= 256) for shape, tp, tokens in zip(shapes, table.moe_tp_size, table.num_tokens)]

    def predict(x: Figures) -> Floats:
        return moe_seconds(x, table, acc.with_(**{k: v for k, v in x.items() if k in given}))

    return Question(lambda kept: formula.fit(table[kept]), predict, table.seconds, shapes, groups, given, EXPERTS_LEVEL)
