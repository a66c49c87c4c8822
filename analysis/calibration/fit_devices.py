"""Kernels of newer devices and engines, one family at a time: aiconfigurator's tables of H100, H200, B200 and L40S.

Each fit returns its figures, the range of each, and its errors. The ranges are those of the same fit with one fold of the
shapes left out at a time, so that they say how far a figure hangs on what happens to be in the table. Loops over one
kernel read small matrices from the chip's cache, which a whole network does not: matrices below `LEAST_BYTES` are left
out. Eager rows (block-fp8 of vLLM 0.24, modules of latent attention) have floors of launches; their fixed times are not
used.
"""

from typing import NamedTuple

import numpy as np

from . import data
from .fitting import error, fit

FOLDS = 5
LEAST_BYTES = {"l40s": 100e6}  # its cache holds 96 MB; of others, below
CACHED = 32e6

# Bytes of a weight, and whether its peak is that of 8 bits, by the tables' names.
DTYPES = {"bfloat16": (2.0, "bf16"), "fp8": (1.0, "fp8"), "fp8_block": (1.0, "fp8"),
          "w4a16_mxfp4": (0.5 + 1 / 32, "bf16")}


class Found(NamedTuple):
    """Figures of a fit; (least, greatest) of each over the folds; median errors in per cent by kind of row, of the fit
    and of each fold by the others."""

    figures: dict
    ranges: dict
    errors: dict
    left_out: dict

    @property
    def margin(self):
        """Of a prediction, as a share: the largest of the errors on what was left out."""
        return max(self.left_out.values()) / 100

    def said(self):
        return "median error " + ", ".join(f"{value:.1f} %{f' in {name}' if name else ''} ({self.left_out[name]:.1f} % left "
                                           "out)" for name, value in self.errors.items())


def with_ranges(table, shape, solve, kinds):
    """`solve(table)` -> (figures, predicted seconds of any table); folds are made of the distinct values of `shape`."""
    keys = table[shape].drop_duplicates().sort_values(shape).reset_index(drop=True)
    keys["fold"] = np.arange(len(keys)) % FOLDS
    fold = table[shape].merge(keys, on=shape, how="left").fold.to_numpy()
    figures, predict = solve(table)
    spread = {name: [value] for name, value in figures.items()}
    left = np.empty(len(table))
    for i in range(FOLDS):
        kept, its = table[fold != i].reset_index(drop=True), table[fold == i].reset_index(drop=True)
        found, of = solve(kept)
        for name, value in found.items():
            spread[name].append(value)
        left[fold == i] = of(found, its)
    measured, found = table.seconds.to_numpy(), predict(figures, table)
    rows = {name: which for name, which in kinds(table).items() if which.any()}
    return Found(figures, {name: (min(v), max(v)) for name, v in spread.items()},
                 {name: error(found[which], measured[which]) for name, which in rows.items()},
                 {name: error(left[which], measured[which]) for name, which in rows.items()})


def all_rows(table):
    return {"": np.ones(len(table), bool)}


def by_rows(table):
    rows = table.m.to_numpy()
    return {"decode": rows <= 256, "prefill": rows > 256}


def products(name, acc, device, dtype):
    """Soft roofline of matrix products: shares of bandwidth and of peak, and a product's latency."""
    size, kind = DTYPES[dtype]
    table = data.products(name, dtype)
    table = table[table.n * table.k * size >= LEAST_BYTES.get(device, CACHED)].iloc[::3].reset_index(drop=True)

    def predict(x, t):
        weights, rows = (t.n * t.k).to_numpy(float), t.m.to_numpy(float)
        return x["latency"] + np.hypot(weights * size / (acc.memory_bandwidth * x["bandwidth_efficiency"]),
                                       2 * weights * rows / (acc.peak[kind] * x["compute_efficiency"]))

    def solve(t):
        x = fit(lambda x: predict(x, t), {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.7, "latency": 4e-6},
                {"bandwidth_efficiency": 0.2, "compute_efficiency": 0.1, "latency": 0.0},
                {"bandwidth_efficiency": 1.0, "compute_efficiency": 1.0, "latency": 1e-4}, t.seconds)
        return x, predict

    return with_ranges(table, ["n", "k"], solve, by_rows)


def decode_attention(name, acc, device, cache=data.SIXTEEN_BITS, grouped=False):
    """A latency, then bytes of keys and values. `grouped`: where 2 to 8 heads share keys."""
    table, size = data.decode_attention(name, cache), 2 if cache == data.SIXTEEN_BITS else 1
    if grouped:
        table = table[(table.num_heads / table.kv_heads).between(2, 8)].reset_index(drop=True)
    bytes_of = lambda t: (t.batch_size * t.context * t.kv_heads * 128 * 2 * size).to_numpy(float)  # noqa: E731
    if device in LEAST_BYTES:
        table = table[bytes_of(table) > 2e8].reset_index(drop=True)

    def predict(x, t):
        return x["latency"] + bytes_of(t) / (acc.memory_bandwidth * x["kv_efficiency"])

    def solve(t):
        x = fit(lambda x: predict(x, t), {"latency": 1e-5, "kv_efficiency": 0.8}, {"latency": 0, "kv_efficiency": 0.1},
                {"latency": 1e-4, "kv_efficiency": 1.0}, t.seconds)
        return x, predict

    return with_ranges(table, ["num_heads", "kv_heads"], solve, all_rows)


