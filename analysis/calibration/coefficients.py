"""All fits in their order, and the figures of platforms/ that come out of them.

Each fit stands on what those before it left, rounded as it is written: a second run changes nothing.
"""

from . import catalogue, data, fit_bench, fit_kernels, fit_layers, fit_power, fit_splitwise, newer, step, yaml_edit
from .fitting import at_bound, error, fit

VLLM, TRTLLM, SPLITWISE, HELIX = "vllm-2025", "tensorrt-llm-2024", "splitwise-2023", "helix-2024"
KERNELS = "ai-dynamo/aiconfigurator, a100_sxm"
BENCH = "argonne-lcf/LLM-Inference-Bench (llm_inference_bench_a100_llama3_8b.csv)"

# Of a key that is not a plain number: the unit that it is written in.
UNITS = {
    "latent_time_per_token": ("us", 1e-6), "busy_static": ("W", 1), "link_active": ("W", 1),
    "link_bandwidth": ("GB/s", 1e9), "link_latency": ("us", 1e-6), "joules_per_byte": ("pJ/B", 1e-12),
    "joules_per_flop": ("pJ/FLOP", 1e-12), "step_overhead": ("us", 1e-6), "sequence_overhead": ("us", 1e-6),
    "layer_overhead": ("us", 1e-6), "attention_overhead": ("us", 1e-6), "expert_overhead": ("us", 1e-6),
    "collective_overhead": ("us", 1e-6), "eight_bit_layer_overhead": ("us", 1e-6), "reserve": ("GB", 1e9),
    "layer_launch": ("us", 1e-6), "prefill_layer_launch": ("us", 1e-6), "request_overhead": ("ms", 1e-3),
    "request_overhead_per_token": ("us", 1e-6),
}


def written(key, value, digits=3):
    unit, factor = UNITS.get(key, ("", 1))
    number = f"{value / factor:.{digits}g}"
    return f"{number} {unit}".strip()


