"""Watts of a busy accelerator: static, joules per byte, joules per operation, on A100 (40 and 80 GB) and H100."""

import numpy as np

from . import data, shapes, step
from .fitting import error, fit, show

JOULES_PER_BYTE = 140e-12
JOULES_PER_FLOP = 2.1e-12
BENCH_LENGTHS = (128, 256, 512, 1024)  # the lengths of the power measurement are not stated


def watts(x, bytes_per_s, flops_per_s):
    return x["static_w"] + x["joules_per_byte"] * bytes_per_s + x["joules_per_flop"] * flops_per_s


def bench_rates(length):
    """Batch, bytes/s, operations/s and watts of LLM-Inference-Bench's run, at its measured duration."""
    shape, table = shapes.LLAMA3_8B, data.bench()
    rows = []
    for batch, power in data.BENCH_POWER_W.items():
        row = table[(table.tp == 1) & (table.length == length) & (table.batch == batch)]
        prefills = max(1, batch * length / 8192)
        size = prefills * step.step_bytes(shape, 1, step.VLLM, batch * length / prefills)
        size += (length - 1) * step.step_bytes(shape, 1, step.VLLM, batch, batch * 1.5 * length)
        flops = step.step_flops(shape, 1, batch * length, batch, batch * length * length / 2)
        flops += (length - 1) * step.step_flops(shape, 1, batch, batch, batch * 1.5 * length)
        rows.append((batch, size / row.seconds.iloc[0], flops / row.seconds.iloc[0], power))
    return np.array(rows)


def splitwise_rates():
    """Model, batch, bytes/s, operations/s and watts while decoding; prompts up to 2048 tokens."""
    table = data.splitwise()
    table = table[(table.average_w > 0) & (table.length <= 2048)]
    rows = []
    for r in table.itertuples():
        shape, context = shapes.BY_NAME[r.model], r.batch * (r.length + 64)
        rows.append((r.model, r.batch, step.step_bytes(shape, 8, step.KERNELS, r.batch, context) / r.token,
                     step.step_flops(shape, 8, r.batch, r.batch, context) / r.token, r.average_w))
    return rows


def static(rows):
    """Static watts with the two energies given: the median of what remains."""
    size, flops, power = (np.array([float(r[i]) for r in rows]) for i in (-3, -2, -1))
    return float(np.median(power - JOULES_PER_BYTE * size - JOULES_PER_FLOP * flops))


def leave_batch(length):
    """Errors of each batch: static power and joules per operation from the other three."""
    rows = bench_rates(length)
    out = {}
    for i, row in enumerate(rows):
        rest = np.delete(rows, i, axis=0)
        start = {"static_w": 80.0, "joules_per_flop": JOULES_PER_FLOP}

        def predict(x, r=rest):
            return watts({**x, "joules_per_byte": JOULES_PER_BYTE}, r[:, 1], r[:, 2])

        x = fit(predict, start, {"static_w": 40, "joules_per_flop": 3e-13},
                {"static_w": 130, "joules_per_flop": 5e-12}, rest[:, 3])
        out[int(row[0])] = error([watts({**x, "joules_per_byte": JOULES_PER_BYTE}, row[1], row[2])], [row[3]])
    return out


def leave_model():
    """Errors of each of splitwise's models with the static power of the other."""
    rows, out = splitwise_rates(), {}
    for model in sorted({r[0] for r in rows}):
        x = {"static_w": static([r for r in rows if r[0] != model]), "joules_per_byte": JOULES_PER_BYTE,
             "joules_per_flop": JOULES_PER_FLOP}
        left = [r for r in rows if r[0] == model]
        out[model] = error([watts(x, r[2], r[3]) for r in left], [r[4] for r in left])
    return out


def h100(prompt):
    """Fit of H100's static power and joules per operation for prompts of so many tokens (not stated); and the error."""
    t, shape = data.h100_decode(), shapes.LLAMA3_8B
    batch, itl = t.avg_batch_size.to_numpy(), t.median_itl_ms.to_numpy() / 1e3
    rate = t.output_throughput_tokens_per_sec.to_numpy()
    context = batch * (prompt + t.avg_output_len.to_numpy() / 2)
    steps = rate / batch
    size = steps * step.step_bytes(shape, 1, step.KERNELS, batch, context)
    prompts = rate / t.avg_output_len.to_numpy() * prompt
    flops = steps * step.step_flops(shape, 1, batch, batch, context) + step.step_flops(shape, 1, prompts, 0)

    def predict(x):
        return watts({**x, "joules_per_byte": JOULES_PER_BYTE}, size, flops)

    x = fit(predict, {"static_w": 150.0, "joules_per_flop": 1e-12}, {"static_w": 80, "joules_per_flop": 3e-13},
            {"static_w": 260, "joules_per_flop": 3e-12}, t.avg_power_per_gpu_w)
    return x, error(predict(x), t.avg_power_per_gpu_w)


def report():
    rows = splitwise_rates()
    size, flops, power = (np.array([float(r[i]) for r in rows]) for i in (-3, -2, -1))
    x = fit(lambda x: watts(x, size, flops), {"static_w": 100.0, "joules_per_byte": 1.4e-10, "joules_per_flop": 2e-12},
            {"static_w": 60, "joules_per_byte": 5e-11, "joules_per_flop": 1e-13},
            {"static_w": 200, "joules_per_byte": 3e-10, "joules_per_flop": 4e-12}, power)
    print(f"A100-80, tp 8 (splitwise), all free: {show(x)}  error {error(watts(x, size, flops), power):.1f} %")
    print(f"A100-80, tp 8 with the common energies: static {static(rows):.0f} W")
    for length in BENCH_LENGTHS:
        rates = bench_rates(length)
        x = {"static_w": static(rates), "joules_per_byte": JOULES_PER_BYTE, "joules_per_flop": JOULES_PER_FLOP}
        print(f"A100-40 (LLM-Inference-Bench), if {length} + {length} tokens: static {x['static_w']:.0f} W  "
              f"error {error(watts(x, rates[:, 1], rates[:, 2]), rates[:, 3]):.1f} %")
    for prompt in (100, 300, 600):
        x, e = h100(prompt)
        print(f"H100, if prompts have {prompt} tokens: {show(x)}  error {e:.1f} %")
