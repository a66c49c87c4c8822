"""Kernels of aiconfigurator: matrix products, attention, latent attention, experts, all-reduce."""

import numpy as np

from . import catalogue, data
from .fitting import at_bound, error, fit


L40S = {"bandwidth": 864e9, "bf16": 362e12, "fp8": 733e12}  # NVIDIA L40S data sheet; dense


def a100():
    """Bandwidth and 16-bit peak of the board that the kernels ran on."""
    acc = catalogue.accelerator("a100-sxm-80")
    return {"bandwidth": acc.memory_bandwidth, "bf16": acc.peak["bf16"]}


def gemm_seconds(x, table, bandwidth, peak, weight_bytes=2, exponent=2.0):
    """One matrix product: a latency, and reads and arithmetic that overlap but not wholly."""
    weights, rows = (table.n * table.k).to_numpy(float), table.m.to_numpy(float)
    memory = weights * weight_bytes / (bandwidth * x["bandwidth_efficiency"])
    compute = 2 * weights * rows / (peak * x["compute_efficiency"])
    return x["latency"] + (memory**exponent + compute**exponent) ** (1 / exponent)


def fit_gemm(table, bandwidth, peak, exponent=None, weight_bytes=2):
    """Efficiencies and the fixed latency of a kernel; with exponent None, the exponent too."""

    def predict(x):
        return gemm_seconds(x, table, bandwidth, peak, weight_bytes, exponent or x["exponent"])

    start = {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.7, "latency": 5e-6}
    lower = {"bandwidth_efficiency": 0.2, "compute_efficiency": 0.1, "latency": 0.0, "exponent": 1.0}
    upper = {"bandwidth_efficiency": 1.2, "compute_efficiency": 1.0, "latency": 1e-4, "exponent": 6.0}
    if exponent is None:
        start["exponent"] = 2.0
    x = fit(predict, start, lower, upper, table.seconds)
    return x, error(predict(x), table.seconds), at_bound(x, lower, upper)


def fit_generation(table, device):
    """Decode attention: a latency, then bytes of keys and values."""
    size = (table.batch_size * table.context * table.num_key_value_heads * 128 * 4).to_numpy(float)
    if device is L40S:  # smaller reads come from its cache of 96 MB
        keep = size > 2e8
        table, size = table[keep], size[keep]

    def predict(x):
        return x["latency"] + size / (device["bandwidth"] * x["kv_efficiency"])

    x = fit(predict, {"latency": 15e-6, "kv_efficiency": 0.7}, {"latency": 0, "kv_efficiency": 0.1},
            {"latency": 1e-4, "kv_efficiency": 1.2}, table.seconds)
    return x, error(predict(x), table.seconds)


def fit_context(table, device, flops_per_pair):
    """Prefill attention: a latency, pairs, and tokens (the ramp). Kernels above 50 us."""
    keep = (table.seconds > 50e-6).to_numpy()
    table, flops_per_pair = table[keep], np.asarray(flops_per_pair)[keep]
    length, batch = table.isl.to_numpy(float), table.batch_size.to_numpy(float)
    pairs, tokens = batch * length * (length + 1) / 2, batch * length

    def predict(x):
        return x["latency"] + (pairs + x["ramp_tokens"] * tokens) * flops_per_pair / (device["bf16"] * x["efficiency"])

    x = fit(predict, {"efficiency": 0.5, "ramp_tokens": 200, "latency": 1e-5},
            {"efficiency": 0.05, "ramp_tokens": 0, "latency": 0},
            {"efficiency": 1.2, "ramp_tokens": 5000, "latency": 2e-4}, table.seconds)
    return x, error(predict(x), table.seconds)


def fit_mla_generation(table, device, serial=True):
    """Latent attention while decoding: bytes and operations of all, or one sequence's context read serially."""
    context, batch = table.context.to_numpy(float), table.batch_size.to_numpy(float)
    size, flops = batch * context * 576 * 2, batch * context * table.num_heads.to_numpy(float) * 2 * (2 * 512 + 64)

    def predict(x):
        parallel = np.maximum(size / (device["bandwidth"] * x["bandwidth_efficiency"]),
                              flops / (device["bf16"] * x["compute_efficiency"]))
        return x["latency"] + np.maximum(parallel, context * x["serial"] if serial else 0)

    x = fit(predict, {"bandwidth_efficiency": 0.4, "compute_efficiency": 0.5, "latency": 1e-5, "serial": 1e-7},
            {"bandwidth_efficiency": 0.05, "compute_efficiency": 0.01, "latency": 0, "serial": 0},
            {"bandwidth_efficiency": 1.2, "compute_efficiency": 1.2, "latency": 3e-4, "serial": 1e-6}, table.seconds, places=4)
    return x, error(predict(x), table.seconds)


MOE_SHAPE = ["hidden_size", "inter_size", "topk", "num_experts"]


def moe_seconds(x, table, acc, exponent=1.0):
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
    both = (memory**exponent + compute**exponent) ** (1 / exponent)
    return x["latency"] + both + x["activation_factor"] * activations


def fit_moe(table, acc, exponent=1.0):
    """Factors on the accelerator's efficiencies of matrix products, a latency, traffic of the experts' tokens."""
    return fit(lambda x: moe_seconds(x, table, acc, exponent),
               {"bandwidth_factor": 1.0, "compute_factor": 0.5, "latency": 4e-5, "activation_factor": 1.5},
               {"bandwidth_factor": 0.1, "compute_factor": 0.1, "latency": 0, "activation_factor": 0},
               {"bandwidth_factor": 1.5, "compute_factor": 1.3, "latency": 1e-3, "activation_factor": 9}, table.seconds)


def leave_moe(acc):
    """Error of each shape with the others fitted."""
    table, out = data.moe(), {}
    for key in table[MOE_SHAPE].drop_duplicates().itertuples(index=False):
        left = (table[MOE_SHAPE] == list(key)).all(axis=1).to_numpy()
        x = fit_moe(table[~left], acc)
        out[tuple(int(k) for k in key)] = error(moe_seconds(x, table[left], acc), table.seconds[left])
    return out


def fit_all_reduce(table):
    """One set of latency, extra latency of two phases, and bandwidth for 2, 4 and 8 accelerators."""
    size, ranks = table.bytes.to_numpy(), table.num_gpus.to_numpy(float)

    def predict(x):
        one = (ranks - 1) * size / x["bandwidth"]
        two = x["sync"] * np.log2(ranks / 2) + 2 * (ranks - 1) / ranks * size / x["bandwidth"]
        return x["latency"] + np.minimum(one, two)

    x = fit(predict, {"latency": 5e-6, "sync": 4e-6, "bandwidth": 2e11}, {"latency": 0, "sync": 0, "bandwidth": 1e10},
            {"latency": 1e-4, "sync": 1e-4, "bandwidth": 6e11}, table.seconds)
    return x, error(predict(x), table.seconds)
