"""Cost and carbon over time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from . import bins
from .result import Run
from .stack import PowerStack, power_stack


@dataclass(frozen=True)
class Bill:
    """What had been spent by the end of each bin; begins with 0, so there is one more than bins."""

    edges_s: np.ndarray
    cost: np.ndarray
    """in `currency`"""
    carbon_kg: np.ndarray
    recorded: bool
    """from the file; else spread over time by spread_bill()'s rule"""
    currency: str = "USD"


def bill(run: Run, stack: PowerStack | None = None, most_bins: int = 720) -> Bill:
    """The run's own series of money and carbon where it has them, else its totals spread over time.

    Its own series are variables of /timeseries whose values are sums by bin, in the run's currency and kg.
    """
    edges_s = run.bin_edges_s
    with run.reading("/timeseries"):
        cost, carbon_kg = _recorded(run, run.summary.currency), _recorded(run, "kg")
    recorded = cost is not None and carbon_kg is not None
    if cost is None or carbon_kg is None:
        spread = _spread(run, stack or power_stack(run))
        cost = spread[0] if cost is None else cost
        carbon_kg = spread[1] if carbon_kg is None else carbon_kg
    starts = bins.starts_of(edges_s, most_bins)

    def so_far(amounts: np.ndarray) -> np.ndarray:
        return np.append(0.0, bins.sums(amounts, starts).cumsum())

    return Bill(bins.coarse_edges(edges_s, starts), so_far(cost), so_far(carbon_kg), recorded,
                run.summary.currency)


def _recorded(run: Run, unit: str) -> np.ndarray | None:
    """The sum of the variables with this unit by bin; None when there is none."""
    series = run.timeseries
    found = [
        values
        for values in series.data_vars.values()
        if values.attrs.get("units") == unit and values.attrs.get("cell_methods") == "time: sum"
    ]
    if not found:
        return None
    return np.sum([values.sum([name for name in values.dims if name != "time"]).values for values in found], axis=0)


def _spread(run: Run, stack: PowerStack) -> tuple[np.ndarray, np.ndarray]:
    """Money and kg by bin: electricity and carbon follow the power, rent follows the time that accelerators are powered.

    Energy x PUE x price is exact for a constant price and intensity. Rent is not quite: a server is billed whole.
    """
    seconds = np.diff(stack.edges_s)
    energy = sum(stack.layers_w.values(), np.zeros_like(seconds)) * seconds
    with run.reading("/timeseries"):
        series = run.timeseries
        if "state" in series:
            times = series["accelerator_time_s"].sum("pool")
            powered_s = times.sum("state").values - times.sel(state="off").values
        else:
            powered_s = seconds

    def amount(name: str, weights: np.ndarray) -> np.ndarray:
        total = run.summary.money(name)
        if not math.isfinite(total) or not weights.sum() > 0:
            return np.zeros_like(seconds)
        return total * weights / weights.sum()

    rent = amount("rent_usd", powered_s if powered_s.sum() > 0 else seconds)
    rented = run.summary.money("rent_usd")
    other = run.summary.money("cost_usd") - (rented if math.isfinite(rented) else 0.0)
    electricity = other * energy / energy.sum() if energy.sum() > 0 else np.zeros_like(seconds)
    return rent + electricity, amount("carbon_kg", energy)
