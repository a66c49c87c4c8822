"""The table of errors on data left out of the fit, against the bars asked for."""

from . import data, fit_bench, fit_layers, fit_power, fit_splitwise


def rows():
    """(what is left out, bar in per cent or None, error in per cent)."""
    for engine in fit_bench.ENGINES:
        table = fit_bench.below_limit(data.bench(engine))
        for batch, e in fit_bench.leave(table, "batch").items():
            yield f"{engine}, Llama-3-8B on A100-40: batch {batch}", 5, e
        for tp, e in fit_bench.leave_tensor_parallel(engine).items():
            yield f"{engine}, Llama-3-8B on A100-40: tp {tp}", 10, e
    for model, e in fit_layers.leave_vidur("model").items():
        yield f"layers (vidur): {model}, decode", 12, e["decode"]
        yield f"layers (vidur): {model}, prefill", 8, e["prefill"]
    for tp, e in fit_layers.leave_vidur("tp").items():
        yield f"layers (vidur): tp {tp}, decode", 10, e["decode"]
        yield f"layers (vidur): tp {tp}, prefill", 10, e["prefill"]
    for column, bars in (("batch", (5, 5)), ("model", (8, 12))):
        for value, e in fit_splitwise.leave(column).items():
            yield f"splitwise, {column} {value}: prompt", bars[0], e["prompt"]
            yield f"splitwise, {column} {value}: token", bars[1], e["token"]
    for length in fit_power.BENCH_LENGTHS:
        for batch, e in fit_power.leave_batch(length).items():
            yield f"watts, A100-40, batch {batch}, if {length} + {length} tokens", 3, e
    for model, e in fit_power.leave_model().items():
        yield f"watts, A100-80 x 8: {model}", 12, e


def report():
    print(f"{'left out':64} {'bar %':>6} {'error %':>8}")
    for name, bar, e in rows():
        print(f"{name:64} {bar:6} {e:8.1f}{'' if e <= bar else '  above the bar'}")
