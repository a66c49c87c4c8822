"""Kernels of newer devices and engines, one family at a time: aiconfigurator's tables of H100, H200, B200 and L40S.

Each fit returns its figures, the widths of their ranges, and its errors; one fold of the shapes is left out at a time. Loops over one
kernel read small matrices from the chip's cache, which a whole network does not: matrices below `LEAST_BYTES` are left
out. Eager rows (block-fp8 of vLLM 0.24, modules of latent attention) have floors of launches; their fixed times are not
used.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Optional

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import data
from .catalogue import Entry
from .fit_kernels import EXPERTS_LEVEL
from .fitting import Figures, Floats, error, fit
from .ranges import LEVEL, Judged, Question, judged

FOLDS = 5
LEAST_BYTES = {"l40s": 100e6}  # its cache holds 96 MB; of others, below
CACHED = 32e6

# Bytes of a weight, and whether its peak is that of 8 bits, by the tables' names.
DTYPES = {"bfloat16": (2.0, "bf16"), "fp8": (1.0, "fp8"), "fp8_block": (1.0, "fp8"),
          "w4a16_mxfp4": (0.5 + 1 / 32, "bf16")}


class Found(NamedTuple):
    """Figures of a fit; what their ranges are judged by; median errors in per cent by kind of row, of the fit and of each
    fold by the others."""

    figures: Figures
    judged: Judged
    errors: dict[str, float]
    left_out: dict[str, float]

    def said(self) -> str:
        return "median error " + ", ".join(f"{value:.1f} %{f' in {name}' if name else ''} ({self.left_out[name]:.1f} % left "
                                           "out)" for name, value in self.errors.items())


Predict = Callable[[Figures, pd.DataFrame], Floats]
Solved = tuple[Figures, Predict]  # figures, and seconds of any table by any figures
Kinds = dict[str, NDArray[np.bool_]]  # rows by kind


def with_ranges(table: pd.DataFrame, shape: Sequence[str], solve: Callable[[pd.DataFrame], Solved],
                kinds: Callable[[pd.DataFrame], Kinds], level: float = LEVEL) -> Found:
    """`solve(table)` -> (figures, predicted seconds of any table); folds are made of the distinct values of `shape`. The
    groups of `ranges` are the rows of one shape and kind; `level` of them are to be covered."""
    keys = table[shape].drop_duplicates().sort_values(shape).reset_index(drop=True)
    keys["number"] = np.arange(len(keys))
    number = table[shape].merge(keys, on=shape, how="left").number.to_numpy()
    figures, predict = solve(table)
    rows = {name: which for name, which in kinds(table).items() if which.any()}
    kind = np.select(list(rows.values()), list(range(len(rows))))
    found = judged(Question(lambda kept: solve(table[kept].reset_index(drop=True))[0], lambda x: predict(x, table), table.seconds,
                            list(number % FOLDS), list(zip(number, kind)), level=level), figures)
    measured, predicted = table.seconds.to_numpy(), predict(figures, table)
    return Found(figures, found, {name: error(predicted[which], measured[which]) for name, which in rows.items()},
                 {name: error(found.left[which], measured[which]) for name, which in rows.items()})


def all_rows(table: pd.DataFrame) -> Kinds:
    return {"": np.ones(len(table), bool)}


def by_rows(table: pd.DataFrame) -> Kinds:
    rows = table.m.to_numpy()
    return {"decode": rows <= 256, "prefill": rows > 256}


def products(name: str, acc: Entry, device: str, dtype: str) -> Found:
    """Soft roofline of matrix products: shares of bandwidth and of peak, and a product's latency."""
    size, kind = DTYPES[dtype]
    table = data.products(name, dtype)
    table = table[table.n * table.k * size >= LEAST_BYTES.get(device, CACHED)].iloc[::3].reset_index(drop=True)

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        weights, rows = (t.n * t.k).to_numpy(float), t.m.to_numpy(float)
        return x["latency"] + np.hypot(weights * size / (acc.memory_bandwidth * x["bandwidth_efficiency"]),
                                       2 * weights * rows / (acc.peak[kind] * x["compute_efficiency"]))

    def solve(t: pd.DataFrame) -> Solved:
        x = fit(lambda x: predict(x, t), {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.7, "latency": 4e-6},
                {"bandwidth_efficiency": 0.2, "compute_efficiency": 0.1, "latency": 0.0},
                {"bandwidth_efficiency": 1.0, "compute_efficiency": 1.0, "latency": 1e-4}, t.seconds)
        return x, predict

    return with_ranges(table, ["n", "k"], solve, by_rows)


