"""What the calibration has found so far: figures of platforms/ as they are written, errors and ranges of their fits.

Each fit stands on what those before it left, rounded as it is written: a second run changes nothing.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Optional, Union

import numpy as np
import pandas as pd

from . import catalogue, fit_bench, fit_power, fit_watts, ranges, yaml_edit
from .catalogue import Entry, Where
from .fit_devices import Found
from .fit_kernels import Shape
from .fitting import Figures, LoopFit
from .ranges import Judged, Question, Span

# Of a key that is not a plain number: the unit that it is written in.
UNITS = {
    "latent_time_per_token": ("us", 1e-6), "busy_static": ("W", 1), "link_active": ("W", 1),
    "link_bandwidth": ("GB/s", 1e9), "link_latency": ("us", 1e-6), "link_bandwidth_among_4": ("GB/s", 1e9),
    "link_bandwidth_among_8": ("GB/s", 1e9), "link_latency_among_4": ("us", 1e-6), "link_latency_among_8": ("us", 1e-6),
    "joules_per_byte": ("pJ/B", 1e-12),
    "joules_per_flop": ("pJ/FLOP", 1e-12), "step_overhead": ("us", 1e-6), "sequence_overhead": ("us", 1e-6),
    "layer_overhead": ("us", 1e-6), "attention_overhead": ("us", 1e-6), "expert_overhead": ("us", 1e-6),
    "collective_overhead": ("us", 1e-6), "eight_bit_layer_overhead": ("us", 1e-6), "reserve": ("GB", 1e9),
    "load": ("GB/s", 1e9), "disk": ("GB/s", 1e9), "layer_launch": ("us", 1e-6), "prefill_layer_launch": ("us", 1e-6),
    "request_overhead": ("ms", 1e-3), "request_overhead_per_token": ("us", 1e-6),
}


def written(key: str, value: float, digits: int = 3) -> str:
    """A value in SI units as the catalogue has it."""
    unit, factor = UNITS.get(key, ("", 1))
    number = f"{value / factor:.{digits}g}"
    return f"{number} {unit}".strip()


class Place(NamedTuple):
    """Where a figure stands: `accelerators`, `engines` or `servers`, the entry, and the figure's keys in it."""

    kind: str
    entry: str
    path: Where


class Results:
    """Figures by place, as written; `errors` in per cent by the name of a fit; at what bounds fits ended; ranges by the name of
    a fit; and what the report shows beside them."""

    a100_power: fit_power.A100  # the step `power` sets both
    hopper: fit_watts.Hopper

    def __init__(self) -> None:
        self.figures: dict[Place, yaml_edit.Figure] = {}
        self.errors: dict[str, float] = {}
        self.bounds: dict[str, list[str]] = {}
        self.judged: dict[str, Judged] = {}
        self._values: dict[tuple[str, str], dict[Where, float]] = {}
        # Of single fits.
        self.kernel_kv = 0.0
        self.layer_fit: Figures = {}
        self.experts_left_out: dict[Shape, float] = {}
        self.helix: Figures = {}
        self.helix_table = pd.DataFrame()
        self.bench: dict[str, fit_bench.Bench] = {}
        self.a100_power_fit: Figures = {}
        self.newer: dict[str, dict[str, Found]] = {}
        self.mi300x_left: dict[int, float] = {}
        self.loops: dict[str, LoopFit] = {}  # by engine

    def entry(self, kind: str, name: str) -> Entry:
        """As the catalogue has it, with what was set so far here and in the entry that it is `like`."""
        node = catalogue.raw(kind, name)
        if "like" in node:
            entry = catalogue.changed(self.entry(kind, node["like"]).named(name), catalogue.by_path(node))
        else:
            entry = catalogue.accelerator(name) if kind == "accelerators" else catalogue.engine(name)
        return catalogue.changed(entry, self._values.get((kind, name), {}))

    def accelerator(self, name: str) -> Entry:
        return self.entry("accelerators", name)

    def engine(self, name: str) -> Entry:
        return self.entry("engines", name)

    def put(self, kind: str, name: str, path: Union[str, Where], value: float, status: str, source: str,
            between: Optional[Span] = None) -> float:
        """Notes a figure, and has the fits that follow see it as rounded. Returns that value."""
        keys = (path,) if isinstance(path, str) else path
        unit = keys[-1] if keys[0] == "on_accelerator" else keys[0]
        span = (written(unit, between[0]), written(unit, between[1])) if between else None
        figure = yaml_edit.Figure(written(unit, value), status, source, span)
        self.figures[Place(kind, name, keys)] = figure
        rounded = catalogue.quantity(figure.value)
        self._values.setdefault((kind, name), {})[keys] = rounded
        return rounded

    def put_on(self, names: Sequence[str], path: Union[str, Where], value: float, status: str, source: str,
               between: Optional[Span] = None) -> float:
        """The same figure of several accelerators."""
        return [self.put("accelerators", name, path, value, status, source, between) for name in names][0]

    def judge(self, name: str, question: Question) -> Judged:
        """Widths of the ranges of a fit's figures; the report shows them by that name."""
        found = ranges.judged(question, question.solve(np.ones(len(question.parts), bool)))
        self.judged[name] = found
        return found

    def given(self, kind: str, name: str, keys: Iterable[str]) -> dict[str, tuple[float, float]]:
        """Values of figures that are set already, with the relative half of their ranges."""
        out = {}
        for key in keys:
            between = self.figures[Place(kind, name, (key,))].between
            assert between is not None
            low, high = (catalogue.quantity(x) for x in between)
            value = getattr(self.entry(kind, name), key)
            out[key] = (value, (high - low) / 2 / value)
        return out


def files(results: Results) -> dict[Path, str]:
    """Path -> text of all files of platforms/ with the calibration's figures in them."""
    out: dict[Path, str] = {}
    for place, figure in results.figures.items():
        file = catalogue.path(place.kind, place.entry)
        text = out.get(file) or file.read_text(encoding="utf-8")
        out[file] = yaml_edit.with_figure(text, place.path, figure, add=place.path[0] == "on_accelerator")
    return out
