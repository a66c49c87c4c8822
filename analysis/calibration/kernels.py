"""Step one: kernels and layers on an A100, and what they tell of boards that have no kernels of their own."""

from collections.abc import Sequence

from . import data, fit_kernels, fit_layers, ranges
from .fitting import Figures, at_bound, error
from .names import BENCH, KERNELS, VLLM
from .results import Results



def a100(c: Results) -> None:
    """Kernels and layers on A100."""
    both, board = ("a100-sxm-80", "a100-sxm-40"), fit_kernels.a100()
    layers, products = data.vidur_layers(), data.gemm()
    x = fit_layers.fit_a100(layers, products)
    e = fit_layers.split_errors(x, layers)
    gemm = error(fit_kernels.gemm_seconds(x, products, board.bandwidth, board.peak["bf16"]), products.seconds)
    c.bounds["vidur layers and products"] = at_bound(x, fit_layers.LOWER, fit_layers.UPPER)
    c.errors.update({"layers, decode": e["decode"], "layers, prefill": e["prefill"], "layers, gemm": gemm})
    source = (f"joint fit of the layers of three models (microsoft/vidur, a100 mlp; median error {e['decode']:.1f} % "
              f"up to 256 tokens, {e['prefill']:.1f} % from 512) and of matrix products ({KERNELS} gemm, vLLM 0.14; "
              f"{gemm:.1f} %)")
    width = c.judge("layers", fit_layers.about_layers(layers, products)).widths
    c.put_on(both, "compute_efficiency", x["compute_efficiency"], "measured", source,
             ranges.share(x["compute_efficiency"], width["compute_efficiency"]))
    c.put_on(both[:1], "bandwidth_efficiency", x["bandwidth_efficiency"], "measured", source,
             ranges.share(x["bandwidth_efficiency"], width["bandwidth_efficiency"]))
    overhead = x["products_s"] + x["elementwise_s"]
    c.put("engines", VLLM, "layer_overhead", overhead, "measured",
          f"fixed times of a layer's products and of its norms, sums and activation: {source}",
          ranges.time(overhead, width["layer_overhead"]))
    c.put("engines", VLLM, "elementwise_factor", x["elementwise_factor"], "measured",
          f"traffic of norms, sums, rotary embedding and activation: {source}",
          ranges.time(x["elementwise_factor"], width["elementwise_factor"]))
    c.layer_fit = x
    attention(c, both, board)
    latent(c, both, board)
    all_reduce(c, both)
    c.put_on(both, "latency_factor", 1.0, "derived", "by definition: the A100 is what others are held against")


def all_reduce(c: Results, both: Sequence[str]) -> None:
    """All-reduces on A100."""
    table, formula = data.all_reduce(), fit_kernels.all_reduce()
    x = formula.fit(table)
    e = c.errors["all-reduce"] = formula.error(x, table)
    width = c.judge("all-reduce", fit_kernels.about_all_reduce(formula, table)).widths
    source = (f"{KERNELS} custom_allreduce among 2, 4 and 8, vLLM 0.14 with CUDA graphs; its message sizes count "
              f"elements of two bytes: median error {e:.1f} %")
    c.put("accelerators", both[0], "link_bandwidth", x["bandwidth"], "measured", source,
          ranges.rate(x["bandwidth"], width["bandwidth"]))
    c.put("accelerators", both[1], "link_bandwidth", 100e9, "derived",
          "boards of four: 4 of 12 NVLinks of 25 GB/s between each pair, with which tensor parallelism 2 and 4 in "
          f"{BENCH} agree. Boards of eight (NVSwitch) reach twice as much, as the 80 GB board", (100e9, 200e9))
    c.put_on(both, "link_latency", x["latency"], "measured", source, ranges.time(x["latency"], width["latency"]))


