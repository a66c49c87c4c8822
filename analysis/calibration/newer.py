"""Steps of the calibration for devices and engines of 2025 and 2026: kernels, then whole servings, then watts.

Kernels of vLLM 0.24 give an accelerator's efficiencies; those of other engines and of 8 bits give an engine's factors on
it. Fixed times of host and engine come after, from whole servings alone. Watts come last.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, Union

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import catalogue, data, fit_bench, fit_devices, fit_loops, fit_power, fit_watts, ranges, step
from .catalogue import Entry
from .fit_devices import Found
from .fit_loops import Loops
from .fitting import Figures, Floats, error, fit
from .ranges import Question, Span
from .results import Results

HOPPER = ("h100-sxm", "h200")
VLLM, ASYNC, SAMPLING = "vllm-2025", "vllm-2026", "vllm-sampling-2025"
TRTLLM, SGLANG, ROCM = "tensorrt-llm-2026", "sglang-2026", "vllm-rocm-2024"
PREFIX = {"h100-sxm": "h100_sxm", "h200": "h200_sxm", "b200": "b200_sxm", "l40s": "l40s"}
LAYER_PRODUCTS = 4  # products of a layer: queries and keys, output, up and gate, down


def source(device: str, table: str, what: str) -> str:
    return f"ai-dynamo/aiconfigurator, {PREFIX[device]} {table}: {what}"


def between(found: Found, name: str, factor: float = 1.0, highest: float = math.inf) -> Span:
    """Range of a figure, which is `factor` times what was fitted."""
    return ranges.rate(found.figures[name] * factor, found.judged.widths[name], highest)


def kernels(c: Results) -> None:
    """Efficiencies of the devices, and their engines' kernels."""
    for device in PREFIX:
        accelerator(c, device)
    for device in PREFIX:
        engine_kernels(c, device)
    other_engines(c)
    eight_bit_caches(c)


def accelerator(c: Results, device: str) -> None:
    """Efficiencies of a device by the kernels of vLLM 0.24."""
    acc, prefix = c.accelerator(device), PREFIX[device]
    attention = f"{prefix}_attention_vllm_0.24.0"
    found = {
        "products": fit_devices.products(f"{prefix}_gemm_vllm_0.24.0", acc, device, "bfloat16"),
        "decode attention": fit_devices.decode_attention(attention, acc, device),
        "prefill attention": fit_devices.prefill_attention(attention, acc),
    }
    c.newer[device] = found
    products, decode, prefill = (found[k] for k in ("products", "decode attention", "prefill attention"))
    said = source(device, "gemm, vLLM 0.24, bf16", products.said())
    for key in ("compute_efficiency", "bandwidth_efficiency"):
        c.put("accelerators", device, key, products.figures[key], "measured", said, between(products, key, 1.0, 1.0))
    said = source(device, "generation_attention, vLLM 0.24", decode.said())
    c.put("accelerators", device, "kv_efficiency", decode.figures["kv_efficiency"], "measured", said,
          between(decode, "kv_efficiency", 1.0, 1.0))
    said = source(device, "context_attention, vLLM 0.24, kernels above 50 us", prefill.said())
    c.put("accelerators", device, "attention_efficiency", prefill.figures["efficiency"], "measured", said,
          between(prefill, "efficiency", 1.0, 1.0))
    c.put("accelerators", device, "attention_ramp_tokens", prefill.figures["ramp"], "measured", said,
          between(prefill, "ramp"))
    if device == "l40s":
        shared_links(c, device, found)
    else:
        latent_and_links(c, device, acc, found)
        latencies(c, device, acc, found)


