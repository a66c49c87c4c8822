"""The time axis: seconds of simulated time, labelled with the clock and, over several days, the date."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

_DAY_S = 86400.0
_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200,
            _DAY_S, 2 * _DAY_S, 7 * _DAY_S, 14 * _DAY_S, 28 * _DAY_S, 91 * _DAY_S, 364 * _DAY_S]  # fmt: skip


def ticks(length_s: float, start: np.datetime64, most: int = 9) -> tuple[list[float], list[str]]:
    """Round times of the clock (UTC) within the run: seconds since its start, and their labels."""
    step = next((step for step in _STEPS_S if length_s / step <= most), None)
    if step is None:
        step = math.ceil(length_s / most / _DAY_S) * _DAY_S
    if length_s < 2:
        return [0.0, length_s], ["0 s", f"{length_s:.3g} s"]
    day = start.astype("datetime64[D]")
    into_day = (start - day) / np.timedelta64(1, "s")
    first = math.ceil(into_day / step - 1e-9) * step
    places, labels = [], []
    for at in np.arange(first, into_day + length_s + 1e-6 * step, step):
        places.append(float(at - into_day))
        labels.append(_label(day, float(at), step, over_days=length_s > 1.01 * _DAY_S))
    return places, labels


def _label(day: np.datetime64, at_s: float, step_s: float, over_days: bool) -> str:
    moment = (day + np.timedelta64(round(at_s), "s")).astype("datetime64[s]").item()
    date = f"{moment.day} {moment:%b}"
    if step_s >= _DAY_S:
        return f"{date} {moment.year}" if step_s > 28 * _DAY_S else date
    if over_days and moment.hour == moment.minute == moment.second == 0:
        return date
    if at_s == _DAY_S:
        return "24:00"
    return f"{moment:%H:%M:%S}" if step_s < 60 else f"{moment:%H:%M}"


def label_time(axes: Axes, length_s: float, start: np.datetime64, most: int = 9) -> None:
    """Puts the clock on an x axis of seconds, with about so many labels."""
    places, labels = ticks(length_s, start, most)
    axes.set_xlim(0, length_s)
    axes.set_xticks(places, labels)
