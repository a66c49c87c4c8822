"""Whole layers: vidur's operators (three models, four degrees of tensor parallelism) and Helix's A100, L4 and T4."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import catalogue, data, fit_kernels, step
from .fitting import Figures, Floats, at_bound, error, fit
from .ranges import Question

LOWER = {"bandwidth_efficiency": 0.4, "compute_efficiency": 0.3, "products_s": 0.0, "elementwise_s": 0.0,
         "elementwise_factor": 0.0, "latency": 0.0}
UPPER = {"bandwidth_efficiency": 1.0, "compute_efficiency": 1.0, "products_s": 2e-4, "elementwise_s": 2e-4,
         "elementwise_factor": 6.0, "latency": 1e-4}
START = {"bandwidth_efficiency": 0.8, "compute_efficiency": 0.75, "products_s": 2e-5, "elementwise_s": 1e-5,
         "elementwise_factor": 1.4, "latency": 6e-6}
PRODUCT_FOLDS = 4  # into which shapes of products are dealt, to be left out


def predict_vidur(x: Figures, table: pd.DataFrame, overhead_s: float, elementwise_factor: float) -> Floats:
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


def parts_of_vidur(x: Figures, table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Seconds of the layers' products, and of all else in them."""
    products = predict_vidur(x, table, x["products_s"], 0.0)
    whole = predict_vidur(x, table, x["products_s"] + x["elementwise_s"], x["elementwise_factor"])
    return products, whole - products


def fit_a100(layers: pd.DataFrame, products: pd.DataFrame) -> Figures:
    """Efficiencies that vidur's layers and aiconfigurator's matrix products share, each set with the same weight; the
    fixed times of a layer and the traffic of its norms, sums and activations; the latency of a product alone."""
    device = fit_kernels.a100()

    def predict(x: Figures) -> Floats:
        gemm = fit_kernels.gemm_seconds(x, products, device.bandwidth, device.peak["bf16"])
        return np.concatenate([*parts_of_vidur(x, layers), gemm])

    weight = layers.weight.to_numpy()
    alike = np.sqrt(np.sum(weight**2) / len(products))
    weights = np.concatenate([weight, weight, np.full(len(products), alike)])
    measured = np.concatenate([layers.products, layers.elementwise, products.seconds])
    return fit(predict, START, LOWER, UPPER, measured, weights)


def about_layers(layers: pd.DataFrame, products: pd.DataFrame) -> Question:
    """Layers of one model at one degree, in decoding (up to 256 tokens) or on prompts. Products alone take part in the fit
    and are not judged: a network is made of layers, in which errors of single products cancel."""
    device, count = fit_kernels.a100(), len(layers)
    shapes = products[["n", "k"]].drop_duplicates().sort_values(["n", "k"]).reset_index(drop=True)
    fold = products[["n", "k"]].merge(shapes.assign(fold=np.arange(len(shapes)) % PRODUCT_FOLDS), on=["n", "k"], how="left").fold

    def solve(kept: NDArray[np.bool_]) -> Figures:
        x = fit_a100(layers[kept[:count]].reset_index(drop=True), products[kept[count:]].reset_index(drop=True))
        x["layer_overhead"] = x.pop("products_s") + x.pop("elementwise_s")
        return x

    def predict(x: Figures) -> Floats:
        gemm = fit_kernels.gemm_seconds(x, products, device.bandwidth, device.peak["bf16"])
        return np.concatenate([predict_vidur(x, layers, x["layer_overhead"], x["elementwise_factor"]), gemm])

    whole = list(zip(layers.model, layers.tp))
    return Question(solve, predict, np.concatenate([layers.products + layers.elementwise, products.seconds]),
                    [*whole, *fold], [*zip(layers.model, layers.tp, layers.tokens <= 256), *[None] * len(products)])


def split_errors(x: Figures, table: pd.DataFrame) -> dict[str, float]:
    """Errors of decode-sized (up to 256 tokens) and prefill-sized (from 512) steps, in per cent."""
    products, rest = parts_of_vidur(x, table)
    measured, predicted = (table.products + table.elementwise).to_numpy(), products + rest
    small, large = (table.tokens <= 256).to_numpy(), (table.tokens >= 512).to_numpy()
    return {"decode": error(predicted[small], measured[small]), "prefill": error(predicted[large], measured[large])}