def prefill_attention(name, acc, cache=data.SIXTEEN_BITS, ramp=None):
    """Pairs and tokens (the ramp, unless given), kernels above 50 us; a kernel's fixed time is part of a layer's."""
    table, given = data.prefill_attention(name, cache), {} if ramp is None else {"ramp": ramp}

    def predict(x, t):
        length, batch = t.isl.to_numpy(float), t.batch_size.to_numpy(float)
        work = batch * length * ((length + 1) / 2 + {**x, **given}["ramp"])
        return x["latency"] + work * 4 * 128 * t.num_heads.to_numpy(float) / (acc.peak["bf16"] * x["efficiency"])

    def solve(t):
        places = ({"efficiency": 0.6, "ramp": 300.0, "latency": 2e-5}, {"efficiency": 0.05, "ramp": 0, "latency": 0},
                  {"efficiency": 1.5, "ramp": 5000, "latency": 2e-4})
        start, lower, upper = ({k: v for k, v in place.items() if k not in given} for place in places)
        return fit(lambda x: predict(x, t), start, lower, upper, t.seconds), predict

    return with_ranges(table, ["num_heads", "kv_heads"], solve, all_rows)


def latent_attention(name, acc, cache="bfloat16"):
    """Decode with latent attention, kernels above 100 us: the longer of reads and arithmetic, and no sequence faster
    than its own tokens allow. The products around the kernel, which modules hold, grow with sequences and heads."""
    table, size = data.latent_attention(name, cache), 1 if cache == "fp8" else 2

    def predict(x, t):
        context, batch, heads = (t[c].to_numpy(float) for c in ("context", "batch_size", "num_heads"))
        reads = batch * context * 576 * size / (acc.memory_bandwidth * x["kv"])
        arithmetic = batch * context * heads * 2 * (2 * 512 + 64) / (acc.peak["bf16"] * x["compute"])
        return x["latency"] + x["around"] * batch * heads + np.maximum(np.maximum(reads, arithmetic),
                                                                       context * x["serial"])

    def solve(t):
        x = fit(lambda x: predict(x, t),
                {"kv": 0.8, "compute": 0.5, "latency": 5e-5, "around": 5e-9, "serial": 5e-10},
                {"kv": 0.05, "compute": 0.01, "latency": 0, "around": 0, "serial": 0},
                {"kv": 1.0, "compute": 1.0, "latency": 3e-4, "around": 1e-6, "serial": 1e-6}, t.seconds, places=2)
        return x, predict

    return with_ranges(table, ["num_heads"], solve, all_rows)


MOE_SHAPE = ["hidden_size", "inter_size", "topk", "num_experts"]


def experts(name, acc, efficiencies, dtype):
    """Factors on the device's efficiencies of products, a latency, and traffic of the experts' tokens."""
    size, kind = DTYPES[dtype]
    table = data.experts(name, dtype)

    def predict(x, t):
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

    def solve(t):
        x = fit(lambda x: predict(x, t),
                {"bandwidth_factor": 1.0, "compute_factor": 0.6, "latency": 4e-5, "activation_factor": 1.5},
                {"bandwidth_factor": 0.1, "compute_factor": 0.1, "latency": 0, "activation_factor": 0},
                {"bandwidth_factor": 1.0 / efficiencies["bandwidth_efficiency"],
                 "compute_factor": 1.0 / efficiencies["compute_efficiency"], "latency": 1e-3, "activation_factor": 9},
                t.seconds)
        return x, predict

    kinds = lambda t: {"decode": (t.num_tokens <= 256).to_numpy(), "prefill": (t.num_tokens > 256).to_numpy()}  # noqa: E731
    return with_ranges(table, MOE_SHAPE, solve, kinds)


def all_reduce(name, ranks=None):
    """Latency and bandwidth among 2, 4 and 8, or of one size of group, with the extra latency of two phases as the
    simulator has it."""
    table = data.all_reduces(name)
    if ranks:
        table = table[table.num_gpus == ranks].reset_index(drop=True)

    def predict(x, t):
        size, ranks = t.bytes.to_numpy(), t.num_gpus.to_numpy(float)
        one = (ranks - 1) * size / x["bandwidth"]
        two = 4e-6 * np.log2(ranks / 2) + 2 * (ranks - 1) / ranks * size / x["bandwidth"]
        return x["latency"] + np.minimum(one, two)

    def solve(t):
        x = fit(lambda x: predict(x, t), {"latency": 5e-6, "bandwidth": 2e11}, {"latency": 0, "bandwidth": 1e9},
                {"latency": 1e-4, "bandwidth": 1e12}, t.seconds)
        return x, predict

    return with_ranges(table, ["bytes"], solve, all_rows)