def latent_and_links(c: Results, device: str, acc: Entry, found: dict[str, Found]) -> None:
    """Latent attention, and all-reduces over NVLink."""
    prefix = PREFIX[device]
    latent = found["latent attention"] = fit_devices.latent_attention(
        f"{prefix}_mla_vllm_0.24.0_mla_generation_module", acc)
    said = source(device, "mla_generation_module, vLLM 0.24, above 100 us", f"{latent.said()}; the products "
                  "around the kernel grow with sequences and heads and are apart")
    c.put("accelerators", device, "latent_kv_efficiency", latent.figures["kv"], "measured", said,
          between(latent, "kv", 1.0, 1.0))
    c.put("accelerators", device, "latent_compute_efficiency", latent.figures["compute"], "measured", said,
          between(latent, "compute", 1.0, 1.0))
    c.put("accelerators", device, "latent_time_per_token", latent.figures["serial"], "measured", said,
          between(latent, "serial"))
    links = found["all-reduce"] = fit_devices.all_reduce(f"{prefix}_comm_vllm_0.24.0")
    said = source(device, "custom_allreduce among 2, 4 and 8, vLLM 0.24 with CUDA graphs", links.said())
    c.put("accelerators", device, "link_bandwidth", links.figures["bandwidth"], "measured", said,
          between(links, "bandwidth"))
    c.put("accelerators", device, "link_latency", links.figures["latency"], "measured", said, between(links, "latency"))


def shared_links(c: Results, device: str, found: dict[str, Found]) -> None:
    """Boards on PCIe without switches share the way: a bandwidth and a latency for each size of group."""
    for ranks in (2, 4, 8):
        links = found[f"all-reduce among {ranks}"] = fit_devices.all_reduce(f"{PREFIX[device]}_comm_vllm_0.22.0", ranks)
        said = source(device, f"custom_allreduce among {ranks}, vLLM 0.22 with CUDA graphs", links.said())
        among = f"_among_{ranks}" if ranks > 2 else ""
        c.put("accelerators", device, f"link_bandwidth{among}", links.figures["bandwidth"], "measured", said,
              between(links, "bandwidth"))
        c.put("accelerators", device, f"link_latency{among}", links.figures["latency"], "measured", said,
              between(links, "latency"))


def latencies(c: Results, device: str, acc: Entry, found: dict[str, Found]) -> None:
    """Fixed times of kernels, products and attention alike, against an A100's: the same version of the same engine."""
    a100 = catalogue.accelerator("a100-sxm-80")
    if device == "h100-sxm":
        here = (fit_devices.products("h100_sxm_gemm_vllm_0.14.0", acc, device, "bfloat16"),
                fit_devices.decode_attention("h100_sxm_attention_vllm_0.14.0", acc, device))
        there = (fit_devices.products("a100_sxm_gemm_vllm_0.14.0", a100, "a100-sxm-80", "bfloat16"),
                 fit_devices.decode_attention("a100_sxm_attention_vllm_0.14.0", a100, "a100-sxm-80"))
        ratios = [h.figures["latency"] / t.figures["latency"] for h, t in zip(here, there)]
        why = ("fixed times of kernels of vLLM 0.14 here and on an A100 (ai-dynamo/aiconfigurator): products "
               f"{ratios[0]:.2f}, decode attention {ratios[1]:.2f}")
        value = math.sqrt(ratios[0] * ratios[1])
    else:
        h100 = c.newer["h100-sxm"]
        more = [found[k].figures["latency"] / h100[k].figures["latency"] for k in ("products", "decode attention")]
        ratios = [c.accelerator("h100-sxm").latency_factor * m for m in more]
        why = (f"that of the H100 SXM5, times {more[0]:.2f} and {more[1]:.2f}: fixed times of products and decode attention "
               "in vLLM 0.24 (ai-dynamo/aiconfigurator)")
        value = math.sqrt(ratios[0] * ratios[1])
    c.put("accelerators", device, "latency_factor", value, "derived", why, (0.9 * min(ratios), 1.1 * max(ratios)))


def on(c: Results, engine: str, device: str, key: str, value: float, said: str, span: Span) -> None:
    """Notes a measured figure of an engine on one accelerator."""
    c.put("engines", engine, ("on_accelerator", device, key), value, "measured", said, span)