def decode_attention(name: str, acc: Entry, device: str, cache: Sequence[str] = data.SIXTEEN_BITS,
                     grouped: bool = False) -> Found:
    """A latency, then bytes of keys and values. `grouped`: where 2 to 8 heads share keys."""
    table, size = data.decode_attention(name, cache), 2 if cache == data.SIXTEEN_BITS else 1
    if grouped:
        table = table[(table.num_heads / table.kv_heads).between(2, 8)].reset_index(drop=True)

    def bytes_of(t: pd.DataFrame) -> Floats:
        return (t.batch_size * t.context * t.kv_heads * 128 * 2 * size).to_numpy(float)

    if device in LEAST_BYTES:
        table = table[bytes_of(table) > 2e8].reset_index(drop=True)

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        return x["latency"] + bytes_of(t) / (acc.memory_bandwidth * x["kv_efficiency"])

    def solve(t: pd.DataFrame) -> Solved:
        x = fit(lambda x: predict(x, t), {"latency": 1e-5, "kv_efficiency": 0.8}, {"latency": 0, "kv_efficiency": 0.1},
                {"latency": 1e-4, "kv_efficiency": 1.0}, t.seconds)
        return x, predict

    return with_ranges(table, ["num_heads", "kv_heads"], solve, all_rows)


def prefill_attention(name: str, acc: Entry, cache: Sequence[str] = data.SIXTEEN_BITS,
                      ramp: Optional[float] = None) -> Found:
    """Pairs and tokens (the ramp, unless given), kernels above 50 us; a kernel's fixed time is part of a layer's."""
    table, given = data.prefill_attention(name, cache), ({} if ramp is None else {"ramp": ramp})

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        length, batch = t.isl.to_numpy(float), t.batch_size.to_numpy(float)
        work = batch * length * ((length + 1) / 2 + {**x, **given}["ramp"])
        return x["latency"] + work * 4 * 128 * t.num_heads.to_numpy(float) / (acc.peak["bf16"] * x["efficiency"])

    def solve(t: pd.DataFrame) -> Solved:
        places = ({"efficiency": 0.6, "ramp": 300.0, "latency": 2e-5}, {"efficiency": 0.05, "ramp": 0, "latency": 0},
                  {"efficiency": 1.5, "ramp": 5000, "latency": 2e-4})
        start, lower, upper = ({k: v for k, v in place.items() if k not in given} for place in places)
        return fit(lambda x: predict(x, t), start, lower, upper, t.seconds), predict

    return with_ranges(table, ["num_heads", "kv_heads"], solve, all_rows)


