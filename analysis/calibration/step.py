"""Twin of sim/physics/transformer.cpp, vectorised: seconds and joules of a transformer step on one of its accelerators.

At the stock clock, without power cap, of models whose layers are all alike but for experts. The counts of a step may be
numpy arrays. tests/analysis/test_twin.py holds it
against the program.
"""

from dataclasses import dataclass
from typing import Any, Union

import numpy as np

from .catalogue import Entry, Model
from .fitting import Floats

Counts = Union[float, Floats]  # of what a step has: one step, or one in each place

ALL_REDUCE_PHASE_S = 4e-6
ACTIVATION_BYTES = 2.0
TICK = 1e-11

_WEIGHT_BYTES = {"fp16": 2.0, "bf16": 2.0, "fp8": 1.0, "int8": 1.0, "int8-weights": 1.0, "int4": 0.5 + 2.5 / 128,
                 "int4-int8": 0.5 + 2.5 / 128, "nvfp4": 0.5 + 1 / 16, "mxfp4": 0.5 + 1 / 32}
EIGHT_BIT = ("fp8", "int8")
_WIDENED = ("int8-weights", "int4", "int4-int8", "nvfp4", "mxfp4")


def weight_bytes(precision: str) -> float:
    return _WEIGHT_BYTES[precision]


def sixteen_bits(acc: Entry) -> str:
    return "bf16" if "bf16" in acc.peak else "fp16"


def arithmetic(acc: Entry, precision: str) -> str:
    """What a model at `precision` is multiplied in."""
    if precision == "int4-int8":
        return "int8"
    return sixteen_bits(acc) if precision in _WIDENED else precision


def head_precision(acc: Entry, precision: str) -> str:
    """Of the output head: engines leave it, and the embedding, in 16 bits (sim/catalog/precision.hpp, formats_at)."""
    return precision if weight_bytes(precision) == 2.0 else sixteen_bits(acc)


def layer_precision(acc: Entry, model: Model, precision: str) -> str:
    """Of attention and of dense and shared MLPs: mxfp4 is of the experts alone, where there are any."""
    return sixteen_bits(acc) if precision == "mxfp4" and model.mixture else precision


def weight_rates(acc: Entry, engine: Entry, precision: str) -> tuple[float, float, float]:
    """(s per weight, s and joules per weight and token) of a product with weights at `precision`."""
    kind = arithmetic(acc, precision)
    widened, eight_bit = precision in _WIDENED, kind in ("fp8", "int8")
    bandwidth = acc.memory_bandwidth * engine.bandwidth_factor * acc.bandwidth_efficiency
    compute = acc.peak[kind] * engine.compute_factor * acc.compute_efficiency
    if widened:
        bandwidth *= engine.widening_bandwidth_factor
        compute *= engine.widening_compute_factor
    elif eight_bit:
        bandwidth *= engine.eight_bit_bandwidth_factor
    if eight_bit:
        compute *= engine.eight_bit_compute_factor
    return weight_bytes(precision) / bandwidth, 2.0 / compute, 2.0 * acc.joules_per_flop[kind]


@dataclass
class Weights:
    """Numbers of weights of the parts of a model, as sim/physics/model_weights.cpp."""

    attention: float
    attention_whole: float
    dense_mlp: float
    shared: float
    expert: float
    head: float
    dense_layers: float
    expert_layers: float
    experts: float
    experts_per_token: float

    def touched(self, tokens: Counts) -> Floats:
        """Experts that a step of so many tokens reads."""
        if self.experts == 0:
            return 0.0 * np.asarray(tokens, dtype=float)
        return -self.experts * np.expm1(np.asarray(tokens) * np.log1p(-self.experts_per_token / self.experts))