def eight_bit(c: Results, engine: str, device: str, prefix: str, said: str) -> Found:
    """Products in fp8 against those in bf16."""
    acc, plain = c.accelerator(device), c.newer[device]["products"]
    found = fit_devices.products(prefix, acc, device, "fp8")
    e = c.engine(engine)
    said = f"{said}: {found.said()}"
    for key, of in (("eight_bit_compute_factor", "compute_efficiency"), ("eight_bit_bandwidth_factor",
                                                                        "bandwidth_efficiency")):
        factor = e.compute_factor if of == "compute_efficiency" else e.bandwidth_factor
        own = e.own.get(device, {}).get("compute_factor" if of == "compute_efficiency" else "bandwidth_factor", factor)
        scale = 1 / (getattr(acc, of) * own)
        on(c, engine, device, key, found.figures[of] * scale, said, between(found, of, scale, scale))
    extra = round(max(0.0, found.figures["latency"] - plain.figures["latency"]) * LAYER_PRODUCTS / acc.latency_factor, 8)
    on(c, engine, device, "eight_bit_layer_overhead", extra,
       f"four products' fixed time beyond bf16's, before latency_factor: {said}", (0.5 * extra, 1.5 * extra))
    return found


def mixtures(c: Results, engine: str, device: str, prefix: str, said: str) -> dict[str, Found]:
    """Experts in bf16 and in fp8 with a scale for each block."""
    acc = c.accelerator(device)
    shares = {k: getattr(acc, k) for k in ("bandwidth_efficiency", "compute_efficiency")}
    plain = fit_devices.experts(prefix, acc, shares, "bfloat16")
    block = fit_devices.experts(prefix, acc, shares, "fp8_block")
    four = fit_devices.experts(prefix, acc, shares, "w4a16_mxfp4")
    text = f"{said}, bf16, without expert parallelism: {plain.said()}"
    for key, name, highest in (("expert_compute_factor", "compute_factor", 1 / shares["compute_efficiency"]),
                               ("expert_bandwidth_factor", "bandwidth_factor", 1 / shares["bandwidth_efficiency"]),
                               ("expert_elementwise_factor", "activation_factor", math.inf)):
        on(c, engine, device, key, plain.figures[name], text, between(plain, name, 1.0, highest))
    # Layers with experts lack two of the four products whose fixed times are in layer_overhead.
    less = 2 * c.newer[device]["products"].figures["latency"]
    overhead = max(0.0, plain.figures["latency"] - less) / acc.latency_factor
    on(c, engine, device, "expert_overhead", overhead, f"less the fixed times of the two products that such layers lack, "
       f"before latency_factor: {text}", (0.5 * overhead, 1.5 * overhead + less))
    for key, name in (("widening_compute_factor", "compute_factor"), ("widening_bandwidth_factor", "bandwidth_factor")):
        scale = 1 / plain.figures[name]
        on(c, engine, device, key, four.figures[name] * scale,
           f"experts in mxfp4 against those in bf16: {said}: {four.said()}", between(four, name, scale))
    on(c, engine, device, "expert_eight_bit_compute_factor", block.figures["compute_factor"],
       f"{said}, fp8 with a scale for each block, without expert parallelism: {block.said()}",
       between(block, "compute_factor"))
    return {"experts": plain, "experts, block fp8": block, "experts, mxfp4": four}


def engine_kernels(c: Results, device: str) -> None:
    """What vLLM's kernels for 8 bits and for experts reach on a device."""
    prefix = PREFIX[device]
    c.newer[device]["products, fp8"] = eight_bit(c, VLLM, device, f"{prefix}_gemm_vllm_0.24.0",
                                                 source(device, "gemm, vLLM 0.24, fp8", "per-tensor scales"))
    c.newer[device].update(mixtures(c, VLLM, device, f"{prefix}_moe_vllm_0.24.0",
                                    f"ai-dynamo/aiconfigurator, {prefix} moe, vLLM 0.24"))


