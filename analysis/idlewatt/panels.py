"""What figures are made of: each function draws into axes that it is given."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.patches import Patch

from . import style
from .result import Run
from .stack import BUSY, FACILITY, SERVERS_WORK, PowerStack
from .words import number

_MOST_BINS = 720
"""drawn over the width of a figure; more would not be seen"""
LEGEND_ROW_IN = 0.155
_LEAST_SHARE = 2e-3
"""of a run's energy; a layer below it in every run is drawn, but not in the legend"""


def draw_arrivals(axes: Axes, stacks: Sequence[PowerStack]) -> None:
    """Requests per second: an area if all runs have the same, else a line each."""
    different: list[PowerStack] = []
    for stack in stacks:
        if not any(_same_arrivals(stack, other) for other in different):
            different.append(stack)
    for stack in (stack.coarser(_MOST_BINS) for stack in different):
        if len(different) == 1:
            axes.stairs(stack.arrivals_per_s, stack.edges_s, color="#d9d9d9", fill=True)
        axes.stairs(stack.arrivals_per_s, stack.edges_s, baseline=None, color="#333333", linewidth=0.6)
    peak = max(float(stack.coarser(_MOST_BINS).arrivals_per_s.max()) for stack in different)
    axes.set_ylim(0, 1.05 * peak if peak > 0 else 1)
    axes.locator_params(axis="y", nbins=3)
    axes.set_title("requests arriving per second", loc="left", pad=3)


def _same_arrivals(one: PowerStack, other: PowerStack) -> bool:
    return np.array_equal(one.edges_s, other.edges_s) and np.array_equal(one.arrivals_per_s, other.arrivals_per_s)


def draw_stack(axes: Axes, stack: PowerStack) -> None:
    """The layers as steps, an artist each with the layer as its group id: kW over s. Lines on top of work and of IT."""
    stack = stack.coarser(_MOST_BINS)
    base = np.zeros(stack.edges_s.size - 1)
    work_kw = it_kw = base
    for name, watts in stack.layers_w.items():
        top = base + watts / 1e3
        if watts.any():
            axes.stairs(top, stack.edges_s, baseline=base, fill=True, linewidth=0, gid=name,
                        **style.look_of(name).filling())  # fmt: skip
        base = top
        if name in (*BUSY, SERVERS_WORK):
            work_kw = top
        if name != FACILITY:
            it_kw = top
    for line_kw in [work_kw, it_kw]:
        axes.stairs(line_kw, stack.edges_s, baseline=None, color="#333333", linewidth=0.5)


def top_kw(stacks: Sequence[PowerStack]) -> float:
    """The end of a power axis that holds all runs, kW."""
    peak = max(float(np.sum(list(stack.coarser(_MOST_BINS).layers_w.values()), axis=0).max()) for stack in stacks) / 1e3
    return 1.05 * peak if peak > 0 else 1.0


def energy_parts(run: Run, stack: PowerStack) -> dict[str, float]:
    """The run's energy at the meter in kWh, as /summary divides it: by the keys of style.PARTS."""
    waste, under_use = (_or_zero(run.summary[name]) for name in ["idle_waste_kwh", "under_use_kwh"])
    return {"work": max(0.0, stack.energy_kwh() - waste - under_use), "under-use": under_use, "idle": waste}


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def draw_energy(axes: Axes, parts: dict[str, float], most_kwh: float) -> None:
    """A bar as long as the energy, kWh, with its numbers; on axes of most_kwh."""
    start = 0.0
    for name, kwh in parts.items():
        axes.barh(0, kwh, left=start, height=1, linewidth=0, **style.PARTS[name].filling())
        start += kwh
    axes.plot([0, 0], [-0.75, 0.75], color="black", linewidth=0.7)
    axes.text(0, 0.8, f"{number(start)} kWh", va="bottom", weight="bold")
    axes.text(0, -0.85, " · ".join(f"{name} {number(kwh, start)}" for name, kwh in parts.items()), va="top", size=7.8)
    axes.set_xlim(0, 1.02 * most_kwh if most_kwh > 0 else 1)
    axes.set_ylim(-2.4, 2.4)
    axes.set_axis_off()


def explain_energy(axes: Axes) -> None:
    """The key of draw_energy()'s bars."""
    handles = [Patch(label=look.label, linewidth=0, **look.filling()) for look in style.PARTS.values()]
    axes.set_axis_off()
    _legend(axes, handles, "energy at the meter", loc="center left", bbox_to_anchor=(0, 0.55))


def rows_of_legend(stacks: Sequence[PowerStack]) -> int:
    """Lines that legend_of_layers() takes, its headings included."""
    return 1 + max((len(members) for _, members in style.groups(_seen(stacks))), default=0)


def legend_of_layers(owner: Axes | Figure, stacks: Sequence[PowerStack], energies: bool = False) -> list[Legend]:
    """The layers that can be seen in any of the runs, under three headings; not placed yet.

    With energies, the kWh of each in the first run, and the uppermost layer first, as in the picture.
    """
    total = stacks[0].energy_kwh()
    legends = []
    for heading, members in style.groups(_seen(stacks)):
        handles = []
        for name in reversed(members) if energies else members:
            look = style.look_of(name)
            kwh = f"  {number(stacks[0].energy_kwh(name), total)}" if energies else ""
            handles.append(Patch(label=look.label + kwh, linewidth=0, **look.filling()))
        title = f"{heading} (kWh)" if energies else heading
        legends.append(_legend(owner, handles, title, loc="upper left"))
    return legends


def _seen(stacks: Sequence[PowerStack]) -> list[str]:
    """Layers with more than a speck of the energy of some run, in their order."""
    totals = [(stack, stack.energy_kwh()) for stack in stacks]
    return [
        name
        for name in dict.fromkeys(name for stack in stacks for name in stack.layers_w)
        if any(name in stack.layers_w and stack.energy_kwh(name) > _LEAST_SHARE * total for stack, total in totals)
    ]


def _legend(owner: Axes | Figure, handles: list[Patch], title: str, **options: object) -> Legend:
    legend = owner.legend(handles=handles, title=title, frameon=False, alignment="left", borderpad=0, handlelength=1.8,
                          handleheight=1.0, borderaxespad=0, labelspacing=0.3, **options)  # fmt: skip
    legend.get_title().set_fontweight("bold")
    legend.get_title().set_fontsize(8.5)
    return legend
