"""Kernels of aiconfigurator: matrix products, attention, latent attention, experts, all-reduce."""

import numpy as np

from . import data, step
from .fitting import at_bound, error, fit, show


def fit_gemm(table, acc, exponent=None, weight_bytes=2, peak=None):
    """Efficiencies and the fixed latency of a kernel; with exponent None, the exponent too."""
    weights, rows = (table.n * table.k).to_numpy(float), table.m.to_numpy(float)
    peak = peak or acc.peak

    def predict(x):
        memory = weights * weight_bytes / (acc.bandwidth * x["bandwidth_efficiency"])
        compute = 2 * weights * rows / (peak * x["compute_efficiency"])
        return x["latency"] + step.soft(memory, compute, exponent or x["exponent"])

    start = {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.7, "latency": 5e-6}
    lower = {"bandwidth_efficiency": 0.2, "compute_efficiency": 0.1, "latency": 0.0, "exponent": 1.0}
    upper = {"bandwidth_efficiency": 1.2, "compute_efficiency": 1.0, "latency": 1e-4, "exponent": 6.0}
    if exponent is None:
        start["exponent"] = 2.0
    x = fit(predict, start, lower, upper, table.seconds)
    return x, error(predict(x), table.seconds), at_bound(x, lower, upper)


def fit_generation(table, acc):
    """Decode attention: a latency, then bytes of keys and values."""
    size = (table.batch_size * table.context * table.num_key_value_heads * 128 * 4).to_numpy(float)
    if acc.bandwidth == step.L40S.bandwidth:  # smaller reads come from its cache of 96 MB
        keep = size > 2e8
        table, size = table[keep], size[keep]

    def predict(x):
        return x["latency"] + size / (acc.bandwidth * x["kv_bandwidth_efficiency"])

    x = fit(predict, {"latency": 15e-6, "kv_bandwidth_efficiency": 0.7}, {"latency": 0, "kv_bandwidth_efficiency": 0.1},
            {"latency": 1e-4, "kv_bandwidth_efficiency": 1.2}, table.seconds)
    return x, error(predict(x), table.seconds)


def fit_context(table, acc, flops_per_pair):
    """Prefill attention: a latency, pairs, and tokens (the ramp). Kernels above 50 us."""
    keep = (table.seconds > 50e-6).to_numpy()
    table, flops_per_pair = table[keep], np.asarray(flops_per_pair)[keep]
    length, batch = table.isl.to_numpy(float), table.batch_size.to_numpy(float)
    pairs, tokens = batch * length * (length + 1) / 2, batch * length

    def predict(x):
        return x["latency"] + (pairs + x["ramp_tokens"] * tokens) * flops_per_pair / (acc.peak * x["efficiency"])

    x = fit(predict, {"efficiency": 0.5, "ramp_tokens": 200, "latency": 1e-5},
            {"efficiency": 0.05, "ramp_tokens": 0, "latency": 0},
            {"efficiency": 1.2, "ramp_tokens": 5000, "latency": 2e-4}, table.seconds)
    return x, error(predict(x), table.seconds)


def fit_mla_generation(table, acc, serial=True):
    """Latent attention while decoding: bytes and operations of all, or one sequence's context read serially."""
    context, batch = table.context.to_numpy(float), table.batch_size.to_numpy(float)
    size, flops = batch * context * 576 * 2, batch * context * table.num_heads.to_numpy(float) * 2 * (2 * 512 + 64)

    def predict(x):
        parallel = size / (acc.bandwidth * x["bandwidth_efficiency"]) + flops / (acc.peak * x["compute_efficiency"])
        return x["latency"] + np.maximum(parallel, context * x["serial"] if serial else 0)

    x = fit(predict, {"bandwidth_efficiency": 0.4, "compute_efficiency": 0.5, "latency": 1e-5, "serial": 1e-7},
            {"bandwidth_efficiency": 0.05, "compute_efficiency": 0.01, "latency": 0, "serial": 0},
            {"bandwidth_efficiency": 1.2, "compute_efficiency": 1.2, "latency": 3e-4, "serial": 1e-6}, table.seconds)
    return x, error(predict(x), table.seconds)


