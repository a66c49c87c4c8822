"""Twin of the simulator's step formula, vectorised: seconds, bytes and operations of a transformer step.

All rates are in SI units. Arguments of the step may be numpy arrays.
"""

from dataclasses import dataclass, replace

import numpy as np

EXPONENT = 2.0  # of the soft roofline: hypot

# Multi-head latent attention and mixtures of experts on A100 (fit_kernels.py).
MOE_BANDWIDTH_FACTOR = 1.14
MOE_COMPUTE_FACTOR = 0.55
MOE_LATENCY = 40e-6
MOE_ACTIVATION_FACTOR = 1.6


@dataclass(frozen=True)
class Accelerator:
    bandwidth: float  # B/s
    peak: float  # operations/s in 16 bits
    compute_efficiency: float = 0.73
    bandwidth_efficiency: float = 0.79
    kv_bandwidth_efficiency: float = 0.65
    attention_efficiency: float = 0.57
    attention_ramp_tokens: float = 230
    link_bandwidth: float = 200e9  # B/s
    link_latency: float = 5.5e-6  # of an all-reduce in which each reads from all others
    link_sync: float = 4e-6  # more for each doubling beyond 2 accelerators, when it goes in two phases

    def with_(self, **changes):
        return replace(self, **changes)


@dataclass(frozen=True)
class Engine:
    step_overhead: float = 0.0
    sequence_overhead: float = 0.0
    layer_overhead: float = 39e-6
    attention_latency: float = 15e-6
    collective_overhead: float = 20e-6  # of an all-reduce, beside the link's latency
    launch_floor: float = 0.0  # a layer takes at least so long on the host
    prefill_launch_floor: float = 0.0  # as launch_floor, when a prompt is in the step
    bandwidth_factor: float = 1.0
    compute_factor: float = 1.0
    elementwise_factor: float = 1.25  # of the bytes that norms, sums and activations move at least
    prefill_knee_tokens: float = 1e18  # prompt tokens in a step beyond which each costs more
    prefill_knee_factor: float = 0.0

    def with_(self, **changes):
        return replace(self, **changes)


def soft(memory, compute, exponent=EXPONENT):
    return (memory**exponent + compute**exponent) ** (1 / exponent)


def gemm(weights, tokens, acc, engine, exponent=EXPONENT, weight_bytes=2):
    """Seconds of matrix products of `weights` elements with `tokens` rows."""
    memory = weights * weight_bytes / (acc.bandwidth * acc.bandwidth_efficiency * engine.bandwidth_factor)
    compute = 2 * weights * tokens / (acc.peak * acc.compute_efficiency * engine.compute_factor)
    return soft(memory, compute, exponent)


def all_reduce(message, tp, acc, engine):
    """Seconds of one all-reduce of `message` bytes: one phase (each reads all) or two (reduce-scatter, all-gather)."""
    if tp == 1:
        return 0.0
    one = (tp - 1) * message / acc.link_bandwidth
    two = acc.link_sync * np.log2(tp / 2) + 2 * (tp - 1) / tp * message / acc.link_bandwidth
    return acc.link_latency + engine.collective_overhead + np.minimum(one, two)


def layer(shape, tp, acc, engine, tokens, decoding=0, context=0, pairs=0, prefill_tokens=0, exponent=EXPONENT):
    """Seconds of one layer. `context`: tokens read by all decoding sequences; `pairs`: of the prefill."""
    rows = tokens + engine.prefill_knee_factor * np.maximum(0, prefill_tokens - engine.prefill_knee_tokens)
    t = engine.layer_overhead + gemm(shape.layer_weights(tp), rows, acc, engine, exponent)
    t = t + engine.elementwise_factor * rows * shape.elementwise_bytes(tp) / (acc.bandwidth * acc.bandwidth_efficiency)
    t = t + np.where(np.asarray(decoding) > 0, engine.attention_latency, 0)
    t = t + context * shape.kv_bytes(tp) / (acc.bandwidth * acc.kv_bandwidth_efficiency)
    flops = (pairs + acc.attention_ramp_tokens * prefill_tokens) * shape.pair_flops(tp)
    t = t + flops / (acc.peak * acc.attention_efficiency)
    return t + 2 * all_reduce(tokens * shape.hidden * 2, tp, acc, engine)