def other_engines(c: Results) -> None:
    """Kernels of TensorRT-LLM and of SGLang against vLLM's on the same board."""
    for engine, device, name, version in ((TRTLLM, "h100-sxm", "trtllm_1.3.0rc20", "TensorRT-LLM 1.3"),
                                          (TRTLLM, "h200", "trtllm_1.3.0rc20", "TensorRT-LLM 1.3"),
                                          (SGLANG, "h200", "sglang_0.5.14", "SGLang 0.5.14")):
        prefix, acc = PREFIX[device], c.accelerator(device)
        products = fit_devices.products(f"{prefix}_gemm_{name}", acc, device, "bfloat16")
        c.newer[device][f"products, {version}"] = products
        said = f"ai-dynamo/aiconfigurator, {prefix} gemm, {version}, bf16: {products.said()}"
        for key, of in (("compute_factor", "compute_efficiency"), ("bandwidth_factor", "bandwidth_efficiency")):
            scale = 1 / getattr(acc, of)
            on(c, engine, device, key, products.figures[of] * scale, said, between(products, of, scale, scale))
        c.newer[device][f"products, fp8, {version}"] = eight_bit(
            c, engine, device, f"{prefix}_gemm_{name}", f"ai-dynamo/aiconfigurator, {prefix} gemm, {version}, fp8")
        found = mixtures(c, engine, device, f"{prefix}_moe_{name}", f"ai-dynamo/aiconfigurator, {prefix} moe, {version}")
        c.newer[device].update({f"{k}, {version}": v for k, v in found.items()})


# Tables of attention and of latent attention with a KV cache in fp8: engine, device, its version and names.
EIGHT_BIT_CACHES = (
    *((VLLM, device, "vLLM 0.24", "vllm_0.24.0", "mla_generation_module") for device in ("h100-sxm", "h200", "b200")),
    (VLLM, "l40s", "vLLM 0.24", "vllm_0.24.0", None),
    *((TRTLLM, device, "TensorRT-LLM 1.3", "trtllm_1.3.0rc20", "mla_generation_module") for device in HOPPER),
)


def eight_bit_caches(c: Results) -> None:
    """Attention that reads a KV cache in fp8, against what the board's figures and the engine's say of 16 bits."""
    for engine, device, version, name, latent in EIGHT_BIT_CACHES:
        prefix, acc, plain = PREFIX[device], c.accelerator(device), c.engine(engine)
        own = {**plain.__dict__, **plain.own.get(device, {})}
        reads, arithmetic = own["bandwidth_factor"], own["compute_factor"]
        grouped = engine == TRTLLM  # it reads keys that no heads share by another kernel, at 0.6 to 0.8 of this
        decode = fit_devices.decode_attention(f"{prefix}_attention_{name}", acc, device, ("fp8",), grouped)
        prefill = fit_devices.prefill_attention(f"{prefix}_attention_{name}", acc, ("fp8",), acc.attention_ramp_tokens)
        said = f"ai-dynamo/aiconfigurator, {prefix} generation_attention, {version}, KV cache in fp8"
        said += f", 2 to 8 heads to a key: {decode.said()}" if grouped else f": {decode.said()}"
        scale = 1 / (acc.kv_efficiency * reads)
        on(c, engine, device, "eight_bit_kv_bandwidth_factor", decode.figures["kv_efficiency"] * scale, said,
           between(decode, "kv_efficiency", scale))
        said = f"ai-dynamo/aiconfigurator, {prefix} context_attention, {version}, KV cache in fp8: {prefill.said()}"
        scale = 1 / (acc.attention_efficiency * arithmetic)
        on(c, engine, device, "eight_bit_kv_prefill_factor", prefill.figures["efficiency"] * scale, said,
           between(prefill, "efficiency", scale))
        c.newer[device].update({f"decode attention, fp8 cache, {version}": decode,
                                f"prefill attention, fp8 cache, {version}": prefill})
        if latent is None:
            continue
        found = fit_devices.latent_attention(f"{prefix}_mla_{name}_{latent}", acc, "fp8")
        c.newer[device][f"latent attention, fp8 cache, {version}"] = found
        said = f"ai-dynamo/aiconfigurator, {prefix} {latent}, {version}, KV cache in fp8: {found.said()}"
        for key, of, scale in (("bandwidth", "kv", 1 / (acc.latent_kv_efficiency * reads)),
                               ("compute", "compute", 1 / (acc.latent_compute_efficiency * arithmetic))):
            on(c, engine, device, f"eight_bit_latent_{key}_factor", found.figures[of] * scale, said,
               between(found, of, scale))