def fit_moe(table, acc, exponent=1.0):
    """Routed experts, split by tensor parallelism: factors on the accelerator's efficiencies of matrix products."""
    t = {c: table[c].to_numpy(float) for c in table.columns if table[c].dtype != object}
    inter = t["inter_size"] / t["moe_tp_size"]

    def predict(x):
        return step.moe(t["num_tokens"], t["num_experts"], t["topk"], 3 * t["hidden_size"] * inter, t["hidden_size"],
                        inter, acc, exponent, x["bandwidth_factor"], x["compute_factor"], x["latency"],
                        x["activation_factor"])

    x = fit(predict, {"bandwidth_factor": 1.0, "compute_factor": 0.5, "latency": 4e-5, "activation_factor": 1.5},
            {"bandwidth_factor": 0.1, "compute_factor": 0.1, "latency": 0, "activation_factor": 0},
            {"bandwidth_factor": 1.5, "compute_factor": 1.3, "latency": 1e-3, "activation_factor": 9}, table.seconds)
    return x, error(predict(x), table.seconds), predict(x)


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


def report():
    a100, l40s = step.A100_80, step.L40S
    table = data.gemm()
    for exponent in (None, 1.5, 2.0):
        x, e, bound = fit_gemm(table, a100, exponent)
        print(f"A100 GEMM, exponent {exponent or 'free'}: {show(x)}  error {e:.1f} %  at a bound: {bound or 'none'}")
    for dtype, weight_bytes, peak in (("bfloat16", 2, 362e12), ("fp8", 1, 733e12), ("fp8_block", 1, 733e12)):
        table = data.gemm("l40s", dtype)
        table = table[table.n * table.k * weight_bytes >= 32e6].iloc[::5]
        x, e, bound = fit_gemm(table, l40s, 2.0, weight_bytes, peak)
        print(f"L40S GEMM {dtype} (large): {show(x)}  error {e:.1f} %  at a bound: {bound or 'none'}")
    for device, acc in (("a100_sxm", a100), ("l40s", l40s)):
        x, e = fit_generation(data.attention("generation", device), acc)
        print(f"{device} decode attention: {show(x)}  error {e:.1f} %")
        table = data.attention("context", device)
        x, e = fit_context(table, acc, 4 * 128 * table.num_heads)
        print(f"{device} prefill attention: {show(x)}  error {e:.1f} %")
    for serial in (True, False):
        x, e = fit_mla_generation(data.mla("generation"), a100, serial)
        print(f"A100 MLA decode, serial read {serial}: {show(x)}  error {e:.1f} %")
    table = data.mla("context")
    x, e = fit_context(table, a100, 2 * (192 + 128) * table.num_heads)
    print(f"A100 MLA prefill: {show(x)}  error {e:.1f} %")
    table = data.moe()
    for exponent in (1.0, 2.0):
        x, e, predicted = fit_moe(table, a100, exponent)
        print(f"A100 MoE, exponent {exponent}: {show(x)}  error {e:.1f} %")
    shape = ["hidden_size", "inter_size", "topk", "num_experts"]
    for key in table[shape].drop_duplicates().itertuples(index=False):
        out = (table[shape] == list(key)).all(axis=1).to_numpy()
        x = fit_moe(table[~out], a100)[0]
        left = table[out]
        inter = left.inter_size / left.moe_tp_size
        t = step.moe(left.num_tokens, left.num_experts, left.topk, 3 * left.hidden_size * inter, left.hidden_size,
                     inter, a100, 1.0, **x)
        print(f"A100 MoE, shape {tuple(key)} left out: error {error(t, left.seconds):.1f} %")
    x, e = fit_all_reduce(data.all_reduce())
    print(f"A100 all-reduce: {show(x)}  error {e:.1f} %")
