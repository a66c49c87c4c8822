"""How long requests waited: shares of them by latency, from the file's histograms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .result import Run


@dataclass(frozen=True)
class Latency:
    """Served requests by one latency."""

    name: str
    """as in the file: "ttft" """
    label: str
    edges_s: np.ndarray
    """where bins begin and end; one more than counts"""
    counts: np.ndarray
    limits_s: list[float]
    """what the scenario allows, of each traffic source; may be empty"""

    def slower_than(self) -> tuple[np.ndarray, np.ndarray]:
        """Seconds, and the share of requests that took at least so long: at each edge, from 1 down to 0.

        The first bin may begin at 0, which a logarithmic axis does not have: its edge is put at half of its end.
        """
        share = np.append(self.counts[::-1].cumsum()[::-1], 0) / self.counts.sum()
        seconds = self.edges_s.copy()
        if seconds[0] == 0:
            seconds[0] = seconds[1] / 2
        return seconds, share


def latencies(run: Run) -> list[Latency]:
    """All latencies of the file that any request had."""
    if run.latency is None:
        return []
    with run.reading("/latency"):
        data = run.latency
        lower, upper = data["from_s"].values, data["to_s"].values
        found = []
        for name, label, counts in zip(data["latency"].values, data["label"].values, data["requests"].values):
            used = np.flatnonzero(counts)
            if used.size == 0:
                continue
            edges_s, filled = _without_gaps(lower, upper, counts, used[0], used[-1] + 1)
            found.append(Latency(str(name), str(label), edges_s, filled, run.limits_s.get(str(name), [])))
        return found


def _without_gaps(
    lower: np.ndarray, upper: np.ndarray, counts: np.ndarray, first: int, last: int
) -> tuple[np.ndarray, np.ndarray]:
    """Edges and counts of bins [first, last); the file leaves out bins that no latency uses, here they are empty."""
    edges_s, filled = [lower[first]], []
    for index in range(first, last):
        if lower[index] > edges_s[-1]:
            edges_s.append(lower[index])
            filled.append(0)
        edges_s.append(upper[index])
        filled.append(counts[index])
    return np.array(edges_s), np.array(filled, dtype=np.int64)
