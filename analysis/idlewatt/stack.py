"""Where the power of a run goes, as layers that add up: accelerators by state, what surrounds them, the facility."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .errors import RunError
from .result import Run

BUSY = ("prefill", "mixed", "decode")
WASTE = ("loading", "booting", "idle_loaded", "idle_empty", "parked")
REST = ("failed", "off")
SERVERS_WORK = "servers_work"
SERVERS_WASTE = "servers_waste"
"""IT power that is not the accelerators': the servers around them, and switches; the share of idle waste apart"""
FACILITY = "facility"
"""what the site adds to IT power: cooling, conversion"""

_ROWS_AT_A_TIME = 65536
_RACKS = ("rack_power_w", "rack_idle_power_w")
_CACHE = {"rack_power_w": "cache_power_w", "rack_idle_power_w": "cache_idle_power_w"}
"""what the semantic cache, which stands in no rack, adds to the racks"""


@dataclass(frozen=True)
class PowerStack:
    """Mean power per bin, in layers from the bottom up. The order of layers is the same for every run."""

    edges_s: np.ndarray
    """where bins begin and end, seconds since the start of the run"""
    layers_w: dict[str, np.ndarray]
    """W, one value per bin; a state of an accelerator, SERVERS_WORK, SERVERS_WASTE or FACILITY"""
    arrivals_per_s: np.ndarray
    """requests per second, mean of each bin"""

    def energy_kwh(self, *layers: str) -> float:
        """Integral of the named layers, of all when none is named, kWh."""
        seconds = np.diff(self.edges_s)
        return sum(float(self.layers_w[name] @ seconds) for name in layers or self.layers_w) / 3.6e6

    def coarser(self, bins: int) -> PowerStack:
        """The same energy in at most so many bins, for a picture that has no room for more."""
        size = -(-(self.edges_s.size - 1) // bins)
        if size <= 1:
            return self
        starts = np.arange(0, self.edges_s.size - 1, size)
        edges_s = np.append(self.edges_s[starts], self.edges_s[-1])
        seconds = np.diff(self.edges_s)

        def mean(values: np.ndarray) -> np.ndarray:
            return np.add.reduceat(values * seconds, starts) / np.diff(edges_s)

        layers_w = {name: mean(values) for name, values in self.layers_w.items()}
        return PowerStack(edges_s, layers_w, mean(self.arrivals_per_s))


def power_stack(run: Run) -> PowerStack:
    """The layers of a run, all pools and the unassigned accelerators together: work, then waste, then the rest.

    The waste is that of /summary, so that WASTE and SERVERS_WASTE are idle_waste_share of the IT power. When servers
    and network are waste is as the file has it by bin, scaled to that sum, see _split(). FACILITY is there if the site uses more
    than its IT: the file has its energy and not its power over time, which is IT power times the ratio of the run's
    energies (exact for a constant PUE).
    """
    edges_s = run.bin_edges_s
    if edges_s.size < 2:
        raise RunError(f"{run.path}: its time series is empty: nothing to draw")
    seconds = np.diff(edges_s)
    series = _series(run, bins=seconds.size)
    summary = run.summary

    accelerators_w = series.watts.sum(axis=1)
    by_state = dict(zip(series.states, series.watts.T))
    it_w = accelerators_w if series.racks_w is None else series.racks_w
    known = BUSY + WASTE + REST
    layers = {name: by_state[name] for name in BUSY if name in by_state}
    work_w, waste_w = np.zeros_like(it_w), np.zeros_like(it_w)
    if series.racks_w is not None:
        idle_kwh = summary["idle_waste_share"] * summary["it_energy_kwh"]
        for name in WASTE:
            idle_kwh -= float(by_state.get(name, waste_w) @ seconds) / 3.6e6
        servers_w = it_w - accelerators_w
        guess_w = servers_w * series.idle_share
        if series.racks_idle_w is not None:
            guess_w = series.racks_idle_w - sum((by_state.get(name, waste_w) for name in WASTE), np.zeros_like(it_w))
        work_w, waste_w = _split(servers_w, np.clip(guess_w, 0.0, servers_w), seconds, idle_kwh)
        layers[SERVERS_WORK] = work_w
    layers |= {name: by_state[name] for name in WASTE if name in by_state}
    if series.racks_w is not None:
        layers[SERVERS_WASTE] = waste_w
    layers |= {name: by_state[name] for name in REST if name in by_state}
    layers |= {name: values for name, values in by_state.items() if name not in known}
    it_kwh, facility_kwh = summary["it_energy_kwh"], summary["facility_energy_kwh"]
    if it_kwh > 0 and facility_kwh > it_kwh:
        layers[FACILITY] = it_w * (facility_kwh / it_kwh - 1)
    return PowerStack(edges_s, layers, series.arrivals / seconds)


@dataclass(frozen=True)
class _Series:
    """Sums over pools and racks, by bin."""

    states: list[str]
    watts: np.ndarray
    """bins x states"""
    idle_share: np.ndarray
    """of the time of powered accelerators"""
    arrivals: np.ndarray
    racks_w: np.ndarray | None
    racks_idle_w: np.ndarray | None
    """the waste in racks_w; None in files of format 1"""


def _series(run: Run, bins: int) -> _Series:
    """Reads what the picture needs, some bins at a time: a fleet may have many pools and racks."""
    with run.reading("/timeseries"):
        series = run.timeseries
        states = [str(state) for state in series["state"].values] if "state" in series else []
        waste = [index for index, state in enumerate(states) if state in WASTE]
        busy = [index for index, state in enumerate(states) if state in BUSY]
        watts = np.zeros((bins, len(states)))
        arrivals, idle_share = np.zeros(bins), np.zeros(bins)
        racks: dict[str, np.ndarray] = {name: np.zeros(bins) for name in _RACKS if name in series}
        for start in range(0, bins, _ROWS_AT_A_TIME):
            rows = slice(start, start + _ROWS_AT_A_TIME)
            part = series.isel(time=rows)
            if states:
                watts[rows] = part["power_w"].sum("pool").values
                arrivals[rows] = part["arrivals"].sum("pool").values
                times = part["accelerator_time_s"].sum("pool").values
                idle_s, busy_s = times[:, waste].sum(axis=1), times[:, busy].sum(axis=1)
                powered_s = np.maximum(idle_s + busy_s, np.finfo(float).tiny)
                idle_share[rows] = idle_s / powered_s
            for name, values in racks.items():
                values[rows] = part[name].sum("rack").values
                if _CACHE[name] in series:
                    values[rows] += part[_CACHE[name]].values
        return _Series(states, watts, idle_share, arrivals, *map(racks.get, _RACKS))


def _split(
    servers_w: np.ndarray, guess_w: np.ndarray, seconds: np.ndarray, idle_kwh: float
) -> tuple[np.ndarray, np.ndarray]:
    """Servers' and network's power at work and wasted, W by bin; the waste's integral is idle_kwh.

    The ledger divides it once for the whole run; guess_w is the waste bin by bin, which adds up to a little less or
    more. It is scaled to the ledger's sum: the larger part shrinks, so that neither becomes negative.
    """
    total_kwh = float(servers_w @ seconds) / 3.6e6
    guess_kwh = float(guess_w @ seconds) / 3.6e6
    if not idle_kwh > 0 or not total_kwh > 0:
        return servers_w, np.zeros_like(servers_w)
    idle_kwh = min(idle_kwh, total_kwh)
    if idle_kwh <= guess_kwh:
        waste_w = guess_w * (idle_kwh / guess_kwh)
        return servers_w - waste_w, waste_w
    work_w = (servers_w - guess_w) * ((total_kwh - idle_kwh) / (total_kwh - guess_kwh))
    return work_w, servers_w - work_w