def attention(c: Results, both: Sequence[str], board: fit_kernels.Board) -> None:
    """Decode and prefill attention on A100."""
    table, formula = data.attention("generation"), fit_kernels.generation(board)
    x = formula.fit(table)
    e = c.errors["decode attention"] = formula.error(x, table)
    c.kernel_kv = x["kv_efficiency"]
    width = c.judge("decode attention", fit_kernels.about_attention(formula, table)).widths
    c.put("engines", VLLM, "attention_overhead", x["latency"], "measured",
          f"{KERNELS} generation_attention, vLLM 0.14: median error {e:.1f} %; reads reach "
          f"{x['kv_efficiency']:.2f} of the bandwidth there", ranges.time(x["latency"], width["latency"]))
    table = fit_kernels.long_kernels(data.attention("context")).reset_index(drop=True)
    formula = fit_kernels.context(board, 4 * 128)
    x = formula.fit(table)
    e = c.errors["prefill attention"] = formula.error(x, table)
    width = c.judge("prefill attention", fit_kernels.about_attention(formula, table)).widths
    source = f"{KERNELS} context_attention, vLLM 0.14, kernels above 50 us: median error {e:.1f} %"
    c.put_on(both, "attention_efficiency", x["efficiency"], "measured", source,
             ranges.share(x["efficiency"], width["efficiency"]))
    c.put_on(both, "attention_ramp_tokens", x["ramp_tokens"], "measured", source,
             ranges.time(x["ramp_tokens"], width["ramp_tokens"]))


def latent(c: Results, both: Sequence[str], board: fit_kernels.Board) -> None:
    """Latent attention on A100."""
    table, formula = data.mla("generation"), fit_kernels.latent_generation(board)
    x = formula.fit(table)
    e = c.errors["latent decode"] = formula.error(x, table)
    parallel = fit_kernels.latent_generation(board, serial=False)
    c.errors["latent decode, no serial read"] = parallel.error(parallel.fit(table), table)
    width = c.judge("latent attention", fit_kernels.about_latent(formula, table)).widths
    source = f"{KERNELS} generation_mla, TensorRT-LLM 1.0, 8 to 128 heads: median error {e:.1f} %"
    c.put_on(both, "latent_kv_efficiency", x["bandwidth_efficiency"], "measured", source,
             ranges.share(x["bandwidth_efficiency"], width["bandwidth_efficiency"]))
    c.put_on(both, "latent_compute_efficiency", x["compute_efficiency"], "measured",
             f"{source}. It decides with 128 heads alone", ranges.share(x["compute_efficiency"], width["compute_efficiency"]))
    c.put_on(both, "latent_time_per_token", x["serial"], "measured", source, ranges.time(x["serial"], width["serial"]))
    table, formula = fit_kernels.long_kernels(data.mla("context")), fit_kernels.context(board, 2 * (192 + 128))
    c.errors["latent prefill"] = formula.error(formula.fit(table), table)