def leave_vidur(column: str) -> dict[object, dict[str, float]]:
    """Errors of each model, or degree (`tp`), with the rest of the layers and all products fitted."""
    table, products = data.vidur_layers(), data.gemm()
    return {value: split_errors(fit_a100(table[table[column] != value], products), table[table[column] == value])
            for value in table[column].unique()}


# Helix's decode rows do not state the context, its prompt rows not the prompts' lengths: the context is fitted, one for
# all devices; the prompts' times grow as those of batches of prompts of about so many tokens.
HELIX = {"a100": "a100-sxm-40", "l4": "l4", "t4": "t4"}
HELIX_PROMPT = 1000


@dataclass(frozen=True)
class Ratios:
    """What an A100 tells of other accelerators: efficiencies of decode and prefill attention against those of products, and
    the ramp of prefill attention, in tokens."""

    kv: float
    attention: float
    ramp: float


def predict_helix(device: str, phase: str, count: Floats, ratios: Ratios, x: Figures, overheads: Figures) -> Floats:
    """Seconds of a layer of Llama-2-70B in fp16. The efficiencies of attention keep to those of products the ratios
    that they have on an A100."""
    eb, ec, context = x[f"{device}_eb"], x[f"{device}_ec"], x["context"]
    acc = catalogue.accelerator(HELIX[device]).with_(
        bandwidth_efficiency=eb, kv_efficiency=ratios.kv * eb, compute_efficiency=ec,
        attention_efficiency=ratios.attention * ec, attention_ramp_tokens=ratios.ramp)
    engine = catalogue.engine("helix-2024").with_(compute_factor=1.0, bandwidth_factor=1.0, **overheads)
    model = catalogue.model("llama-2-70b")
    if phase == "decode":
        return step.layer(model, acc, engine, precision="fp16", decoding=count, context=count * context)
    length = np.minimum(count, HELIX_PROMPT)
    return step.layer(model, acc, engine, precision="fp16", prefill_tokens=count, prefills=1, prefill_context=count,
                      pairs=count * (length + 1) / 2)


class Helix:
    """Its layers: two efficiencies per device and the one context length that all share."""

    def __init__(self, ratios: Ratios, overheads: Figures) -> None:
        self.table = data.helix()
        self._ratios, self._overheads = ratios, overheads
        self.start, self.lower, self.upper = {"context": 1000.0}, {"context": 0.0}, {"context": 4000.0}
        for device in HELIX:
            for name, first, low, high in (("eb", 0.8, 0.5, 0.97), ("ec", 0.5, 0.15, 0.95)):
                key = f"{device}_{name}"
                self.start[key], self.lower[key], self.upper[key] = first, low, high

    def predict(self, x: Figures, table: pd.DataFrame) -> Floats:
        out, counts = np.empty(len(table)), table["count"].to_numpy()
        for (device, phase), rows in table.groupby(["device", "phase"]).indices.items():
            out[rows] = predict_helix(device, phase, counts[rows], self._ratios, x, self._overheads)
        return out

    def fit(self, table: pd.DataFrame) -> Figures:
        # Rows in whole milliseconds say less.
        weight = np.where(table.phase == "decode", np.where(table["count"] <= 120, 2.0, 1.0), 2.0)
        return fit(lambda x: self.predict(x, table), self.start, self.lower, self.upper, table.seconds, weight)

    def errors(self, x: Figures) -> dict[tuple[str, str], float]:
        """By device and phase."""
        predicted, measured = self.predict(x, self.table), self.table.seconds.to_numpy()
        return {key: error(predicted[rows], measured[rows])
                for key, rows in self.table.groupby(["device", "phase"]).indices.items()}

    def at_bound(self, x: Figures) -> list[str]:
        return at_bound(x, self.lower, self.upper)

    def question(self) -> Question:
        """Layers of one device and phase, with counts within a factor of two."""
        groups = list(zip(self.table.device, self.table.phase, np.log2(self.table["count"]).astype(int)))
        return Question(lambda kept: self.fit(self.table[kept]), lambda x: self.predict(x, self.table), self.table.seconds, groups,
                        groups)
