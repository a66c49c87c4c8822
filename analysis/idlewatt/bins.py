"""Fewer bins of a time series, for pictures that have no room for all."""

from __future__ import annotations

import numpy as np


def starts_of(edges_s: np.ndarray, most: int) -> np.ndarray:
    """Which bins begin a bin of the coarser series, of which there are at most so many."""
    bins = edges_s.size - 1
    return np.arange(0, bins, max(1, -(-bins // most)))


def coarse_edges(edges_s: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Where the coarser bins begin and end."""
    return np.append(edges_s[starts], edges_s[-1])


def mean(values: np.ndarray, edges_s: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Means over time of values by bin (the first dimension): their integral stays the same."""
    seconds = np.diff(edges_s).reshape((-1,) + (1,) * (values.ndim - 1))
    lengths = np.diff(coarse_edges(edges_s, starts)).reshape((-1,) + (1,) * (values.ndim - 1))
    return np.add.reduceat(values * seconds, starts, axis=0) / lengths


def sums(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Sums of values by bin (the first dimension)."""
    return np.add.reduceat(values, starts, axis=0)