def assumed(c: Results) -> None:
    """What no data set shows on the accelerators calibrated here, held to the A100's figures."""
    a100 = c.accelerator("a100-sxm-80")
    everywhere = ("a100-sxm-80", "a100-sxm-40", "h100-sxm", "l4", "t4")
    c.put_on(everywhere, "decode_attention_efficiency", 0.23, "assumed",
             "seldom decides: at up to 16 heads to a key, kernels on A100 are bound by reads alone", (0.15, 0.5))
    others = ("l4", "t4")
    c.put_on(others, "attention_ramp_tokens", a100.attention_ramp_tokens, "assumed",
             "as on an A100 (measured there); 255 on an L40S (ai-dynamo/aiconfigurator)", (100.0, 400.0))
    c.put_on(others, "latent_kv_efficiency", a100.latent_kv_efficiency, "assumed", "as on an A100 (measured there)",
             (0.25, 0.6))
    c.put_on(others, "latent_compute_efficiency", a100.latent_compute_efficiency, "assumed",
             "as on an A100 (measured there)", (0.15, 0.7))
    for name in ("l4", "t4"):
        acc = c.accelerator(name)
        serial = a100.latent_time_per_token * a100.memory_bandwidth / acc.memory_bandwidth
        c.put("accelerators", name, "latent_time_per_token", serial, "assumed",
              "that of an A100 (measured there), slower as the memory is", (0.0, 2 * serial))
    c.put("accelerators", "h100-sxm", "link_active", 18.0, "assumed", "as the A100", (0.0, 60.0))
    for name, factor, between, why in (
            ("l4", 0.7, (0.5, 1.0), "clocks of 2040 against 1410 MHz; L40S, of the same build, has 0.5 to 0.6 "
                                    "(attention kernels, ai-dynamo/aiconfigurator)"),
            ("t4", 1.0, (0.7, 1.5), "clocks of 1590 against 1410 MHz, of an older build")):
        c.put("accelerators", name, "latency_factor", factor, "assumed", why, between)
    for name, static, between in (("l4", 31.0, (22.0, 36.0)), ("t4", 25.0, (18.0, 32.0))):
        c.put("accelerators", name, "busy_static", static, "assumed",
              "as idle_loaded; an A100 draws about what it does loaded and idle, in the fit of its power", between)
        c.put("accelerators", name, "link_active", 0.0, "assumed", "PCIe: part of the server", (0.0, 5.0))
    for name, speed, between in (("l4", 8e9, (5e9, 10e9)), ("t4", 6e9, (4e9, 10e9))):
        c.put("accelerators", name, "link_bandwidth", speed, "assumed",
              "PCIe without peer access: all-reduces reach 5 to 10 GB/s", between)
        c.put("accelerators", name, "link_latency", 25e-6, "assumed",
              "an all-reduce of a small message through host memory; NVLink needs 5 to 6 us, PCIe several times "
              "that", (10e-6, 50e-6))


def experts(c: Results) -> None:
    """Experts on A100, and what 8 bits bring."""
    acc, table = c.accelerator("a100-sxm-80"), data.moe()
    formula = fit_kernels.moe(acc)
    x = formula.fit(table)
    e = c.errors["experts"] = formula.error(x, table)
    left = c.experts_left_out = fit_kernels.leave_moe(acc)
    low, high = min(left.values()), max(left.values())
    width = c.judge("experts", fit_kernels.about_moe(acc, table, c.given(
        "accelerators", "a100-sxm-80", ("bandwidth_efficiency", "compute_efficiency")))).widths
    source = (f"{KERNELS} moe, vLLM 0.14, bf16, nine shapes without expert parallelism: median error {e:.0f} %, "
              f"{low:.0f} to {high:.0f} % for a shape left out")
    for key, name, of in (("expert_bandwidth_factor", "bandwidth_factor", acc.bandwidth_efficiency),
                          ("expert_compute_factor", "compute_factor", acc.compute_efficiency)):
        c.put("engines", VLLM, key, x[name], "measured", source, ranges.rate(x[name], width[name], 1 / of))
    for key, name in (("expert_overhead", "latency"), ("expert_elementwise_factor", "activation_factor")):
        c.put("engines", VLLM, key, x[name], "measured", source, ranges.time(x[name], width[name]))
    l40s = l40s_products()
    for key, name in (("eight_bit_compute_factor", "compute_efficiency"),
                      ("eight_bit_bandwidth_factor", "bandwidth_efficiency")):
        c.put("engines", VLLM, key, l40s["fp8"][name] / l40s["bf16"][name], "derived",
              "fp8 against bf16 products on an L40S (ai-dynamo/aiconfigurator, l40s gemm, vLLM 0.24, per-tensor "
              "scales); int8 and other accelerators are taken as alike", (0.6, 1.0))


def l40s_products() -> dict[str, Figures]:
    """Products of the L40S, by what is multiplied; its entry is not written here."""
    out = {}
    for kind, dtype, size in (("bf16", "bfloat16", 2), ("fp8", "fp8", 1)):
        table = data.gemm("l40s", dtype)
        table = table[table.n * table.k * size >= 32e6].iloc[::5]  # smaller ones come from its cache
        out[kind] = fit_kernels.products(fit_kernels.L40S, kind, size).fit(table)
    return out