def step(shape, tp, acc, engine, decoding=0, context=0, prefills=0, prefill_tokens=0, pairs=0, exponent=EXPONENT):
    """Seconds of one step of the whole model."""
    tokens = decoding + prefill_tokens
    sequences = decoding + prefills
    one = layer(shape, tp, acc, engine, tokens, decoding, context, pairs, prefill_tokens, exponent)
    floor = np.where(np.asarray(prefill_tokens) > 0, engine.prefill_launch_floor, engine.launch_floor)
    layers = shape.layers * np.maximum(one, floor)
    head = gemm(shape.head_weights(tp), sequences, acc, engine, exponent)
    return engine.step_overhead + sequences * engine.sequence_overhead + layers + head


def prefill(shape, tp, acc, engine, sequences, length, exponent=EXPONENT):
    """Seconds of one step that prefills `sequences` prompts of `length` tokens."""
    return step(shape, tp, acc, engine, prefills=sequences, prefill_tokens=sequences * length,
                pairs=sequences * length * (length + 1) / 2, exponent=exponent)


def decode(shape, tp, acc, engine, sequences, context, exponent=EXPONENT):
    """Seconds of one decode step of `sequences` with `context` tokens each."""
    return step(shape, tp, acc, engine, decoding=sequences, context=sequences * context, exponent=exponent)


def moe(tokens, experts, experts_per_token, expert_weights, hidden, intermediate, acc, exponent=1.0,
        bandwidth_factor=MOE_BANDWIDTH_FACTOR, compute_factor=MOE_COMPUTE_FACTOR, latency=MOE_LATENCY,
        activation_factor=MOE_ACTIVATION_FACTOR):
    """Seconds of the routed experts of a layer: `expert_weights` elements each, uniform routing."""
    touched = experts * (1 - (1 - experts_per_token / experts) ** tokens)
    rows = tokens * experts_per_token
    memory = touched * expert_weights * 2 / (acc.bandwidth * acc.bandwidth_efficiency * bandwidth_factor)
    compute = 2 * expert_weights * rows / (acc.peak * acc.compute_efficiency * compute_factor)
    activations = rows * 2 * (2 * hidden + 3 * intermediate) / (acc.bandwidth * acc.bandwidth_efficiency)
    return latency + soft(memory, compute, exponent) + activation_factor * activations


def step_bytes(shape, tp, engine, tokens, context=0):
    """Bytes that a step moves on one accelerator: weights, cache, activations."""
    weights = 2 * (shape.layers * shape.layer_weights(tp) + shape.head_weights(tp))
    elementwise = engine.elementwise_factor * tokens * shape.elementwise_bytes(tp)
    return weights + shape.layers * (context * shape.kv_bytes(tp) + elementwise)


def step_flops(shape, tp, tokens, sequences, context=0):
    """Operations of a step on one accelerator; `context`: pairs of a query and a key."""
    layers = shape.layers * (2 * tokens * shape.layer_weights(tp) + context * shape.pair_flops(tp))
    return layers + 2 * sequences * shape.head_weights(tp)


A100_80 = Accelerator(bandwidth=2039e9, peak=312e12)
A100_40 = Accelerator(bandwidth=1555e9, peak=312e12, link_bandwidth=100e9)
L40S = Accelerator(bandwidth=864e9, peak=362e12, compute_efficiency=0.62, bandwidth_efficiency=0.76,
                   kv_bandwidth_efficiency=0.80, attention_efficiency=0.52, link_bandwidth=12e9, link_latency=20e-6)
L4 = Accelerator(bandwidth=300e9, peak=121e12, compute_efficiency=0.386, bandwidth_efficiency=0.86,
                 kv_bandwidth_efficiency=0.76, attention_efficiency=0.29, link_bandwidth=8e9, link_latency=25e-6)
T4 = Accelerator(bandwidth=320e9, peak=65e12, compute_efficiency=0.374, bandwidth_efficiency=0.736,
                 kv_bandwidth_efficiency=0.65, attention_efficiency=0.28, link_bandwidth=6e9, link_latency=25e-6)
H100 = Accelerator(bandwidth=3350e9, peak=989e12, compute_efficiency=0.65, bandwidth_efficiency=0.79,
                   kv_bandwidth_efficiency=0.70, attention_efficiency=0.50, link_bandwidth=350e9, link_latency=6e-6)

VLLM = Engine(step_overhead=0.25e-3, sequence_overhead=75e-6)
HELIX = Engine(compute_factor=1.15)
KERNELS = Engine(collective_overhead=0.0)
