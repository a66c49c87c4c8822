"""LLM-Inference-Bench end to end: Llama-3-8B on one to four A100 40 GB, with and without the limit of the KV cache."""

import numpy as np

from . import data, shapes, step
from .fitting import at_bound, error, fit, show

SHAPE = shapes.LLAMA3_8B
PREFILL_TOKENS = 8192  # in a step: vLLM's limit without chunking is the model's context length
WEIGHT_BYTES = 16.06e9
BOARD_BYTES = 42.29e9  # 40960 MiB less what the driver keeps
LOWER = {"step_overhead": 0.0, "sequence_overhead": 0.0, "kv_bandwidth_efficiency": 0.3}
UPPER = {"step_overhead": 1e-2, "sequence_overhead": 3e-4, "kv_bandwidth_efficiency": 1.0}
START = {"step_overhead": 3e-4, "sequence_overhead": 5e-5, "kv_bandwidth_efficiency": 0.65}


def kv_tokens(tp, reserve=2e9, utilisation=0.9):
    """Tokens whose keys and values fit beside the weights."""
    return ((utilisation * BOARD_BYTES - reserve) * tp - WEIGHT_BYTES) / (SHAPE.layers * SHAPE.kv_bytes(1))


def below_limit(table):
    """Rows in which every sequence fits at its full length."""
    return table[2 * table.length * table.batch <= kv_tokens(table.tp)].reset_index(drop=True)


def seconds(batch, length, tp, acc, engine):
    """Prefill in full steps, then decode steps at their mean context (the cost is linear in it)."""
    together = max(1, PREFILL_TOKENS // length)
    full, rest = divmod(batch, together)
    t = full * step.prefill(SHAPE, tp, acc, engine, together, length)
    if rest:
        t = t + step.prefill(SHAPE, tp, acc, engine, rest, length)
    return float(t + (length - 1) * step.decode(SHAPE, tp, acc, engine, batch, 1.5 * length))


def configured(x):
    acc = step.A100_40.with_(kv_bandwidth_efficiency=x["kv_bandwidth_efficiency"])
    overheads = {k: v for k, v in x.items() if k != "kv_bandwidth_efficiency"}
    return acc, step.VLLM.with_(**overheads)


def predict(x, table):
    acc, engine = configured(x)
    return np.array([seconds(r.batch, r.length, r.tp, acc, engine) for r in table.itertuples()])


def fit_bench(table, collective_overhead=step.VLLM.collective_overhead):
    """Step, sequence and KV-read coefficients. One degree of tensor parallelism says nothing about all-reduces, and two
    confound them with the step's overhead: their overhead is given."""
    given = {"collective_overhead": collective_overhead}
    return {**fit(lambda x: predict({**x, **given}, table), START, LOWER, UPPER, table.seconds), **given}


def fit_collective(table):
    """As fit_bench, with the overhead of an all-reduce too: needs several degrees of tensor parallelism."""
    start, lower, upper = {**START, "collective_overhead": 2e-5}, {**LOWER, "collective_overhead": 0.0}, {
        **UPPER, "collective_overhead": 2e-4}
    return fit(lambda x: predict(x, table), start, lower, upper, table.seconds)


def leave(table, column, collective_overhead=step.VLLM.collective_overhead):
    """Error of each value of a column with the other rows fitted."""
    out = {}
    for value in sorted(table[column].unique()):
        x = fit_bench(table[table[column] != value], collective_overhead)
        left = table[table[column] == value]
        out[value] = error(predict(x, left), left.seconds)
    return out


ENGINES = ("vLLM", "TensorRT-LLM")


def leave_tensor_parallel(engine):
    """Error of each degree left out. The all-reduce's overhead comes from the other engine on the same machine, so
    that the degree left out has no part in it."""
    other = next(e for e in ENGINES if e != engine)
    collective = fit_collective(below_limit(data.bench(other)))["collective_overhead"]
    return leave(below_limit(data.bench(engine)), "tp", collective)


def simulate(batch, length, tp, acc, engine, limited=True, reserve=2e9):
    """Seconds of a closed batch in a replica that preempts its newest sequence when blocks run out, and recomputes it.

    A plain loop over decode steps, four at a time: a check of the plateau, not the simulator's replica.
    """
    block = 16
    blocks = int(kv_tokens(tp, reserve)) // block if limited else 10**12
    waiting, running, now = [(length, 0)] * batch, [], 0.0  # (context, generated)

    def used(extra=0):
        return sum(-(-(context + extra) // block) for context, _ in running)

    preempted = 0
    while waiting or running:
        admitted, tokens, taken = [], 0, used()
        while waiting and tokens + waiting[0][0] <= PREFILL_TOKENS:
            need = -(-(waiting[0][0] + 1) // block)
            if taken + need > 0.99 * blocks:  # vLLM's watermark
                break
            admitted.append(waiting.pop(0))
            tokens, taken = tokens + admitted[-1][0], taken + need
        if admitted:
            pairs = sum(c * (c + 1) / 2 for c, _ in admitted)
            now += float(step.step(SHAPE, tp, acc, engine, prefills=len(admitted), prefill_tokens=tokens, pairs=pairs))
            running += [(c + 1, g + 1) for c, g in admitted]
        else:
            while used(1) > blocks:
                waiting.insert(0, running.pop())
                preempted += 1
            n = min(4, *(length - g for _, g in running), *(block - c % block for c, _ in running))
            context = sum(c for c, _ in running) + len(running) * (n - 1) / 2
            now += n * float(step.step(SHAPE, tp, acc, engine, decoding=len(running), context=context))
            running = [(c + n, g + n) for c, g in running]
        running = [(c, g) for c, g in running if g < length]
    return now, preempted


def report():
    for engine in ENGINES:
        table = below_limit(data.bench(engine))
        x = fit_bench(table)
        print(f"{engine}: {show(x)}  error {error(predict(x, table), table.seconds):.1f} %  "
              f"at a bound: {at_bound({k: x[k] for k in START}, LOWER, UPPER) or 'none'}")
        y = fit_collective(table)
        print(f"{engine} with the all-reduce's overhead free: {show(y)}  "
              f"error {error(predict(y, table), table.seconds):.1f} %")
        if engine == "vLLM":
            acc, profile = configured(x)
            measured = data.bench(engine)
            for batch, length, tp in ((64, 2048, 1), (64, 1024, 1), (64, 2048, 2)):
                row = measured[(measured.batch == batch) & (measured.length == length) & (measured.tp == tp)]
                with_limit, preempted = simulate(batch, length, tp, acc, profile)
                without, _ = simulate(batch, length, tp, acc, profile, limited=False)
                print(f"plateau, batch {batch}, {length} + {length} tokens, tp {tp}: {row.seconds.iloc[0]:.1f} s "
                      f"measured, {with_limit:.1f} s with the KV limit ({preempted} preemptions), "
                      f"{without:.1f} s without")
