"""Colours, hatches and names: the same in every figure, told apart by colour-blind readers and in grey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .stack import BUSY, FACILITY, SERVERS_WASTE, SERVERS_WORK, WASTE


@dataclass(frozen=True)
class Look:
    """How something is drawn and named."""

    label: str
    colour: str
    hatch: str = ""
    hatch_colour: str = "white"

    def filling(self) -> dict[str, object]:
        """Keyword arguments for a patch."""
        if self.hatch:
            return {"facecolor": self.colour, "hatch": self.hatch, "edgecolor": self.hatch_colour}
        return {"facecolor": self.colour, "edgecolor": "none"}


# Work is cool and plain, waiting warm and hatched. Okabe and Ito's colours, with darker and lighter ones of the same
# hues.
_LAYERS = {
    "prefill": Look("prefill", "#004a77"),
    "mixed": Look("prefill and decode", "#0072b2"),
    "decode": Look("decode", "#56b4e9"),
    "loading": Look("loading the model", "#b34700", "\\\\\\\\\\"),
    "booting": Look("booting", "#7a3300", "xxxxx"),
    "idle_loaded": Look("idle, model loaded", "#e69f00", "/////"),
    "idle_empty": Look("idle, no model", "#f0e442", ".....", "#8a6d00"),
    "parked": Look("idle, clocked down", "#f5c97a", "-----", "#8a6d00"),
    "failed": Look("failed", "#cc79a7"),
    "off": Look("off, on standby", "#7f7f7f"),
    SERVERS_WORK: Look("share of servers, network", "#bccad4"),
    SERVERS_WASTE: Look("share of servers, network", "#f4dcae", "/////", "#d9a441"),
    FACILITY: Look("cooling, conversion", "#ececec"),
}

PARTS = {
    "work": Look("work", "#0072b2"),
    "under-use": Look("under-use: half-empty batches", "#a6d4f2"),
    "idle": Look("idle waste", "#e69f00", "/////"),
}
"""what the energy of a run went into, at the meter"""


def look_of(layer: str) -> Look:
    """The look of a layer of a PowerStack, grey for one that is not known here."""
    return _LAYERS.get(layer) or Look(layer.replace("_", " "), "#999999")


def groups(layers: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The layers under the headings of a legend, in their order."""
    layers = list(layers)
    work, waste = (*BUSY, SERVERS_WORK), (*WASTE, SERVERS_WASTE)
    headings = [
        ("at work", [layer for layer in layers if layer in work]),
        ("idle waste", [layer for layer in layers if layer in waste]),
        ("the rest", [layer for layer in layers if layer not in work + waste]),
    ]
    return [(heading, members) for heading, members in headings if members]


def settings() -> dict[str, object]:
    """Matplotlib's settings for drawing and for saving; to be used with rc_context."""
    return {
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.titlesize": 9,
        "axes.labelsize": 9,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "legend.fontsize": 8.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "hatch.linewidth": 0.6,
        "svg.hashsalt": "idlewatt",
        "pdf.fonttype": 42,
    }