class Calibration:
    """Runs the fits. `figures`: (kind, entry, path) -> figure as written; `errors`: what the report says of each fit."""

    def __init__(self):
        self.figures, self.errors, self.values, self.bounds, self.loops = {}, {}, {}, {}, {}
        self.hardware()
        self.assumed()
        self.experts()
        newer.kernels(self)
        self.small_devices()
        self.engines()
        newer.servings(self)
        newer.mi300x(self)
        newer.memory(self)
        self.power()

    # ---- Results so far ----

    def entry(self, kind, name):
        """As the catalogue has it, with what was set so far here and in the entry that it is `like`."""
        node = catalogue.raw(kind, name)
        if "like" in node:
            entry = catalogue.changed(self.entry(kind, node["like"]).named(name), catalogue.by_path(node))
        else:
            entry = catalogue.accelerator(name) if kind == "accelerators" else catalogue.engine(name)
        return catalogue.changed(entry, self.values.get((kind, name), {}))

    def accelerator(self, name):
        return self.entry("accelerators", name)

    def engine(self, name):
        return self.entry("engines", name)

    def set(self, kind, name, path, value, status, source, between=None):
        """Notes a figure, and has the fits that follow see it as rounded. Returns that value."""
        path = (path,) if isinstance(path, str) else path
        unit = path[-1] if path[0] == "on_accelerator" else path[0]
        figure = {"value": written(unit, value), "status": status, "source": source}
        if between:
            figure["range"] = [written(unit, x) for x in between]
        self.figures[kind, name, path] = figure
        rounded = catalogue.quantity(figure["value"])
        self.values.setdefault((kind, name), {})[path] = rounded
        return rounded

    def board(self, names, *args, **more):
        """The same figure of several accelerators."""
        return [self.set("accelerators", name, *args, **more) for name in names][0]

    # ---- Fits ----

    def hardware(self):
        """Kernels and layers on A100."""
        both, device = ("a100-sxm-80", "a100-sxm-40"), fit_kernels.a100()
        layers, products = data.vidur_layers(), data.gemm()
        x = fit_layers.fit_a100(layers, products)
        e = fit_layers.split_errors(x, layers)
        gemm = error(fit_kernels.gemm_seconds(x, products, device["bandwidth"], device["bf16"]), products.seconds)
        self.bounds["vidur layers and products"] = at_bound(x, fit_layers.LOWER, fit_layers.UPPER)
        self.errors["layers"] = {**e, "gemm": gemm}
        source = (f"joint fit of the layers of three models (microsoft/vidur, a100 mlp; median error {e['decode']:.1f} % "
                  f"up to 256 tokens, {e['prefill']:.1f} % from 512) and of matrix products ({KERNELS} gemm, vLLM 0.14; "
                  f"{gemm:.1f} %)")
        self.board(both, "compute_efficiency", x["compute_efficiency"], "measured", source)
        self.board(both[:1], "bandwidth_efficiency", x["bandwidth_efficiency"], "measured", source)
        self.set("engines", VLLM, "layer_overhead", x["products_s"] + x["elementwise_s"], "measured",
                 f"fixed times of a layer's products and of its norms, sums and activation: {source}")
        self.set("engines", VLLM, "elementwise_factor", x["elementwise_factor"], "measured",
                 f"traffic of norms, sums, rotary embedding and activation: {source}")
        self.layer_fit = x

        x, e = fit_kernels.fit_generation(data.attention("generation"), device)
        self.errors["decode attention"] = e
        self.kernel_kv = x["kv_efficiency"]
        self.set("engines", VLLM, "attention_overhead", x["latency"], "measured",
                 f"{KERNELS} generation_attention, vLLM 0.14: median error {e:.1f} %; reads reach "
                 f"{x['kv_efficiency']:.2f} of the bandwidth there")
        table = data.attention("context")
        x, e = fit_kernels.fit_context(table, device, 4 * 128 * table.num_heads)
        self.errors["prefill attention"] = e
        source = f"{KERNELS} context_attention, vLLM 0.14, kernels above 50 us: median error {e:.1f} %"
        self.board(both, "attention_efficiency", x["efficiency"], "measured", source)
        self.board(both, "attention_ramp_tokens", x["ramp_tokens"], "measured", source)
        x, e = fit_kernels.fit_mla_generation(data.mla("generation"), device)
        self.errors["latent decode"] = e
        self.errors["latent decode, no serial read"] = fit_kernels.fit_mla_generation(data.mla("generation"), device,
                                                                                     False)[1]
        source = f"{KERNELS} generation_mla, TensorRT-LLM 1.0, 8 to 128 heads: median error {e:.1f} %"
        self.board(both, "latent_kv_efficiency", x["bandwidth_efficiency"], "measured", source)
        self.board(both, "latent_compute_efficiency", x["compute_efficiency"], "measured", source)
        self.board(both, "latent_time_per_token", x["serial"], "measured", source)
        table = data.mla("context")
        self.errors["latent prefill"] = fit_kernels.fit_context(table, device, 2 * (192 + 128) * table.num_heads)[1]
        x, e = fit_kernels.fit_all_reduce(data.all_reduce())
        self.errors["all-reduce"] = e
        source = (f"{KERNELS} custom_allreduce among 2, 4 and 8, vLLM 0.14 with CUDA graphs; its message sizes count "
                  f"elements of two bytes: median error {e:.1f} %")
        self.set("accelerators", both[0], "link_bandwidth", x["bandwidth"], "measured", source)
        self.set("accelerators", both[1], "link_bandwidth", 100e9, "derived",
                 "boards of four: 4 of 12 NVLinks of 25 GB/s between each pair, with which tensor parallelism 2 and 4 in "
                 f"{BENCH} agree. Boards of eight (NVSwitch) reach twice as much, as the 80 GB board", (100e9, 200e9))
        self.board(both, "link_latency", x["latency"], "measured", source)
        self.board(both, "latency_factor", 1.0, "derived", "by definition: the A100 is what others are held against")

    def experts(self):
        acc, table = self.accelerator("a100-sxm-80"), data.moe()
        x = fit_kernels.fit_moe(table, acc)
        e = error(fit_kernels.moe_seconds(x, table, acc), table.seconds)
        self.errors["experts"] = e
        self.errors["experts left out"] = fit_kernels.leave_moe(acc)
        low, high = min(self.errors["experts left out"].values()), max(self.errors["experts left out"].values())
        source = (f"{KERNELS} moe, vLLM 0.14, bf16, nine shapes without expert parallelism: median error {e:.0f} %, "
                  f"{low:.0f} to {high:.0f} % for a shape left out")
        for key, name in (("expert_bandwidth_factor", "bandwidth_factor"), ("expert_compute_factor", "compute_factor"),
                          ("expert_overhead", "latency"), ("expert_elementwise_factor", "activation_factor")):
            self.set("engines", VLLM, key, x[name], "measured", source)
        for key, name in (("eight_bit_compute_factor", "compute_efficiency"),
                          ("eight_bit_bandwidth_factor", "bandwidth_efficiency")):
            self.set("engines", VLLM, key, self.l40s()["fp8"][0][name] / self.l40s()["bf16"][0][name], "derived",
                     "fp8 against bf16 products on an L40S (ai-dynamo/aiconfigurator, l40s gemm, vLLM 0.24, per-tensor "
                     "scales); int8 and other accelerators are taken as alike", (0.6, 1.0))

    def l40s(self):
        """Fits of the L40S's kernels; its entry is not written here."""
        if not hasattr(self, "_l40s"):
            out, device = {}, fit_kernels.L40S
            for dtype, size in (("bf16", 2), ("fp8", 1)):
                table = data.gemm("l40s", {"bf16": "bfloat16"}.get(dtype, dtype))
                table = table[table.n * table.k * size >= 32e6].iloc[::5]  # smaller ones come from its cache
                x, e, _ = fit_kernels.fit_gemm(table, device["bandwidth"], device[dtype], 2.0, size)
                out[dtype] = x, e
            out["decode"] = fit_kernels.fit_generation(data.attention("generation", "l40s"), device)
            table = data.attention("context", "l40s")
            out["prefill"] = fit_kernels.fit_context(table, device, 4 * 128 * table.num_heads)
            self._l40s = out
        return self._l40s

    def small_devices(self):
        """Helix's layers: the A100 that it has in common with the other sets, L4 and T4 beside it."""
        a100 = self.accelerator("a100-sxm-80")
        ratios = {"kv": self.kernel_kv / a100.bandwidth_efficiency, "ramp": a100.attention_ramp_tokens,
                  "attention": a100.attention_efficiency / a100.compute_efficiency}
        vllm = self.engine(VLLM)
        overheads = {k: getattr(vllm, k) for k in ("layer_overhead", "attention_overhead", "elementwise_factor")}
        x, e, bound, table = fit_layers.fit_helix(ratios, overheads)
        self.helix, self.helix_table = x, table
        self.bounds["Helix"] = bound
        self.errors["helix"] = e

        def source(device):
            return (f"Thesys-lab/Helix-ASPLOS25, {device.upper()}, Llama-2-70B by layer, decode contexts not stated and "
                    f"fitted to {x['context']:.0f} tokens: median error {e[device, 'decode']:.1f} % decode, "
                    f"{e[device, 'prompt']:.1f} % prefill")

        self.set("accelerators", "a100-sxm-40", "bandwidth_efficiency", x["a100_eb"], "measured", source("a100"))
        factor = self.set("engines", HELIX, "compute_factor", x["a100_ec"] / a100.compute_efficiency, "derived",
                          f"its A100's products against those of other sets: {source('a100')}", (1.0, 1.3))
        self.set("engines", HELIX, "bandwidth_factor", 1.0, "derived",
                 "by definition: the bandwidth efficiencies of A100 40 GB, L4 and T4 were measured in it")
        self.devices(x, factor, ratios, source)

    def devices(self, x, factor, ratios, source):
        for device in ("l4", "t4"):
            why = (f"; less the engine's compute_factor of {factor}, found on its A100")
            self.set("accelerators", device, "compute_efficiency", x[f"{device}_ec"] / factor, "measured",
                     source(device) + why, tuple(x[f"{device}_ec"] / factor * s for s in (0.9, 1.2)))
            self.set("accelerators", device, "bandwidth_efficiency", x[f"{device}_eb"], "measured", source(device))
            self.set("accelerators", device, "kv_efficiency", ratios["kv"] * x[f"{device}_eb"], "derived",
                     f"{ratios['kv']:.2f} of bandwidth_efficiency, as kernels on an A100 ({KERNELS})",
                     (0.75 * x[f"{device}_eb"], min(1.0, 1.1 * x[f"{device}_eb"])))
            self.set("accelerators", device, "attention_efficiency", ratios["attention"] * x[f"{device}_ec"] / factor,
                     "derived", f"{ratios['attention']:.2f} of compute_efficiency, as kernels on an A100 ({KERNELS})",
                     tuple(ratios["attention"] * x[f"{device}_ec"] / factor * s for s in (0.7, 1.3)))

    def four_bits(self):
        """The one measurement of 4-bit weights: decode of one sequence on a T4."""
        table, acc, engine = data.awq(), self.accelerator("t4"), self.engine(VLLM)
        measured = 1 / table.decode_tok_s.to_numpy()

        def predict(x):
            return step.decode(catalogue.model("mistral-7b"), acc, engine.with_(**x), 1, 1.5 * table.decode_len.to_numpy(),
                               precision="int4")[0]

        key = "widening_bandwidth_factor"
        x = fit(predict, {key: 0.7}, {key: 0.1}, {key: 1.5}, measured)
        self.set("engines", VLLM, key, x[key], "derived",
                 "Mistral-7B in int4 on a T4, one sequence, by an engine of 2023 whose own overheads it holds as well "
                 f"(casper-hansen/AutoAWQ PR 92): median error {error(predict(x), measured):.1f} %; newer kernels, for "
                 "newer hardware, are better", (0.5, 0.95))

    def engines(self):
        """Whole engines: LLM-Inference-Bench's two, splitwise's."""
        a100 = self.accelerator("a100-sxm-40")
        bench = fit_bench.Bench("vLLM", a100, self.engine(VLLM))
        x = bench.fit(("step_overhead", "sequence_overhead", "collective_overhead", "kv_efficiency"), {})
        e = bench.error(x)
        self.errors["bench vLLM"] = e
        self.bounds["LLM-Inference-Bench, vLLM"] = at_bound(x, fit_bench.LOWER, fit_bench.UPPER)
        source = (f"{BENCH}: vLLM, Llama-3-8B on one and two A100 40 GB, batches of 1 to 64, end to end: median error "
                  f"{e:.1f} %")
        kv = self.set("accelerators", "a100-sxm-40", "kv_efficiency", x["kv_efficiency"], "measured", source)
        self.set("accelerators", "a100-sxm-80", "kv_efficiency", (kv + self.kernel_kv) / 2, "derived",
                 f"between {kv} end to end on the 40 GB board ({BENCH}) and {self.kernel_kv:.2f} in the kernel alone "
                 f"({KERNELS} generation_attention)", (kv, self.kernel_kv))
        for key in ("step_overhead", "sequence_overhead", "collective_overhead"):
            self.set("engines", VLLM, key, x[key], "measured", source)

        self.four_bits()
        self.bench = {"vLLM": bench, "TensorRT-LLM": fit_bench.Bench(
            "TensorRT-LLM", self.accelerator("a100-sxm-40"), self.like_vllm(TRTLLM))}
        bench = self.bench["TensorRT-LLM"]
        x = bench.fit(("step_overhead", "sequence_overhead", "collective_overhead"), {})
        e = bench.error(x)
        self.errors["bench TensorRT-LLM"] = e
        self.bounds["LLM-Inference-Bench, TensorRT-LLM"] = at_bound(x, fit_bench.LOWER, fit_bench.UPPER)
        source = (f"{BENCH}: TensorRT-LLM, Llama-3-8B on one, two and four A100 40 GB, batches of 1 to 64, end to end: "
                  f"median error {e:.1f} %")
        for key in ("step_overhead", "sequence_overhead", "collective_overhead"):
            self.set("engines", TRTLLM, key, x[key], "measured", source)

        self.like_vllm(HELIX)
        self.like_vllm(SPLITWISE)
        self.set("engines", SPLITWISE, "elementwise_factor", self.engine(VLLM).elementwise_factor, "derived",
                 "as vllm-2025 (microsoft/vidur, a100 mlp)")
        table, acc = data.splitwise(), self.accelerator("a100-sxm-80")
        x = fit_splitwise.fit_splitwise(table, acc, self.engine(SPLITWISE))
        e = fit_splitwise.errors(x, table, acc, self.engine(SPLITWISE))
        self.errors["splitwise"] = e
        self.bounds["splitwise"] = at_bound(x, fit_splitwise.LOWER, fit_splitwise.UPPER)
        source = (f"Mutinifni/splitwise-sim perf_model.csv: Llama-2-70B and BLOOM-176B on 8 x A100 80 GB: median error "
                  f"{e['token']:.1f} % for tokens, {e['prompt']:.1f} % for prompts")
        for key, value in x.items():
            self.set("engines", SPLITWISE, key, value, "measured", source)

    def like_vllm(self, name):
        """Kernels of an engine that no data set shows apart: those of vllm-2025, so far as not set already."""
        between = {"widening_bandwidth_factor": (0.5, 0.95), "layer_overhead": (2e-5, 6e-5), "attention_overhead": (5e-6, 3e-5), "elementwise_factor": (1.0, 1.5),
                   "expert_bandwidth_factor": (0.9, 1.25), "expert_compute_factor": (0.36, 0.65),
                   "expert_overhead": (2e-5, 1e-4), "expert_elementwise_factor": (1.0, 3.0),
                   "eight_bit_compute_factor": (0.6, 1.0), "eight_bit_bandwidth_factor": (0.75, 1.0)}
        skip = {SPLITWISE: ("layer_overhead", "attention_overhead", "elementwise_factor")}.get(name, ())
        for key, span in between.items():
            if key not in skip:
                self.set("engines", name, key, getattr(self.engine(VLLM), key), "assumed",
                         "as vllm-2025: not seen apart in this engine's data", span)
        return self.engine(name)

    def power(self):
        boards = ("a100-sxm-40", "a100-sxm-80")
        a100 = fit_power.A100(self.accelerator(boards[0]), self.engine(VLLM), self.accelerator(boards[1]),
                              self.engine(SPLITWISE))
        x = a100.fit()
        e = a100.errors(x)
        self.a100_power, self.a100_power_fit, self.errors["a100 power"] = a100, x, e
        self.bounds["A100 power"] = at_bound(x, fit_power.LOWER, fit_power.UPPER)
        source = (f"joint fit of power: Llama-3-8B by vLLM on an A100 40 GB, lengths not stated and taken as 128 to 1024 "
                  f"(argonne-lcf/LLM-Inference-Bench; median error {e[boards[0]]:.1f} %), and decode of two models on "
                  f"8 x A100 80 GB (Mutinifni/splitwise-sim; {e[boards[1]]:.1f} %)")
        self.set("accelerators", boards[0], "busy_static", x["static"], "measured", source)
        link = self.board(boards, "link_active", 18.0, "assumed",
                          f"of {x['static_80']:.0f} W static in eight boards with tensor parallelism and "
                          f"{x['static']:.0f} W in one of 40 GB alone, part is links and waiting, part the larger memory; "
                          "no data tell them apart", (0.0, 40.0))
        self.set("accelerators", boards[1], "busy_static", x["static_80"] - link, "derived",
                 f"{x['static_80']:.0f} W with tensor parallelism, less link_active; {source}",
                 (x["static"], x["static_80"]))
        jb = self.board(boards, "joules_per_byte", x["joules_per_byte"], "measured",
                        source + ". Covers everything that moves with the bytes, not the memory chips alone")
        for name in boards:
            self.flop_energies(name, x["joules_per_flop"], "measured",
                               source + ". Faster prefill meets the board limit", None)
        newer.watts(self)

    def flop_energies(self, name, value, status, source, between):
        value = self.set("accelerators", name, ("joules_per_flop", "fp16"), value, status, source, between)
        self.set("accelerators", name, ("joules_per_flop", "bf16"), value, "derived",
                 "as fp16: the same tensor cores at the same peak", between)

    def assumed(self):
        """What no data set shows on the accelerators calibrated here, held to the A100's figures."""
        a100 = self.accelerator("a100-sxm-80")
        everywhere = ("a100-sxm-80", "a100-sxm-40", "h100-sxm", "l4", "t4")
        self.board(everywhere, "decode_attention_efficiency", 0.23, "assumed",
                   "seldom decides: at up to 16 heads to a key, kernels on A100 are bound by reads alone", (0.15, 0.5))
        others = ("l4", "t4")
        self.board(others, "attention_ramp_tokens", a100.attention_ramp_tokens, "assumed",
                   "as on an A100 (measured there); 255 on an L40S (ai-dynamo/aiconfigurator)", (100.0, 400.0))
        self.board(others, "latent_kv_efficiency", a100.latent_kv_efficiency, "assumed", "as on an A100 (measured there)",
                   (0.25, 0.6))
        self.board(others, "latent_compute_efficiency", a100.latent_compute_efficiency, "assumed",
                   "as on an A100 (measured there)", (0.15, 0.7))
        for name in ("l4", "t4"):
            acc = self.accelerator(name)
            serial = a100.latent_time_per_token * a100.memory_bandwidth / acc.memory_bandwidth
            self.set("accelerators", name, "latent_time_per_token", serial, "assumed",
                     "that of an A100 (measured there), slower as the memory is", (0.0, 2 * serial))
        self.set("accelerators", "h100-sxm", "link_active", 18.0, "assumed", "as the A100", (0.0, 60.0))
        for name, factor, between, why in (
                ("l4", 0.7, (0.5, 1.0), "clocks of 2040 against 1410 MHz; L40S, of the same build, has 0.5 to 0.6 "
                                        "(attention kernels, ai-dynamo/aiconfigurator)"),
                ("t4", 1.0, (0.7, 1.5), "clocks of 1590 against 1410 MHz, of an older build")):
            self.set("accelerators", name, "latency_factor", factor, "assumed", why, between)
        for name, static, between in (("l4", 31.0, (22.0, 36.0)), ("t4", 25.0, (18.0, 32.0))):
            self.set("accelerators", name, "busy_static", static, "assumed",
                     "as idle_loaded; an A100 draws about what it does loaded and idle, in the fit of its power", between)
            self.set("accelerators", name, "link_active", 0.0, "assumed", "PCIe: part of the server", (0.0, 5.0))
        for name, speed, between in (("l4", 8e9, (5e9, 10e9)), ("t4", 6e9, (4e9, 10e9))):
            self.set("accelerators", name, "link_bandwidth", speed, "assumed",
                     "PCIe without peer access: all-reduces reach 5 to 10 GB/s", between)
            self.set("accelerators", name, "link_latency", 25e-6, "assumed",
                     "an all-reduce of a small message through host memory; NVLink needs 5 to 6 us, PCIe several times "
                     "that", (10e-6, 50e-6))


def files(calibration):
    """Path -> text of all files of platforms/ with the calibration's figures in them."""
    out = {}
    for (kind, name, path), figure in calibration.figures.items():
        place = catalogue.path(kind, name)
        text = out.get(place) or place.read_text(encoding="utf-8")
        out[place] = yaml_edit.with_figure(text, path, figure, add=path[0] == "on_accelerator")
    return out
