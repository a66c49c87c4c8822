"""The table of errors on data left out of the fit, against the bars asked for."""

from collections.abc import Iterator
from typing import NamedTuple, Optional

from . import catalogue, data, fit_layers, fit_splitwise, newer, step
from .names import SPLITWISE, TRTLLM
from .results import Results
from .fitting import error

OVERHEADS = ("step_overhead", "sequence_overhead")


class Row(NamedTuple):
    """What is left out, the bar in per cent or None, and the error in per cent of what the rest predicts for it; no
    error but names of parameters where the rest leaves some open, so that it predicts nothing."""

    name: str
    bar: Optional[float]
    error: Optional[float]
    not_identified: tuple[str, ...] = ()


def bench_rows(c: Results) -> Iterator[Row]:
    """LLM-Inference-Bench. The overhead of an all-reduce, which one degree of tensor parallelism does not show and two
    show badly, comes from the other engine on the same machine, so that what is left out has no part in it."""
    free = {"vLLM": (*OVERHEADS, "kv_efficiency"), "TensorRT-LLM": OVERHEADS}
    for name, bench in c.bench.items():
        other = next(o for o in c.bench if o != name)
        found = c.bench[other].fit((*free[other], "collective_overhead"), {})
        given = {"collective_overhead": found["collective_overhead"]}
        for batch, e in bench.leave("batch", free[name], given).items():
            yield Row(f"{name}, Llama-3-8B on A100-40: batch {batch}", 5, e)
        for tp, e in bench.leave("tp", free[name], given).items():
            yield Row(f"{name}, Llama-3-8B on A100-40: tensor parallelism {tp}", 10, e)


def rows(c: Results) -> Iterator[Row]:
    """A Row of each part of the data, with the rest fitted."""
    yield from bench_rows(c)
    for model, e in fit_layers.leave_vidur("model").items():
        yield Row(f"layers (vidur): {model}, decode", 12, e["decode"])
        yield Row(f"layers (vidur): {model}, prefill", 8, e["prefill"])
    for tp, e in fit_layers.leave_vidur("tp").items():
        yield Row(f"layers (vidur): tensor parallelism {tp}, decode", 10, e["decode"])
        yield Row(f"layers (vidur): tensor parallelism {tp}, prefill", 10, e["prefill"])
    for r in data.ttft().itertuples():
        t = step.prefill(catalogue.model("llama-7b"), c.accelerator("a100-sxm-80"), c.engine(TRTLLM), 1, r.input_len,
                         precision="fp16")[0]
        yield Row(f"TensorRT-LLM, Llama-7B on A100-80 (no part in any fit): prompt of {r.input_len}", 8, error(
            [float(t)], [r.seconds]))
    acc, engine = c.accelerator("a100-sxm-80"), c.engine(SPLITWISE)
    for column, bars in (("batch", (5, 5)), ("model", (8, 12))):
        for value, (e, names) in fit_splitwise.leave(column, acc, engine).items():
            for bar, what in zip(bars, ("prompt", "token")):
                yield Row(f"splitwise, {column} {value}: {what}", bar, None if names else e[what], tuple(names))
    for shape, out in c.experts_left_out.items():
        yield Row(f"experts (kernel), {'-'.join(str(n) for n in shape)}", None, out)
    for (batch, length), out in c.a100_power.leave_batch(c.a100_power_fit).items():
        yield Row(f"watts, A100-40, batch {batch}, if {length} + {length} tokens", 3, out)
    for model, out in c.a100_power.leave_model(c.a100_power_fit).items():
        yield Row(f"watts, 8 x A100-80: {model}", 12, out)
    x = c.a100_power_fit
    one_board = error(c.a100_power.watts_80({**x, "static_80": x["static"]}, c.a100_power.splitwise),
                      [r.watts for r in c.a100_power.splitwise])
    yield Row("watts, tensor parallelism 8 (A100-80) from 1 (A100-40)", 10, one_board)
    yield from newer_rows(c)


# Bars in per cent by what a name begins with, for decode-sized and prefill-sized rows; some devices have their own.
BARS = {"products, fp8": {"decode": 12, "prefill": 12}, "products": {"decode": 7, "prefill": 6},
        "decode attention": {"": 6}, "prefill attention": {"": 9}, "experts, mxfp4": {"decode": 12, "prefill": 20}, "experts": {"decode": 12, "prefill": 12},
        "all-reduce": {"": 8}}
OWN_BARS = {("b200", "products"): {"decode": 10, "prefill": 10}, ("l40s", "products"): {"decode": 10, "prefill": 10}, ("l40s", "decode attention"): {"": 10}}


def newer_rows(c: Results) -> Iterator[Row]:
    """Kernels of newer devices, a fifth of the shapes left out at a time; whole servings, a row left out at a time."""
    for device, found in c.newer.items():
        for name, its in found.items():
            kind = next((k for k in BARS if name.startswith(k)), "")
            bars = OWN_BARS.get((device, kind), BARS.get(kind, {}))
            for rows, e in its.left_out.items():
                yield Row(f"kernels, {device}: {name}{f', {rows}' if rows else ''}", bars.get(rows), e)
    for tp, e in c.mi300x_left.items():
        yield Row(f"Llama-2-7B on MI300X: tensor parallelism {tp}", 10, e)
    for engine in newer.SERVINGS:
        yield Row(f"whole servings on an H100 by `{engine}`: decode step", 5, c.errors[f"{engine}, left out"])
