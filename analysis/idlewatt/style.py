"""Colours, hatches and names: the same in every figure, told apart by colour-blind readers and in grey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .stack import BUSY, FACILITY, SERVERS_WASTE, SERVERS_WORK, WASTE


@dataclass(frozen=True)
class Look:
    """How something is drawn and named; the dark colours are for light text on a dark page."""

    label: str
    colour: str
    hatch: str = ""
    hatch_colour: str = "white"
    dark: str = ""
    dark_hatch: str = "#1a1a1a"

    def filling(self) -> dict[str, object]:
        """Keyword arguments for a patch."""
        if self.hatch:
            return {"facecolor": self.colour, "hatch": self.hatch, "edgecolor": self.hatch_colour}
        return {"facecolor": self.colour, "edgecolor": "none"}


# Work is cool and plain, waiting warm and hatched. Okabe and Ito's colours, with darker and lighter ones of the same
# hues.
_LAYERS = {
    "prefill": Look("prefill", "#004a77", dark="#2a6b9c"),
    "mixed": Look("prefill and decode", "#0072b2", dark="#3f97d0"),
    "decode": Look("decode", "#56b4e9", dark="#9bd3f5"),
    "loading": Look("loading the model", "#b34700", "\\\\\\\\\\", dark="#d9641c"),
    "booting": Look("booting", "#7a3300", "xxxxx", dark="#a4542a"),
    "idle_loaded": Look("idle, model loaded", "#e69f00", "/////", dark="#e69f00"),
    "idle_empty": Look("idle, no model", "#f0e442", ".....", "#8a6d00", dark="#f0e442", dark_hatch="#6b5500"),
    "parked": Look("idle, clocked down", "#f5c97a", "-----", "#8a6d00", dark="#f5c97a", dark_hatch="#6b5500"),
    "failed": Look("failed", "#cc79a7", dark="#cc79a7"),
    "off": Look("off, on standby", "#7f7f7f", dark="#8c8c8c"),
    SERVERS_WORK: Look("share of servers, network", "#bccad4", dark="#566874"),
    SERVERS_WASTE: Look("share of servers, network", "#f4dcae", "/////", "#d9a441", dark="#705828", dark_hatch="#d9a441"),
    FACILITY: Look("cooling, conversion", "#ececec", dark="#3c3c3c"),
}

_REPLICAS = {
    "busy": Look("busy", "#0072b2", dark="#3f97d0"),
    "idle": Look("ready, without work", "#e69f00", "/////", dark="#e69f00"),
    "draining": Look("draining", "#56b4e9", dark="#9bd3f5"),
    "starting": Look("starting", "#b34700", "\\\\\\\\\\", dark="#d9641c"),
    "sleeping": Look("asleep", "#f0e442", ".....", "#8a6d00", dark="#f0e442", dark_hatch="#6b5500"),
    "pending": Look("wanted, no room", "#ffffff", "xxxxx", "#cc79a7", dark="#1a1a1a", dark_hatch="#cc79a7"),
}

_LINES = [
    Look("", "#0072b2", dark="#4ba3dc"),
    Look("", "#d55e00", dark="#ff8c42"),
    Look("", "#009e73", dark="#2fc59a"),
    Look("", "#cc79a7", dark="#e6a6cd"),
    Look("", "#000000", dark="#f2f2f2"),
    Look("", "#b88000", dark="#f5c04a"),
    Look("", "#56b4e9", dark="#a5d8f7"),
    Look("", "#7a3300", dark="#c98a5e"),
]
_DASHES = [(), (6, 2.5), (2, 2), (8, 2.5, 2, 2.5), (12, 3), (4, 2, 1, 2), (1, 2.5), (10, 2, 4, 2)]
MOST_LINES = len(_LINES)
"""of different runs in one figure"""

PARTS = {
    "work": Look("work", "#0072b2", dark="#3f97d0"),
    "under-use": Look("under-use: half-empty batches", "#a6d4f2", dark="#234c66"),
    "idle": Look("idle waste", "#e69f00", "/////", dark="#e69f00"),
}
"""what the energy of a run went into, at the meter"""


def look_of(layer: str) -> Look:
    """The look of a layer of a PowerStack, grey for one that is not known here."""
    return _LAYERS.get(layer) or Look(layer.replace("_", " "), "#999999", dark="#999999")


def layers() -> dict[str, Look]:
    """The layers of a PowerStack that are known here."""
    return dict(_LAYERS)


def replica_states() -> dict[str, Look]:
    """The states of replicas that are known here."""
    return dict(_REPLICAS)


def look_of_replicas(state: str) -> Look:
    """The look of a state of replicas, grey for one that is not known here."""
    return _REPLICAS.get(state) or Look(state.replace("_", " "), "#999999", dark="#999999")


def look_of_line(index: int) -> Look:
    """The colour of the index-th run's line."""
    return _LINES[index % MOST_LINES]


def dashes(index: int) -> tuple[float, ...]:
    """Lengths of dashes and gaps of the index-th run's line, points; empty for a solid one: told apart in grey, too."""
    return _DASHES[index % MOST_LINES]


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