def weights_of(model: Model) -> Weights:
    hidden, heads, matrices = model.hidden, model.heads, 3 if model.gated_mlp else 2
    if model.latent:
        x = model.latent
        request = heads * (x.nope_dim + x.rope_dim)
        whole = float(hidden * (x.query_rank + x.kv_rank + x.rope_dim))
        attention = float((x.query_rank if x.query_rank > 0 else hidden) * request)
        attention += x.kv_rank * heads * (x.nope_dim + x.value_dim) + heads * x.value_dim * hidden
    else:
        whole, attention = 0.0, hidden * 2.0 * (heads + model.kv_heads) * model.head_dim
    mix = model.mixture
    expert = matrices * hidden * mix.intermediate if mix else 0.0
    return Weights(attention=attention, attention_whole=whole, dense_mlp=matrices * hidden * model.intermediate,
                   shared=matrices * hidden * mix.shared_width + hidden * mix.experts if mix else 0.0, expert=expert,
                   head=hidden * model.vocabulary, dense_layers=mix.dense_layers if mix else model.layers,
                   expert_layers=model.layers - mix.dense_layers if mix else 0, experts=mix.experts if mix else 0,
                   experts_per_token=mix.experts_per_token if mix else 0)


def kv_bytes_per_token(model: Model, tp: int, kv: str = "auto") -> float:
    """Keys and values of one token in all layers on one accelerator; `kv`: kv_cache_dtype of the pool."""
    size = 1.0 if kv in EIGHT_BIT else 2.0
    if model.latent:
        return model.layers * size * (model.latent.kv_rank + model.latent.rope_dim)
    return model.layers * 2.0 * size * max(1.0, model.kv_heads / tp) * model.head_dim


def pair_flops(model: Model) -> tuple[float, float]:
    """Operations of one request on one key in one layer, all heads: of prefill and of decode."""
    x = model.latent
    prefill = 2.0 * model.heads * (x.nope_dim + x.rope_dim + x.value_dim) if x else 4.0 * model.heads * model.head_dim
    return prefill, 2.0 * model.heads * (2.0 * x.kv_rank + x.rope_dim) if x else prefill


def elementwise_bytes(model: Model, w: Weights, tp: int) -> float:
    head_dim = model.latent.nope_dim + model.latent.rope_dim if model.latent else model.head_dim
    heads = model.heads / tp + (0.0 if model.latent else max(model.kv_heads / tp, 1.0))
    shared = model.mixture.shared_width if model.mixture else 0.0
    layers = w.dense_layers + w.expert_layers
    products = (3.0 if model.gated_mlp else 2.0) / tp
    return ACTIVATION_BYTES * (layers * (10.0 * model.hidden + 2.0 * heads * head_dim)
                               + products * (w.dense_layers * model.intermediate + w.expert_layers * shared))


def expert_elementwise_bytes(model: Model, w: Weights, tp: int) -> float:
    if not model.mixture:
        return 0.0
    return (ACTIVATION_BYTES * w.expert_layers * w.experts_per_token
            * (2.0 * model.hidden + 3.0 * model.mixture.intermediate / tp))


def in_group(acc: Entry, tp: int) -> Entry:
    """The accelerator with the links that it has in a group of so many."""
    for size in (4, 8):
        if tp > 2 and (tp <= size or size == 8):
            own = {key: acc.__dict__.get(f"{key}_among_{size}", getattr(acc, key))
                   for key in ("link_bandwidth", "link_latency")}
            return acc.with_(**own)
    return acc


