"""Whole layers: vidur's operators (three models, four degrees of tensor parallelism) and Helix's A100, L4 and T4."""

import numpy as np

from . import data, shapes, step
from .fitting import at_bound, bias, error, fit, show

LOWER = {"bandwidth_efficiency": 0.4, "compute_efficiency": 0.3, "layer_overhead": 0.0, "elementwise_factor": 0.0}
UPPER = {"bandwidth_efficiency": 1.0, "compute_efficiency": 1.0, "layer_overhead": 2e-4, "elementwise_factor": 6.0}
START = {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.75, "layer_overhead": 4e-5, "elementwise_factor": 1.4}


def predict_vidur(x, table, exponent=step.EXPONENT):
    """Seconds of the layers of `table` without attention and all-reduce."""
    acc = step.A100_80.with_(bandwidth_efficiency=x["bandwidth_efficiency"], link_latency=0, link_sync=0,
                             compute_efficiency=x["compute_efficiency"], link_bandwidth=1e30)
    engine = step.KERNELS.with_(layer_overhead=x["layer_overhead"], elementwise_factor=x["elementwise_factor"])
    out = np.empty(len(table))
    for (model, tp), rows in table.reset_index(drop=True).groupby(["model", "tp"]).groups.items():
        tokens = table.tokens.to_numpy()[rows]
        out[rows] = step.layer(shapes.BY_NAME[model], tp, acc, engine, tokens, exponent=exponent)
    return out


def fit_vidur(table, exponent=step.EXPONENT):
    measured = (table.products + table.elementwise).to_numpy()
    return fit(lambda x: predict_vidur(x, table, exponent), START, LOWER, UPPER, measured, table.weight.to_numpy())


def split_errors(x, table, exponent=step.EXPONENT):
    """Errors of decode-sized (up to 256 tokens) and prefill-sized (from 512) steps, and their biases, in per cent."""
    measured = (table.products + table.elementwise).to_numpy()
    predicted = predict_vidur(x, table, exponent)
    small, large = (table.tokens <= 256).to_numpy(), (table.tokens >= 512).to_numpy()
    return {"decode": error(predicted[small], measured[small]), "prefill": error(predicted[large], measured[large]),
            "decode_bias": bias(predicted[small], measured[small]),
            "prefill_bias": bias(predicted[large], measured[large])}


def leave_vidur(column):
    """Errors of each model, or degree (`tp`), with the rest fitted."""
    table = data.vidur_layers()
    return {value: split_errors(fit_vidur(table[table[column] != value]), table[table[column] == value])
            for value in table[column].unique()}


HELIX = {"a100": step.A100_40, "l4": step.L4, "t4": step.T4}
HELIX_PROMPT = 1000  # tokens: prompts of the profile are not stated; its times grow as batches of such


def predict_helix(device, phase, count, acc, context, engine=step.HELIX):
    if phase == "decode":
        return step.layer(shapes.LLAMA2_70B, 1, acc, engine, count, count, count * context)
    length = np.minimum(count, HELIX_PROMPT)
    return step.layer(shapes.LLAMA2_70B, 1, acc, engine, count, pairs=count * (length + 1) / 2, prefill_tokens=count)


def fit_helix():
    """Two efficiencies per device and the one context length that all share."""
    table = data.helix()
    measured = table.seconds.to_numpy()
    weight = np.where(table.phase == "decode", np.where(table["count"] <= 120, 2.0, 1.0), 2.0)
    # Rows in whole milliseconds say less.
    start, lower, upper = {"context": 1000.0}, {"context": 0.0}, {"context": 4000.0}
    for device in HELIX:
        for name, first, low, high in (("eb", 0.8, 0.5, 0.97), ("ec", 0.5, 0.15, 0.95)):
            start[f"{device}_{name}"], lower[f"{device}_{name}"], upper[f"{device}_{name}"] = first, low, high

    def predict(x):
        out = np.empty(len(table))
        for (device, phase), rows in table.groupby(["device", "phase"]).groups.items():
            eb, ec = x[f"{device}_eb"], x[f"{device}_ec"]
            acc = HELIX[device].with_(bandwidth_efficiency=eb, kv_bandwidth_efficiency=0.88 * eb,
                                      compute_efficiency=ec, attention_efficiency=0.78 * ec)
            out[rows] = predict_helix(device, phase, table["count"].to_numpy()[rows], acc, x["context"])
        return out

    x = fit(predict, start, lower, upper, measured, weight)
    predicted = predict(x)
    errors = {key: error(predicted[rows], measured[rows])
              for key, rows in table.groupby(["device", "phase"]).groups.items()}
    return x, errors, at_bound(x, lower, upper)


def report():
    table = data.vidur_layers()
    for exponent in (1.5, 2.0):
        x = fit_vidur(table, exponent)
        e = split_errors(x, table, exponent)
        print(f"vidur layers, exponent {exponent}: {show(x)}  decode {e['decode']:.1f} %  prefill {e['prefill']:.1f} %")
    common = {"bandwidth_efficiency": step.A100_80.bandwidth_efficiency, "elementwise_factor": 1.25,
              "compute_efficiency": step.A100_80.compute_efficiency, "layer_overhead": step.KERNELS.layer_overhead}
    e = split_errors(common, table)
    print(f"vidur layers, the catalogue's values: decode {e['decode']:.1f} ({e['decode_bias']:+.1f}) %  "
          f"prefill {e['prefill']:.1f} ({e['prefill_bias']:+.1f}) %")
    x, errors, bound = fit_helix()
    print(f"Helix: {show(x)}  at a bound: {bound or 'none'}")
    print("Helix errors: " + "  ".join(f"{d} {p} {e:.1f} %" for (d, p), e in errors.items()))
