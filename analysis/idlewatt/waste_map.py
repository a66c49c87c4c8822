"""Idle waste by server and time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import bins
from .result import Run


@dataclass(frozen=True)
class WasteMap:
    """Mean idle power by server and bin."""

    edges_s: np.ndarray
    names: list[str]
    """of the rows: servers, or racks ("rack3, 32 servers") where there are too many servers"""
    idle_w: np.ndarray
    """rows x bins, W of a server at its wall plug: of a rack, the mean of its servers"""


def waste_map(run: Run, most_rows: int = 256, most_bins: int = 288) -> WasteMap | None:
    """None when the file does not have power by server."""
    if run.servers is None or run.servers.sizes["time"] == 0:
        return None
    with run.reading("/servers"):
        data = run.servers
        watts = data["idle_power_w"].values
        names = [str(name) for name in data["server"].values]
        edges_s = _edges(run)
    starts = bins.starts_of(edges_s, most_bins)
    watts = bins.mean(watts, edges_s, starts).T
    if len(names) > most_rows:
        names, watts = _by_rack(names, watts)
    return WasteMap(bins.coarse_edges(edges_s, starts), names, watts)


def _edges(run: Run) -> np.ndarray:
    """Seconds since the start of the run."""
    assert run.servers is not None, "whoever asks has looked"
    bounds = run.servers["time_bnds"].values
    start = run.timeseries["time"].values[0]
    return (np.append(bounds[:, 0], bounds[-1:, 1]) - start) / np.timedelta64(1, "s")


def _by_rack(names: list[str], watts: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Means over servers whose names begin with the same rack, in order."""
    racks: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        racks.setdefault(name.partition("/")[0], []).append(row)
    return [f"{rack}, {len(rows)} servers" for rack, rows in racks.items()], np.array(
        [watts[rows].mean(axis=0) for rows in racks.values()]
    )