def step(model: Model, acc: Entry, engine: Entry, *, precision: str = "bf16", kv: str = "auto", tp: int = 1, pp: int = 1,
         stage_bandwidth: float = 1.0, stage_latency: float = 0.0, decoding: Counts = 0, context: Counts = 0,
         prefills: Counts = 0, prefill_tokens: Counts = 0, prefill_context: Counts = 0, pairs: Counts = 0,
         ticks: bool = False) -> tuple[Floats, Floats]:
    """(seconds, joules of one accelerator) of a step.

    `context`: tokens that all decoding sequences read together; `prefill_context`: tokens computed before and in the
    chunks; `pairs`: of a prompt's token and one that it attends to. `ticks`: coefficients of the context are rounded
    as the simulator rounds them.
    """
    decoding, context = np.asarray(decoding, dtype=float), np.asarray(context, dtype=float)
    prefill_tokens, pairs = np.asarray(prefill_tokens, dtype=float), np.asarray(pairs, dtype=float)
    engine, acc = engine.on_accelerator(acc), in_group(acc, tp)
    latency, w = acc.latency_factor, weights_of(model)

    # Of one accelerator in one stage.
    layers, expert_layers = model.layers / pp, w.expert_layers / pp
    dense = ((w.dense_layers + w.expert_layers) * (w.attention / tp + w.attention_whole)
             + (w.dense_layers * w.dense_mlp + w.expert_layers * w.shared) / tp) / pp
    expert, head = expert_layers * w.expert / tp, w.head / tp / pp
    elementwise = engine.elementwise_factor * elementwise_bytes(model, w, tp) / pp
    expert_elementwise = engine.expert_elementwise_factor * expert_elementwise_bytes(model, w, tp) / pp
    kv_bytes = kv_bytes_per_token(model, tp, kv) / pp
    prefill_flops, decode_flops = (flops * layers / tp for flops in pair_flops(model))

    # Rates.
    of_layers, of_head = layer_precision(acc, model, precision), head_precision(acc, precision)
    s_per_weight, s_per_weight_token, j_per_weight_token = weight_rates(acc, engine, of_layers)
    s_per_expert_weight, s_per_expert_weight_token, j_per_expert_weight_token = weight_rates(acc, engine, precision)
    s_per_expert_weight = s_per_expert_weight / engine.expert_bandwidth_factor
    s_per_expert_weight_token = s_per_expert_weight_token * (
        engine.eight_bit_compute_factor / engine.expert_eight_bit_compute_factor if precision in ("fp8", "int8")
        else 1.0 / engine.expert_compute_factor)
    s_per_head_weight, s_per_head_weight_token, j_per_head_weight_token = weight_rates(acc, engine, of_head)
    bandwidth = acc.memory_bandwidth * engine.bandwidth_factor
    attention_compute = acc.peak[sixteen_bits(acc)] * engine.compute_factor
    s_per_byte = 1.0 / (bandwidth * acc.bandwidth_efficiency)
    kv_reads, kv_prefill, latent_reads, latent_compute = (
        (engine.eight_bit_kv_bandwidth_factor, engine.eight_bit_kv_prefill_factor,
         engine.eight_bit_latent_bandwidth_factor, engine.eight_bit_latent_compute_factor)
        if kv in EIGHT_BIT else (1.0, 1.0, 1.0, 1.0))
    s_per_kv_byte = 1.0 / (bandwidth * acc.kv_efficiency * kv_reads)
    if model.latent:
        kv_prefill = 1.0  # a prompt's latents are widened first
        s_per_decode_token = max(kv_bytes / (bandwidth * acc.latent_kv_efficiency * latent_reads),
                                 decode_flops / (attention_compute * acc.latent_compute_efficiency * latent_compute))
    else:
        s_per_decode_token = max(kv_bytes * s_per_kv_byte,
                                 decode_flops / (attention_compute * acc.decode_attention_efficiency))

    sequences = decoding + prefills
    m = np.maximum(1.0, np.minimum(pp, sequences))
    tokens = (decoding + prefill_tokens) / m
    slow_tokens = tokens + engine.long_step_factor * np.maximum(0.0, tokens - engine.long_step_tokens)
    touched = w.touched(tokens)

    overhead = engine.step_overhead + engine.sequence_overhead * sequences
    linear = (dense * np.hypot(s_per_weight, s_per_weight_token * slow_tokens)
              + head * np.hypot(s_per_head_weight, s_per_head_weight_token * sequences / m)
              + elementwise * s_per_byte * slow_tokens
              + expert * (s_per_expert_weight * touched + s_per_expert_weight_token * w.experts_per_token * tokens)
              + expert_elementwise * s_per_byte * tokens)
    prefill = np.maximum(kv_bytes * prefill_context * s_per_kv_byte,
                         (pairs + acc.attention_ramp_tokens * prefill_tokens)
                         * prefill_flops / (attention_compute * acc.attention_efficiency * kv_prefill)) / m
    links = 0.0
    if tp > 1:
        message = tokens * model.hidden * ACTIVATION_BYTES / acc.link_bandwidth
        two = ALL_REDUCE_PHASE_S * np.log2(tp / 2) + 2.0 * (tp - 1.0) / tp * message
        links = 2.0 * layers * (acc.link_latency + latency * engine.collective_overhead
                                + np.minimum((tp - 1.0) * message, two))
    hops = (pp - 1.0) * (stage_latency + tokens * model.hidden * ACTIVATION_BYTES / stage_bandwidth) if pp > 1 else 0.0
    layer_overhead = engine.layer_overhead
    if arithmetic(acc, of_layers) in ("fp8", "int8") and of_layers not in _WIDENED:
        layer_overhead = layer_overhead + engine.eight_bit_layer_overhead
    fixed = latency * (layers * (layer_overhead + np.where(decoding > 0, engine.attention_overhead, 0.0))
                       + expert_layers * engine.expert_overhead)
    decode_token = s_per_decode_token / m
    if model.latent:
        serial = layers * acc.latent_time_per_token / np.maximum(decoding, 1)
        decode_token = np.where(decoding > 0, np.maximum(decode_token, serial), decode_token)
    launch = layers * np.where(prefill_tokens > 0, engine.prefill_layer_launch, engine.layer_launch)

    around = overhead + hops
    fixed_s = around + pp * (linear + prefill + links + fixed)
    launching = around + pp * layers * np.where(prefill_tokens > 0, engine.prefill_layer_launch, engine.layer_launch)
    working = fixed_s + pp * decode_token * context
    seconds = np.maximum(working, launching)
    static_w = acc.busy_static + (acc.link_active if tp > 1 else 0.0)
    read = (weight_bytes(of_layers) * dense + weight_bytes(of_head) * head
            + weight_bytes(precision) * expert * touched)
    moved = m * (read + (elementwise + expert_elementwise) * tokens) + kv_bytes * (prefill_context + context)
    j16 = acc.joules_per_flop[sixteen_bits(acc)]
    joules = static_w * seconds + acc.joules_per_byte * moved
    # Operations on prompts cost a share of what those of decoding do.
    share = acc.prefill_energy_factor
    joules = joules + (decoding + share * prefill_tokens) * (j_per_weight_token * dense
                                                             + j_per_expert_weight_token * expert * w.experts_per_token)
    joules = joules + j_per_head_weight_token * (decoding + share * prefills) * head
    joules = joules + j16 * (share * prefill_flops * pairs + decode_flops * context)
    if ticks:
        seconds = np.maximum(fixed_s + np.floor(pp * decode_token / TICK + 0.5) * TICK * context, launching)
    return seconds, np.minimum(joules, acc.board_limit * seconds)


def prefill(model: Model, acc: Entry, engine: Entry, sequences: Counts, length: Counts,
            **options: Any) -> tuple[Floats, Floats]:
    """Of a step that computes `sequences` prompts of `length` tokens."""
    return step(model, acc, engine, prefills=sequences, prefill_tokens=sequences * length,
                prefill_context=sequences * length, pairs=sequences * length * (length + 1) / 2, **options)


def decode(model: Model, acc: Entry, engine: Entry, sequences: Counts, context: Counts,
           **options: Any) -> tuple[Floats, Floats]:
    """Of a step of `sequences` sequences with `context` tokens each."""
    return step(model, acc, engine, decoding=sequences, context=sequences * context, **options)


def layer(model: Model, acc: Entry, engine: Entry, **options: Any) -> Floats:
    """Seconds of one layer alone."""
    return step(model.with_(layers=1, vocabulary=0), acc, engine.with_(step_overhead=0.0, sequence_overhead=0.0),
                **options)[0]