# ---- Whole servings ----

Rows = Union[slice, list[int], NDArray[np.bool_]]  # of a table
EVERY = slice(None)


MS, US = 1e-3, 1e-6
# Closed loops of InferenceX, and what is found by them: first, least and greatest value.
LOOPS = {
    ASYNC: Loops(ASYNC, "h100-sxm", "h100", "gpt-oss-120b", "mxfp4",
                 {"request_overhead": (8 * MS, 0.1 * MS, 100 * MS), "collective_overhead": (2 * US, 0.01 * US, 50 * US),
                  "widening_compute_factor": (0.4, 0.02, 2.0), "widening_bandwidth_factor": (0.7, 0.1, 2.0)},
                 ("widening_compute_factor", "widening_bandwidth_factor"), VLLM),
    SGLANG: Loops(SGLANG, "h200", "h200", "deepseek-r1", "fp8",
                  {"collective_overhead": (20 * US, 0.01 * US, 200 * US)}, (), SGLANG, True, {"between": 1.0}),
}
LOOP_SOURCES = {
    ASYNC: "InferenceX, gpt-oss-120b in mxfp4 on 2 and 8 H100s, vLLM 0.11 and 0.13 asynchronous, 4 to 64 clients",
    SGLANG: "InferenceX, DeepSeek-R1 in fp8 on 8 H200s, SGLang 0.5.6, 4 to 64 clients",
}
GENERATOR = "the load generator's own time is in it, and generators differ"
LOOP_REMARKS = {
    (SGLANG, "collective_overhead"): "it holds what else a layer with latent attention launches",
    (ASYNC, "request_overhead"): GENERATOR,
    (ASYNC, "widening_compute_factor"): "what prompts take there beyond the kernels of vLLM 0.24 is put on the experts; the "
    "upper end is the kernels'",
    (ASYNC, "widening_bandwidth_factor"): "the lower end is that of the kernels of vLLM 0.24",
}


def front_ends(c: Results) -> None:
    """Front end, prompts and all-reduces of the asynchronous engines, by simulated closed loops. That an engine has what
    its kernels reach on this device in place is known from kernels(); a fit replaces it."""
    (short, first), (long, second) = fit_loops.one_client(c, ASYNC, "h100-sxm")
    per_token = max(0.0, (second - first) / (long - short))
    said = (f"tgarg01/silybench, Qwen3-8B on one H100, vLLM 0.30, one client: {first / MS:.1f} ms beside the step for "
            f"{short} prompt tokens, {second / MS:.1f} ms for {long}")
    c.put("engines", ASYNC, "request_overhead_per_token", per_token, "derived", said, (0.0, 2 * per_token))
    for engine, loops in LOOPS.items():
        if "request_overhead" not in loops.figures:
            value = c.engine(ASYNC).request_overhead
            c.put("engines", engine, "request_overhead", value, "assumed", "as vllm-2026 (measured there)", (0.0, 4 * value))
        found = c.loops[engine] = fit_loops.fit(c, loops)
        if "first" in loops.measures:
            said = (f"{LOOP_SOURCES[engine]}: first token within {found.errors['first']:.0f} % (median "
                    f"{found.errors['median_first']:.0f} %), later ones {found.errors['between']:.0f} %; {found.left:.0f} % on "
                    "first tokens of a number of clients left out")
        else:
            said = (f"{LOOP_SOURCES[engine]}: later tokens within {found.errors['between']:.0f} %, {found.left:.0f} % for a "
                    f"number of clients left out; first tokens, which no fit sees, are off by {found.errors['first']:.0f} %")
        for key, value in found.figures.items():
            path = ("on_accelerator", loops.device, key) if key in loops.kernels else (key,)
            low, high = found.spans[key]
            if key == "collective_overhead":
                low, high = max(0.0, min(low, value - 5 * US)), max(high, value + 5 * US)
            elif key == "request_overhead":
                low, high = min(low, value / 4), max(high, 2 * value)
            remark = LOOP_REMARKS.get((engine, key))
            c.put("engines", engine, path, value, "measured", f"{said}; {remark}" if remark else said,
                  ranges.outward(low, high))
    # The ratio to the kernels is the engine's, taken as the same on the other board.
    for key in LOOPS[ASYNC].kernels:
        plain, there = (c.engine(VLLM).own[d][key] for d in ("h100-sxm", "h200"))
        low, high = (v / plain * there for v in c.loops[ASYNC].spans[key])
        c.put("engines", ASYNC, ("on_accelerator", "h200", key), c.loops[ASYNC].figures[key] / plain * there, "derived",
              "as on an H100 against the kernels (measured there)", ranges.outward(0.8 * low, 1.25 * high))


