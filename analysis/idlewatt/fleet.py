"""Replicas by state, and the demand that they stand against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import bins
from .errors import RunError
from .result import Run

ORDER = ("busy", "idle", "draining", "starting", "sleeping", "pending")
"""from the bottom up; states that are not known here come last"""


@dataclass(frozen=True)
class PoolFleet:
    """One pool over time: samples at the ends of bins, means of them where bins were put together."""

    pool: str
    edges_s: np.ndarray
    replicas: dict[str, np.ndarray]
    """by state, from the bottom up; only those that occur"""
    running: np.ndarray
    """sequences in a batch"""
    waiting: np.ndarray
    """requests in a queue"""


def pool_fleets(run: Run, most_bins: int = 1440) -> list[PoolFleet]:
    """The pools that ever had a replica or a request."""
    edges_s = run.bin_edges_s
    if edges_s.size < 2:
        raise RunError(f"{run.path}: its time series is empty: nothing to draw")
    starts = bins.starts_of(edges_s, most_bins)
    fleets = []
    with run.reading("/timeseries"):
        series = run.timeseries
        if "pool" not in series:
            return []
        states = [str(state) for state in series["replica_state"].values]
        order = [state for state in ORDER if state in states] + [state for state in states if state not in ORDER]
        for index, pool in enumerate(series["pool"].values):
            part = series.isel(pool=index)
            counts = part["replicas"].values
            running, waiting = part["running_sequences"].values, part["queue_length"].values
            if not counts.any() and not running.any() and not waiting.any():
                continue

            def coarse(values: np.ndarray) -> np.ndarray:
                return bins.mean(values.astype(float), edges_s, starts)

            by_state = {state: counts[:, states.index(state)] for state in order}
            fleets.append(
                PoolFleet(
                    pool=str(pool),
                    edges_s=bins.coarse_edges(edges_s, starts),
                    replicas={state: coarse(values) for state, values in by_state.items() if values.any()},
                    running=coarse(running),
                    waiting=coarse(waiting),
                )
            )
    return fleets
