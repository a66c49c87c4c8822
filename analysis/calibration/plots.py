"""The pictures of the calibration report: dots are measured, lines and crosses are simulated."""

from pathlib import Path
from typing import Any, Optional, Sequence

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

from . import catalogue, data, fit_bench, fit_kernels, fit_layers, fit_power, fit_splitwise, fit_watts  # noqa: E402
from .names import SPLITWISE, VLLM  # noqa: E402
from .results import Results  # noqa: E402

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def _panels(count: int, height: float = 4.2) -> tuple[Any, Any]:
    figure, axes = plt.subplots(1, count, figsize=(5.4 * count, height), layout="constrained")
    for axis in np.atleast_1d(axes):
        axis.grid(True, which="major", alpha=0.3)
    return figure, axes


def _log(axis: Any, x: str, y: str, title: str, ticks: Optional[Sequence[float]] = None) -> None:
    axis.set(xscale="log", yscale="log", xlabel=x, ylabel=y, title=title)
    if ticks is not None:
        axis.set_xticks(ticks, [f"{t:,}" for t in ticks], minor=False)
        axis.set_xticks([], minor=True)


def bench(c: Results, folder: Path) -> None:
    """End to end: seconds by length, batch and tensor parallelism, with the limit of the KV cache."""
    figure, axes = _panels(2)
    acc, engine = c.accelerator("a100-sxm-40"), c.engine(VLLM)
    table, lengths = data.bench(), [128, 256, 512, 1024, 2048]
    for axis, tp in zip(axes, (1, 2)):
        for colour, batch in zip(COLOURS, (1, 16, 32, 64)):
            rows = table[(table.tp == tp) & (table.batch == batch)]
            axis.plot(rows.length, rows.seconds, "o", color=colour, label=f"batch {batch}")
            axis.plot(lengths, [fit_bench.simulate(batch, n, tp, acc, engine)[0] for n in lengths], "-", color=colour)
        if tp == 1:
            free = fit_bench.simulate(64, 2048, tp, acc, engine, limited=False)[0]
            axis.plot([1024, 2048], [fit_bench.simulate(64, 1024, tp, acc, engine)[0], free], ":", color=COLOURS[3],
                      label="without KV limit")
        _log(axis, "tokens of prompt, and of answer", "seconds for the batch", f"{tp} x A100 40 GB, Llama-3-8B, vLLM",
             lengths)
        axis.legend()
    figure.savefig(folder / "calibration-bench.png", dpi=100)


def layers(c: Results, folder: Path) -> None:
    """Layers: vidur's on A100, Helix's on A100, L4 and T4."""
    figure, axes = _panels(3)
    table = data.vidur_layers()
    table = table[table.model == "llama-2-70b"]
    products, rest = fit_layers.parts_of_vidur(c.layer_fit, table)
    predicted = products + rest
    for colour, tp in zip(COLOURS, sorted(table.tp.unique())):
        mine = (table.tp == tp).to_numpy()
        order = np.argsort(table.tokens[mine])
        rows = table[mine].iloc[order]
        axes[0].plot(rows.tokens[::12], 1e3 * (rows.products + rows.elementwise)[::12], ".", color=colour, label=f"tp {tp}")
        axes[0].plot(rows.tokens, 1e3 * predicted[mine][order], "-", color=colour)
    _log(axes[0], "tokens in the step", "ms a layer", "Llama-2-70B on A100 80 GB (vidur),\nwithout attention")
    for axis, phase in zip(axes[1:], ("decode", "prompt")):
        for colour, device in zip(COLOURS, ("a100", "l4", "t4")):
            rows = c.helix_table[(c.helix_table.device == device) & (c.helix_table.phase == phase)].sort_values("count")
            axis.plot(rows["count"], 1e3 * rows.seconds, ".", color=colour, label=device.upper())
            axis.plot(rows["count"], 1e3 * rows.predicted, "-", color=colour)
        _log(axis, "decoding sequences" if phase == "decode" else "prompt tokens", "ms a layer",
             f"Llama-2-70B, {phase} (Helix)")
    axes[1].set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    for axis in axes:
        axis.legend()
    figure.savefig(folder / "calibration-layers.png", dpi=100)