def itl(acc: Entry, engine: Entry, table: pd.DataFrame, x: Figures) -> list[float]:
    """Seconds of a decode step of each row, whose model, sequences and mean context it names."""
    out, engine = [], engine.with_(**x)
    for r in table.itertuples():
        out.append(float(step.decode(catalogue.model(r.model), acc, engine, r.sequences, r.context)[0]))
    return out


class LinearFit(NamedTuple):
    """Predicted seconds of some rows, and the figures that some rows give."""

    predict: Callable[[Figures, Rows], Floats]
    solve: Callable[[Rows], Figures]


def linear_fit(acc: Entry, engine: Entry, table: pd.DataFrame) -> LinearFit:
    """Step and sequence overheads; a step is linear in both, so that steps without them are computed once."""
    bare = itl(acc, engine, table, {"step_overhead": 0.0, "sequence_overhead": 0.0})
    n = table.sequences.to_numpy()

    def predict(x: Figures, rows: Rows = EVERY) -> Floats:
        return np.asarray((np.array(bare) + x["step_overhead"] + x["sequence_overhead"] * n)[rows])

    def solve(rows: Rows) -> Figures:
        return fit(lambda x: predict(x, rows), {"step_overhead": 4e-4, "sequence_overhead": 5e-6},
                   {"step_overhead": 0.0, "sequence_overhead": 0.0}, {"step_overhead": 5e-3, "sequence_overhead": 2e-4},
                   table.seconds.to_numpy()[rows])

    return LinearFit(predict, solve)


SERVINGS = {
    ASYNC: (data.silybench, "tgarg01/silybench, Qwen3-8B on one H100, vLLM 0.30, 1 to 512 clients in step"),
    SAMPLING: (data.mlenergy_chat, "ML.ENERGY leaderboard, Llama-3.1-8B and Qwen3-8B, chat, on one H100, a vLLM of 2025, "
                                   f"batches of 8 to 512, prompts taken as {data.MLENERGY_PROMPT} tokens"),
}


