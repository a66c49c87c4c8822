"""Measures of several runs side by side: values, how they are written, and which is best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .answer import fair, same_traffic
from .result import Run

GROUPS = {"requests": "requests", "energy": "energy", "money": "money and carbon", "latency": "latency", "fleet": "fleet"}
_SMALLER = {"s": (1.0, 1e3, "ms"), "kWh": (0.1, 1e3, "Wh"), "kg": (0.1, 1e3, "g"), "g": (0.1, 1e3, "mg")}
"""units that are shown smaller when no value reaches the first number"""


@dataclass(frozen=True)
class Row:
    """One measure."""

    name: str
    label: str
    group: str
    unit: str
    """as shown"""
    headline: bool
    meaning: str
    values: list[float]
    """as in the files, a run each; NaN where there is none"""
    cells: list[str]
    """as shown"""
    best: list[bool]


def measures_of(runs: Sequence[Run]) -> pd.DataFrame:
    """What any of the runs measured, as in Summary.frame(), without its values."""
    frames = [run.summary.frame() for run in runs]
    table = pd.concat(frames)
    return table[~table.index.duplicated()].drop(columns="value")


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """All measures that any run has a number for, group by group."""
    measures = measures_of(runs)
    order = [*GROUPS, *sorted(set(measures["group"]) - set(GROUPS))]
    candidates, totals_too = fair(runs), same_traffic(runs)
    rows = []
    for group in order:
        for name, measure in measures[measures["group"] == group].iterrows():
            values = [float(run.summary.get(name, math.nan)) for run in runs]
            if not any(map(math.isfinite, values)):
                continue
            relatives = [
                abs(run.summary.get(other, math.nan))
                for other in measures.index
                if _related(str(name), str(other), measures)
                for run in runs
            ]
            factor, unit = _shown(measure, max(filter(math.isfinite, relatives), default=0.0))
            cells = [_written(value * factor, measure["form"] == "count") for value in values]
            compared = candidates if group != "requests" and name != "slo_share" else [True] * len(runs)
            if not totals_too and measure["form"] in ("count", "total"):
                compared = [False] * len(runs)
            rows.append(
                Row(str(name), measure["label"], group, unit, bool(measure["headline"]), measure["meaning"], values, cells,
                    _best(values, cells, compared, measure["better"]))  # fmt: skip
            )
    return rows


def _related(name: str, other: str, measures: pd.DataFrame) -> bool:
    """Read together, so in one unit: all energies, and all quantiles of one latency."""
    unit = measures.loc[name, "unit"]
    family = name.rpartition("_p")[0] or name
    return unit == measures.loc[other, "unit"] and (unit == "kWh" or family == (other.rpartition("_p")[0] or other))


def _shown(measure: pd.Series, largest: float) -> tuple[float, str]:
    """What values are multiplied with, and the unit that they then have."""
    if measure["form"] == "share":
        return 100.0, "%"
    if measure["unit"] in _SMALLER:
        below, factor, unit = _SMALLER[measure["unit"]]
        if largest < below:
            return factor, unit
    return 1.0, "" if measure["unit"] == "1" else measure["unit"]


def _written(value: float, whole: bool) -> str:
    """Four digits; whole numbers in full, with commas."""
    if not math.isfinite(value):
        return "–"
    if whole or abs(value) >= 999.95:
        return f"{value:,.0f}"
    if value == 0:
        return "0"
    places = min(max(0, 3 - math.floor(math.log10(abs(value)))), 7)
    return f"{value:.{places}f}"


def _best(values: list[float], cells: list[str], candidates: list[bool], better: str) -> list[bool]:
    """The best of the candidates and whoever reads the same; nobody when that is everybody."""
    none = [False] * len(values)
    if better not in ("lower", "higher") or len(values) < 2 or len(set(cells)) == 1:
        return none
    compared = [value for value, candidate in zip(values, candidates) if candidate and math.isfinite(value)]
    if not compared:
        return none
    best = min(compared) if better == "lower" else max(compared)
    text = cells[values.index(best)]
    return [candidate and cell == text for candidate, cell in zip(candidates, cells)]