def engines(c: Results, folder: Path) -> None:
    """Splitwise's tokens and prompts, and experts."""
    figure, axes = _panels(3)
    table = data.splitwise()
    acc, engine = c.accelerator("a100-sxm-80"), c.engine(SPLITWISE)
    both, n = fit_splitwise.predict({}, table, acc, engine), len(table)
    for axis, measured, predicted, what in ((axes[0], table.token, both[n:], "a token"),
                                            (axes[1], table.prompt, both[:n], "the prompts")):
        for colour, model in zip(COLOURS, sorted(table.model.unique())):
            mine = (table.model == model).to_numpy()
            axis.plot(1e3 * measured[mine], 1e3 * predicted[mine], "x", color=colour, label=model)
        ends = np.array([measured.min(), measured.max()]) * 1e3
        axis.plot(ends, ends, "-", color="grey", lw=1)
        _log(axis, f"measured, ms for {what}", "simulated, ms", "8 x A100 80 GB, engine of 2023 (splitwise)")
        axis.legend()
    moe, a100 = data.moe(), c.accelerator("a100-sxm-80")
    x = {"bandwidth_factor": c.engine(VLLM).expert_bandwidth_factor, "latency": c.engine(VLLM).expert_overhead,
         "compute_factor": c.engine(VLLM).expert_compute_factor,
         "activation_factor": c.engine(VLLM).expert_elementwise_factor}
    for colour, (label, shape, tp) in zip(COLOURS, (("DeepSeek-V3, a 16th", (7168, 2048, 8, 256), 16),
                                                    ("Mixtral 8x7B, a half", (4096, 14336, 2, 8), 2))):
        rows = moe[(moe[fit_kernels.MOE_SHAPE] == list(shape)).all(axis=1) & (moe.moe_tp_size == tp)]
        rows = rows.sort_values("num_tokens")
        axes[2].plot(rows.num_tokens, 1e3 * rows.seconds, "o", color=colour, label=label)
        axes[2].plot(rows.num_tokens, 1e3 * fit_kernels.moe_seconds(x, rows, a100), "-", color=colour)
    _log(axes[2], "tokens in the step", "ms a layer", "Experts on A100 (aiconfigurator)")
    axes[2].legend()
    figure.savefig(folder / "calibration-engines.png", dpi=100)


def power(c: Results, folder: Path) -> None:
    """Watts against what the fit says."""
    figure, axes = _panels(2)
    x, a100 = c.a100_power_fit, c.a100_power
    batches = list(data.BENCH_POWER_W)
    axes[0].plot(batches, list(data.BENCH_POWER_W.values()), "o", color=COLOURS[0], label="A100 40 GB, vLLM")
    for i, length in enumerate(fit_power.BENCH_LENGTHS):
        axes[0].plot(batches, a100.watts_40(x, [(b, length) for b in batches]), "-", color=COLOURS[0], alpha=0.4,
                     label="if 128 to 1024 tokens" if i == 0 else None)
    table, serving = data.silybench(), fit_watts.Serving(catalogue.model("qwen3-8b"), c.accelerator("h100-sxm"),
                                                         c.engine("vllm-2026"), data.silybench())
    for marker, output in (("o", 1024), ("s", 128)):
        its = (table.output == output).to_numpy()
        axes[0].plot(table.sequences[its], table.watts[its], marker, color=COLOURS[1],
                     label=f"H100, Qwen3-8B, {output} tokens (silybench)")
        axes[0].plot(table.sequences[its], serving.predict(c.hopper.figures)[its], "-", color=COLOURS[1])
    axes[0].set(xscale="log", xlabel="batch", ylabel="W of one accelerator", title="Llama-3-8B and Qwen3-8B", ylim=(0, None))
    axes[0].set_xticks([1, 8, 32, 64, 256], ["1", "8", "32", "64", "256"])
    for colour, model in zip(COLOURS, sorted({r.model for r in a100.splitwise})):
        rows = [r for r in a100.splitwise if r.model == model]
        axes[1].plot([r.watts for r in rows], a100.watts_80(x, rows), "x", color=colour, label=model)
    ends = [min(r.watts for r in a100.splitwise), max(r.watts for r in a100.splitwise)]
    axes[1].plot(ends, ends, "-", color="grey", lw=1)
    axes[1].set(xlabel="measured, W", ylabel="simulated, W", title="Decode on 8 x A100 80 GB (splitwise)")
    for axis in axes:
        axis.legend()
    figure.savefig(folder / "calibration-power.png", dpi=100)


def all_of(c: Results, folder: Path) -> None:
    """Draws all pictures into a folder."""
    folder.mkdir(exist_ok=True)
    for draw in (bench, layers, engines, power):
        draw(c, folder)
        plt.close("all")