def servings(c: Results) -> None:
    """Step and sequence overheads: asynchronous engines by silybench, synchronous ones with sampling by ML.ENERGY."""
    acc = c.accelerator("h100-sxm")
    for engine, (read, what) in SERVINGS.items():
        table = read()
        predict, solve = linear_fit(acc, c.engine(engine), table)
        x = solve(EVERY)
        spread = {k: [0.7 * v, 1.3 * v] for k, v in x.items()}
        left: list[float] = []
        for i in range(len(table)):
            y = solve([j for j in range(len(table)) if j != i])
            for key, value in y.items():
                spread[key].append(value)
            left.append(float(predict(y, EVERY)[i]))
        e, out = error(predict(x, EVERY), table.seconds), error(left, table.seconds)
        c.errors.update({engine: e, f"{engine}, left out": out})
        for key, values in spread.items():
            c.put("engines", engine, key, x[key], "measured",
                  f"{what}: inter-token latencies within {e:.1f} % in the median, {out:.1f} % for a row left out",
                  (min(values), max(values)))
    front_ends(c)
    for engine in (TRTLLM, SGLANG):
        for key, unit in (("step_overhead", 2.0), ("sequence_overhead", 5.0)):
            value = getattr(c.engine(ASYNC), key)
            c.put("engines", engine, key, value, "assumed", "as vllm-2026 (measured there), not fitted apart",
                  (value / unit, value * unit))


def mi300x(c: Results) -> None:
    """An MI300X by whole servings of 2024, for want of kernels: Llama-2-7B on 1, 2, 4 and 8 of them. What its products
    reach of their peak belongs to that engine; shares of bandwidth and fixed times are taken as the board's."""
    acc, engine, model = c.accelerator("mi300x"), c.engine(VLLM), catalogue.model("llama-2-7b")
    table = data.bench_mi300x()

    def predict(x: Figures, t: pd.DataFrame) -> Floats:
        here = acc.with_(**{k: x[k] for k in ("bandwidth_efficiency", "kv_efficiency", "latency_factor")})
        profile = engine.with_(compute_factor=x["compute_factor"], sequence_overhead=x["sequence_overhead"])
        return np.array([fit_bench.seconds(r.batch, r.length, r.tp, here, profile, model, "fp16") for r in t.itertuples()])

    start = {"bandwidth_efficiency": 0.6, "kv_efficiency": 0.5, "latency_factor": 2.0, "compute_factor": 0.5,
             "sequence_overhead": 1e-4}
    lower = {"bandwidth_efficiency": 0.1, "kv_efficiency": 0.05, "latency_factor": 0.2, "compute_factor": 0.05,
             "sequence_overhead": 0.0}
    upper = {"bandwidth_efficiency": 1.0, "kv_efficiency": 1.0, "latency_factor": 10.0, "compute_factor": 1.5,
             "sequence_overhead": 1e-3}

    def solve(t: pd.DataFrame) -> Figures:
        return fit(lambda x: predict(x, t), start, lower, upper, t.seconds, places=2)

    x = solve(table)
    found = c.judge("LLM-Inference-Bench, MI300X", Question(
        lambda kept: solve(table[kept]), lambda x: predict(x, table), table.seconds, list(table.tp), list(zip(table.tp, table.batch))))
    left = {int(tp): error(found.left[table.tp == tp], table.seconds[table.tp == tp]) for tp in sorted(set(table.tp))}
    e = error(predict(x, table), table.seconds)
    c.errors["MI300X"], c.mi300x_left = e, left
    said = (f"argonne-lcf/LLM-Inference-Bench, Llama-2-7B in fp16 on 1 to 8 MI300X by vLLM of 2024, where it fits: median "
            f"error {e:.1f} %, {min(left.values()):.1f} to {max(left.values()):.1f} % for a degree left out")
    width = found.widths
    for key in ("bandwidth_efficiency", "kv_efficiency"):
        c.put("accelerators", "mi300x", key, x[key], "derived", said, ranges.share(x[key], width[key]))
    c.put("accelerators", "mi300x", "latency_factor", x["latency_factor"], "derived", said,
          ranges.time(x["latency_factor"], width["latency_factor"]))
    c.put("engines", ROCM, "compute_factor", x["compute_factor"], "measured", said,
          ranges.rate(x["compute_factor"], width["compute_factor"]))
    c.put("engines", ROCM, "sequence_overhead", x["sequence_overhead"], "measured", said,
          ranges.time(x["sequence_overhead"], width["sequence_overhead"]))


