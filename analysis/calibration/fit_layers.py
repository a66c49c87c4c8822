"""Whole layers: vidur's operators (three models, four degrees of tensor parallelism) and Helix's A100, L4 and T4."""

import numpy as np

from . import catalogue, data, fit_kernels, step
from .fitting import at_bound, error, fit

LOWER = {"bandwidth_efficiency": 0.4, "compute_efficiency": 0.3, "products_s": 0.0, "elementwise_s": 0.0,
         "elementwise_factor": 0.0, "latency": 0.0}
UPPER = {"bandwidth_efficiency": 1.0, "compute_efficiency": 1.0, "products_s": 2e-4, "elementwise_s": 2e-4,
         "elementwise_factor": 6.0, "latency": 1e-4}
START = {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.75, "products_s": 2e-5, "elementwise_s": 1e-5,
         "elementwise_factor": 1.4, "latency": 6e-6}


def predict_vidur(x, table, overhead_s, elementwise_factor):
    """Seconds of the layers of `table` without attention and all-reduce."""
    acc = catalogue.accelerator("a100-sxm-80").with_(
        bandwidth_efficiency=x["bandwidth_efficiency"], compute_efficiency=x["compute_efficiency"], latency_factor=1.0,
        link_latency=0.0, link_bandwidth=1e30)
    engine = catalogue.engine("vllm-2025").with_(
        layer_overhead=overhead_s, elementwise_factor=elementwise_factor, attention_overhead=0.0,
        collective_overhead=0.0, compute_factor=1.0, bandwidth_factor=1.0)
    out = np.empty(len(table))
    for (model, tp), rows in table.reset_index(drop=True).groupby(["model", "tp"]).groups.items():
        tokens = table.tokens.to_numpy()[rows]
        out[rows] = step.layer(catalogue.model(model), acc, engine, tp=tp, decoding=tokens)
    return out


def parts_of_vidur(x, table):
    """Seconds of the layers' products, and of all else in them."""
    products = predict_vidur(x, table, x["products_s"], 0.0)
    whole = predict_vidur(x, table, x["products_s"] + x["elementwise_s"], x["elementwise_factor"])
    return products, whole - products


def fit_a100(layers, products):
    """Efficiencies that vidur's layers and aiconfigurator's matrix products share, each set with the same weight; the
    fixed times of a layer and the traffic of its norms, sums and activations; the latency of a product alone."""
    device = fit_kernels.a100()

    def predict(x):
        gemm = fit_kernels.gemm_seconds(x, products, device["bandwidth"], device["bf16"])
        return np.concatenate([*parts_of_vidur(x, layers), gemm])

    weight = layers.weight.to_numpy()
    alike = np.sqrt(np.sum(weight**2) / len(products))
    weights = np.concatenate([weight, weight, np.full(len(products), alike)])
    measured = np.concatenate([layers.products, layers.elementwise, products.seconds])
    return fit(predict, START, LOWER, UPPER, measured, weights)


def split_errors(x, table):
    """Errors of decode-sized (up to 256 tokens) and prefill-sized (from 512) steps, in per cent."""
    measured, predicted = (table.products + table.elementwise).to_numpy(), sum(parts_of_vidur(x, table))
    small, large = (table.tokens <= 256).to_numpy(), (table.tokens >= 512).to_numpy()
    return {"decode": error(predicted[small], measured[small]), "prefill": error(predicted[large], measured[large])}


def leave_vidur(column):
    """Errors of each model, or degree (`tp`), with the rest of the layers and all products fitted."""
    table, products = data.vidur_layers(), data.gemm()
    return {value: split_errors(fit_a100(table[table[column] != value], products), table[table[column] == value])
            for value in table[column].unique()}


# Helix's decode rows do not state the context, its prompt rows not the prompts' lengths: the context is fitted, one for
# all devices; the prompts' times grow as those of batches of prompts of about so many tokens.
HELIX = {"a100": "a100-sxm-40", "l4": "l4", "t4": "t4"}
HELIX_PROMPT = 1000


def predict_helix(device, phase, count, context, ratios, x, overheads):
    """Seconds of a layer of Llama-2-70B in fp16. The efficiencies of attention keep to those of products the ratios
    that they have on an A100."""
    eb, ec = x[f"{device}_eb"], x[f"{device}_ec"]
    acc = catalogue.accelerator(HELIX[device]).with_(
        bandwidth_efficiency=eb, kv_efficiency=ratios["kv"] * eb, compute_efficiency=ec,
        attention_efficiency=ratios["attention"] * ec, attention_ramp_tokens=ratios["ramp"])
    engine = catalogue.engine("helix-2024").with_(compute_factor=1.0, bandwidth_factor=1.0, **overheads)
    model = catalogue.model("llama-2-70b")
    if phase == "decode":
        return step.layer(model, acc, engine, precision="fp16", decoding=count, context=count * context)
    length = np.minimum(count, HELIX_PROMPT)
    return step.layer(model, acc, engine, precision="fp16", prefill_tokens=count, prefills=1, prefill_context=count,
                      pairs=count * (length + 1) / 2)


def fit_helix(ratios, overheads):
    """Two efficiencies per device and the one context length that all share; errors; parameters at a bound."""
    table = data.helix()
    measured = table.seconds.to_numpy()
    # Rows in whole milliseconds say less.
    weight = np.where(table.phase == "decode", np.where(table["count"] <= 120, 2.0, 1.0), 2.0)
    start, lower, upper = {"context": 1000.0}, {"context": 0.0}, {"context": 4000.0}
    for device in HELIX:
        for name, first, low, high in (("eb", 0.8, 0.5, 0.97), ("ec", 0.5, 0.15, 0.95)):
            start[f"{device}_{name}"], lower[f"{device}_{name}"], upper[f"{device}_{name}"] = first, low, high
    groups = table.groupby(["device", "phase"]).groups

    def predict(x):
        out = np.empty(len(table))
        for (device, phase), rows in groups.items():
            out[rows] = predict_helix(device, phase, table["count"].to_numpy()[rows], x["context"], ratios, x,
                                      overheads)
        return out

    x = fit(predict, start, lower, upper, measured, weight)
    predicted = predict(x)
    errors = {key: error(predicted[rows], measured[rows]) for key, rows in groups.items()}
    return x, errors, at_bound(x, lower, upper), table.assign(predicted=predicted)
