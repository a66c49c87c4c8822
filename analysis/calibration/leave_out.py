"""The table of errors on data left out of the fit, against the bars asked for."""

from typing import NamedTuple, Optional

from . import catalogue, data, fit_layers, fit_splitwise, step
from .coefficients import SPLITWISE, TRTLLM
from .fitting import error

OVERHEADS = ("step_overhead", "sequence_overhead")


class Row(NamedTuple):
    """What is left out, the bar in per cent or None, and the error in per cent of what the rest predicts for it; no
    error but names of parameters where the rest leaves some open, so that it predicts nothing."""

    name: str
    bar: Optional[float]
    error: Optional[float]
    not_identified: tuple = ()


def bench_rows(c):
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


def rows(c):
    """A Row of each part of the data, with the rest fitted; `c`: a Calibration."""
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
    for shape, e in c.errors["experts left out"].items():
        yield Row(f"experts (kernel), {'-'.join(str(n) for n in shape)}", None, e)
    for (batch, length), e in c.a100_power.leave_batch(c.a100_power_fit).items():
        yield Row(f"watts, A100-40, batch {batch}, if {length} + {length} tokens", 3, e)
    for model, e in c.a100_power.leave_model(c.a100_power_fit).items():
        yield Row(f"watts, 8 x A100-80: {model}", 12, e)
    x = c.a100_power_fit
    one_board = error(c.a100_power.watts_80({**x, "static_80": x["static"]}, c.a100_power.splitwise),
                      [r[3] for r in c.a100_power.splitwise])
    yield Row("watts, tensor parallelism 8 (A100-80) from 1 (A100-40)", 10, one_board)
    for i, batch in enumerate(c.h100.batch):
        rest = [j for j in range(3) if j != i]
        latency = c.h100.fit_latency(c.h100_fit["prompt"], rest)
        t = c.h100.latencies(latency)[i]
        yield Row(f"H100 (ML.ENERGY), batch {batch:.0f}: token", 5, error([t], [c.h100.seconds[i]]))
        power = c.h100.fit_power(latency, c.h100_fit["joules_per_byte"], rest)
        yield Row(f"watts, H100 (ML.ENERGY), batch {batch:.0f}", 3, error(c.h100.watts(power, [i]), [c.h100.power_w[i]]))
