"""Step four: hosts and engines of 2023 to 2025 by whole servings."""

from . import catalogue, data, fit_bench, fit_splitwise, ranges, step
from .catalogue import Entry
from .fitting import Figures, Floats, at_bound, error, fit
from .names import BENCH, BOARD_GIVEN, ENGINE_GIVEN, HELIX, KERNELS, SPLITWISE, TRTLLM, VLLM
from .results import Results



def hosts(c: Results) -> None:
    """Whole engines: LLM-Inference-Bench's two, splitwise's."""
    vllm(c)
    four_bits(c)
    tensorrt_llm(c)
    like_vllm(c, HELIX)
    splitwise(c)


def vllm(c: Results) -> None:
    """vLLM of 2025, and an A100's share of bandwidth in decode attention."""
    a100 = c.accelerator("a100-sxm-40")
    bench = fit_bench.Bench("vLLM", a100, c.engine(VLLM))
    x = bench.fit(("step_overhead", "sequence_overhead", "collective_overhead", "kv_efficiency"), {})
    e = bench.error(x)
    c.errors["bench vLLM"] = e
    c.bounds["LLM-Inference-Bench, vLLM"] = at_bound(x, fit_bench.LOWER, fit_bench.UPPER)
    source = (f"{BENCH}: vLLM, Llama-3-8B on one and two A100 40 GB, batches of 1 to 64, end to end: median error "
              f"{e:.1f} %")
    width = c.judge("LLM-Inference-Bench, vLLM", bench.question(tuple(x), {
        **c.given("accelerators", "a100-sxm-40", BOARD_GIVEN), **c.given("engines", VLLM, ENGINE_GIVEN)})).widths
    span = ranges.share(x["kv_efficiency"], width["kv_efficiency"])
    kv = c.put("accelerators", "a100-sxm-40", "kv_efficiency", x["kv_efficiency"], "measured", source, span)
    c.put("accelerators", "a100-sxm-80", "kv_efficiency", (kv + c.kernel_kv) / 2, "derived",
          f"between {kv} end to end on the 40 GB board ({BENCH}) and {c.kernel_kv:.2f} in the kernel alone "
          f"({KERNELS} generation_attention)", (span[0], max(span[1], c.kernel_kv)))
    for key in ("step_overhead", "sequence_overhead", "collective_overhead"):
        c.put("engines", VLLM, key, x[key], "measured", source, ranges.time(x[key], width[key]))
    c.bench["vLLM"] = bench


def tensorrt_llm(c: Results) -> None:
    """TensorRT-LLM of 2024."""
    bench = c.bench["TensorRT-LLM"] = fit_bench.Bench("TensorRT-LLM", c.accelerator("a100-sxm-40"), like_vllm(c, TRTLLM))
    x = bench.fit(("step_overhead", "sequence_overhead", "collective_overhead"), {})
    e = bench.error(x)
    c.errors["bench TensorRT-LLM"] = e
    c.bounds["LLM-Inference-Bench, TensorRT-LLM"] = at_bound(x, fit_bench.LOWER, fit_bench.UPPER)
    source = (f"{BENCH}: TensorRT-LLM, Llama-3-8B on one, two and four A100 40 GB, batches of 1 to 64, end to end: "
              f"median error {e:.1f} %")
    width = c.judge("LLM-Inference-Bench, TensorRT-LLM", bench.question(tuple(x), {
        **c.given("accelerators", "a100-sxm-40", (*BOARD_GIVEN, "kv_efficiency")),
        **c.given("engines", TRTLLM, ENGINE_GIVEN)})).widths
    for key in ("step_overhead", "sequence_overhead", "collective_overhead"):
        c.put("engines", TRTLLM, key, x[key], "measured", source, ranges.time(x[key], width[key]))


def splitwise(c: Results) -> None:
    """Splitwise's engine of 2023."""
    like_vllm(c, SPLITWISE)
    c.put("engines", SPLITWISE, "elementwise_factor", c.engine(VLLM).elementwise_factor, "derived",
          "as vllm-2025 (microsoft/vidur, a100 mlp)")
    table, acc = data.splitwise(), c.accelerator("a100-sxm-80")
    x = fit_splitwise.fit_splitwise(table, acc, c.engine(SPLITWISE))
    e = fit_splitwise.errors(x, table, acc, c.engine(SPLITWISE))
    c.errors.update({"splitwise, tokens": e["token"], "splitwise, prompts": e["prompt"]})
    c.bounds["splitwise"] = at_bound(x, fit_splitwise.LOWER, fit_splitwise.UPPER)
    source = (f"Mutinifni/splitwise-sim perf_model.csv: Llama-2-70B and BLOOM-176B on 8 x A100 80 GB: median error "
              f"{e['token']:.1f} % for tokens, {e['prompt']:.1f} % for prompts")
    width = c.judge("splitwise", fit_splitwise.question(table, acc, c.engine(SPLITWISE), c.given(
        "accelerators", "a100-sxm-80", (*BOARD_GIVEN, "kv_efficiency", "link_bandwidth", "link_latency")))).widths
    for key, value in x.items():
        of = width[key]
        c.put("engines", SPLITWISE, key, value, "measured", source,
              ranges.rate(value, of) if key == "compute_factor" else ranges.time(value, of))


def like_vllm(c: Results, name: str) -> Entry:
    """Kernels of an engine that no data set shows apart: those of vllm-2025, so far as not set already."""
    between = {"widening_bandwidth_factor": (0.5, 0.95), "layer_overhead": (2e-5, 6e-5), "attention_overhead": (5e-6, 3e-5), "elementwise_factor": (1.0, 1.5),
               "expert_bandwidth_factor": (0.9, 1.25), "expert_compute_factor": (0.36, 0.65),
               "expert_overhead": (2e-5, 1e-4), "expert_elementwise_factor": (1.0, 3.0),
               "eight_bit_compute_factor": (0.6, 1.0), "eight_bit_bandwidth_factor": (0.75, 1.0)}
    skip = {SPLITWISE: ("layer_overhead", "attention_overhead", "elementwise_factor")}.get(name, ())
    for key, span in between.items():
        if key not in skip:
            c.put("engines", name, key, getattr(c.engine(VLLM), key), "assumed",
                  "as vllm-2025: not seen apart in this engine's data", span)
    return c.engine(name)


def four_bits(c: Results) -> None:
    """The one measurement of 4-bit weights: decode of one sequence on a T4."""
    table, acc, engine = data.awq(), c.accelerator("t4"), c.engine(VLLM)
    measured = 1 / table.decode_tok_s.to_numpy()

    def predict(x: Figures) -> Floats:
        return step.decode(catalogue.model("mistral-7b"), acc, engine.with_(**x), 1, 1.5 * table.decode_len.to_numpy(),
                           precision="int4")[0]

    key = "widening_bandwidth_factor"
    x = fit(predict, {key: 0.7}, {key: 0.1}, {key: 1.5}, measured)
    c.put("engines", VLLM, key, x[key], "derived",
          "Mistral-7B in int4 on a T4, one sequence, by an engine of 2023 whose own overheads it holds as well "
          f"(casper-hansen/AutoAWQ PR 92): median error {error(predict(x), measured):.1f} %; newer kernels, for "
          "newer hardware, are better", (0.5, 0.95))