def latent_attention(name: str, acc: Entry, cache: str = "bfloat16") -> Found:
    """Decode with latent attention, kernels above 100 us: the longer of reads and arithmetic, and no sequence faster
    than its own tokens allow. The products around the kernel, which modules hold, grow with sequences and heads."""
    table, size = data.latent_attention(name, cache), 1 if cache == "fp8" else 2

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        context, batch, heads = (t[c].to_numpy(float) for c in ("context", "batch_size", "num_heads"))
        reads = batch * context * 576 * size / (acc.memory_bandwidth * x["kv"])
        arithmetic = batch * context * heads * 2 * (2 * 512 + 64) / (acc.peak["bf16"] * x["compute"])
        return x["latency"] + x["around"] * batch * heads + np.maximum(np.maximum(reads, arithmetic),
                                                                       context * x["serial"])

    def solve(t: pd.DataFrame) -> Solved:
        x = fit(lambda x: predict(x, t),
                {"kv": 0.8, "compute": 0.5, "latency": 5e-5, "around": 5e-9, "serial": 5e-10},
                {"kv": 0.05, "compute": 0.01, "latency": 0, "around": 0, "serial": 0},
                {"kv": 1.0, "compute": 1.0, "latency": 3e-4, "around": 1e-6, "serial": 1e-6}, t.seconds, places=2)
        return x, predict

    return with_ranges(table, ["num_heads"], solve, all_rows)


MOE_SHAPE = ["hidden_size", "inter_size", "topk", "num_experts"]


def experts(name: str, acc: Entry, efficiencies: Figures, dtype: str) -> Found:
    """Factors on the device's efficiencies of products, a latency, and traffic of the experts' tokens."""
    size, kind = DTYPES[dtype]
    table = data.experts(name, dtype)

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        c = {k: t[k].to_numpy(float) for k in ("num_tokens", "num_experts", "topk", "hidden_size", "inter_size",
                                               "moe_tp_size")}
        inter, rows = c["inter_size"] / c["moe_tp_size"], c["num_tokens"] * c["topk"]
        expert = 3 * c["hidden_size"] * inter
        touched = c["num_experts"] * (1 - (1 - c["topk"] / c["num_experts"]) ** c["num_tokens"])
        bandwidth = acc.memory_bandwidth * efficiencies["bandwidth_efficiency"]
        peak = acc.peak[kind] * efficiencies["compute_efficiency"]
        return (x["latency"] + touched * expert * size / (bandwidth * x["bandwidth_factor"])
                + 2 * expert * rows / (peak * x["compute_factor"])
                + x["activation_factor"] * rows * 2 * (2 * c["hidden_size"] + 3 * inter) / bandwidth)

    def solve(t: pd.DataFrame) -> Solved:
        x = fit(lambda x: predict(x, t),
                {"bandwidth_factor": 1.0, "compute_factor": 0.6, "latency": 4e-5, "activation_factor": 1.5},
                {"bandwidth_factor": 0.1, "compute_factor": 0.1, "latency": 0, "activation_factor": 0},
                {"bandwidth_factor": 1.0 / efficiencies["bandwidth_efficiency"],
                 "compute_factor": 1.0 / efficiencies["compute_efficiency"], "latency": 1e-3, "activation_factor": 9},
                t.seconds)
        return x, predict

    def kinds(t: pd.DataFrame) -> Kinds:
        return {"decode": (t.num_tokens <= 256).to_numpy(), "prefill": (t.num_tokens > 256).to_numpy()}

    return with_ranges(table, MOE_SHAPE, solve, kinds, EXPERTS_LEVEL)


def all_reduce(name: str, ranks: Optional[int] = None) -> Found:
    """Latency and bandwidth among 2, 4 and 8, or of one size of group, with the extra latency of two phases as the
    simulator has it."""
    table = data.all_reduces(name)
    if ranks:
        table = table[table.num_gpus == ranks].reset_index(drop=True)

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        size, ranks = t.bytes.to_numpy(), t.num_gpus.to_numpy(float)
        one = (ranks - 1) * size / x["bandwidth"]
        two = 4e-6 * np.log2(ranks / 2) + 2 * (ranks - 1) / ranks * size / x["bandwidth"]
        return x["latency"] + np.minimum(one, two)

    def solve(t: pd.DataFrame) -> Solved:
        x = fit(lambda x: predict(x, t), {"latency": 5e-6, "bandwidth": 2e11}, {"latency": 0, "bandwidth": 1e9},
                {"latency": 1e-4, "bandwidth": 1e12}, t.seconds)
        return x, predict

    return with_ranges(table, ["bytes"], solve, all_rows)