def memory(c: Results) -> None:
    """What the asynchronous engine keeps for itself: from the sequences that silybench saw fit on an H100."""
    acc, engine, model = c.accelerator("h100-sxm"), c.engine(ASYNC), catalogue.model("qwen3-8b")
    tokens = data.silybench_capacity()
    most, sequences = catalogue.batch_limits(ASYNC, acc)
    profiled = engine.with_(profile_tokens=most, profile_sequences=sequences)
    left = acc.memory * engine.memory_utilisation - 2 * model.parameters - tokens * step.kv_bytes_per_token(model, 1)
    reserve = left - fit_bench.activation_bytes(model, profiled, 1)
    former = reserve - 0.02 * acc.memory
    c.put("engines", ASYNC, "reserve", reserve, "derived",
          f"tgarg01/silybench: Qwen3-8B on one H100, vLLM 0.30, has room for {tokens:,.0f} tokens; what weights and a step "
          f"of {most:,} tokens and {sequences:,} sequences leave unexplained of 92 % of the memory, its default: CUDA graphs, "
          f"which come off since version 0.21, workspaces, context. Of 90 % it would be {former / 1e9:.2f} GB; the share is "
          "not stated there. One measurement, one accelerator, no tensor parallelism", (0.5 * former, 1.25 * reserve))


# ---- Watts ----


def watts(c: Results) -> None:
    """Hopper by servings and plateaus; the share of prompts on the A100 by its limit."""
    found = fit_watts.h100(c.accelerator("h100-sxm"), c.engine(ASYNC), c.engine(SAMPLING))
    x, spans, e = found.figures, found.ranges, found.errors
    c.hopper = found
    c.errors.update({f"Hopper, {name}": value for name, value in e.items()})
    said = (f"Qwen3-8B on an H100 (tgarg01/silybench; median error {e['servings']:.1f} %) and plateaus of kernels on an "
            f"H200 (ai-dynamo/aiconfigurator, h200_sxm attention and gemm of vLLM 0.22 with board watts; "
            f"{e['plateaus']:.1f} %)")
    alike = f"{said}. Static watts and joules per byte lie on a line: CALIBRATION.md says what the ranges are"
    for device in HOPPER:
        c.put("accelerators", device, "busy_static", x["static"], "measured", alike, spans["static"])
        c.put("accelerators", device, "joules_per_byte", x["byte"], "measured", alike, spans["byte"])
        share = x["prefill"]
        c.put("accelerators", device, "prefill_energy_factor", share, "measured",
              f"operations of large products at the board limit against those of decode steps: {said}",
              (0.8 * share, 1.3 * share))
        for kind in ("fp16", "bf16"):
            c.put("accelerators", device, ("joules_per_flop", kind), x["flop"], "measured", said,
                  spans["flop"])
        eight = x["flop"] * x["eight"]
        for kind in ("fp8", "int8"):
            text = (f"{x['eight']:.2f} of 16 bits, as large products in fp8 and bf16 at the board limit of an H200 "
                    "(ai-dynamo/aiconfigurator, gemm of vLLM 0.22 with board watts)")
            c.put("accelerators", device, ("joules_per_flop", kind), eight, "derived" if kind == "int8" else "measured",
                  text, (0.8 * eight, 1.25 * eight))
    for device in ("a100-sxm-80", "a100-sxm-40"):
        acc = c.accelerator(device)
        share = (acc.board_limit - acc.busy_static) / fit_power.large_products(acc) / acc.joules_per_flop["bf16"]
        eight = x["eight"] * acc.joules_per_flop["bf16"]
        c.put("accelerators", device, ("joules_per_flop", "int8"), eight, "derived",
              f"{x['eight']:.2f} of 16 bits, as fp8 on an H200 (measured there)", (0.75 * eight, 1.4 * eight))
        c.put("accelerators", device, "prefill_energy_factor", share, "derived",
              "so that large products at their share of peak draw the board limit, as they do on an H200 "
              "(ai-dynamo/aiconfigurator)", (x["prefill"], 1.0))
