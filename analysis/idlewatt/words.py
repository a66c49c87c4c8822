"""Numbers and names as they stand in figures."""

from __future__ import annotations

import math

from .result import Run


def one_line(text: str, most: int) -> str:
    """A name that fits on a line and into a picture, whatever characters it has."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = " ".join(text.split()) or "(no name)"
    return text if len(text) <= most else text[: most - 1] + "…"


def number(value: float, like: float | None = None) -> str:
    """Three digits (as many decimals as `like` has, if given) and no exponent: "1234", "146", "14.6", "0.150", "0"."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    places = min(max(0, 2 - math.floor(math.log10(abs(like or value)))), 4)
    least = 10.0**-places
    return f"{value:.{places}f}" if abs(value) >= least / 2 else f"<{least:.{places}f}"


def percent(share: float) -> str:
    """A share of 1: "55 %", "0.3 %", "<0.1 %", "99.7 %", ">99.9 %"; "100 %" is all."""
    if not math.isfinite(share):
        return "–"
    if 0.9945 <= share < 1:
        return ">99.9 %" if share >= 0.9995 else f"{100 * share:.1f} %"
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.0f} %" if share >= 0.0095 or share == 0 else f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """ "350 ms", "2.37 s", "5.1 min"."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 0.9995:
        return f"{number(1e3 * seconds)} ms"
    return f"{number(seconds)} s" if seconds < 120 else f"{number(seconds / 60)} min"


def round_duration(seconds: float) -> str:
    """For an axis, whose numbers are round: "100 ms", "1 s", "10 s", "1000 s"."""
    for factor, unit in [(1.0, "s"), (1e3, "ms")]:
        if seconds * factor >= 0.9995:
            return f"{seconds * factor:.4g} {unit}"
    return f"{seconds * 1e6:.4g} µs"


def headline(run: Run, kwh: float) -> str:
    """What a run cost, in a few words: energy at the meter, its idle share, and the slowest first tokens."""
    idle, ttft = run.summary["idle_waste_share"], run.summary["ttft_s_p99"]
    return f"{number(kwh)} kWh · {percent(idle)} idle · TTFT p99 {duration(ttft)}"
