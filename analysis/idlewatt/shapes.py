"""More parts of figures: lines of several runs, a Sankey diagram, a map. Each function draws into axes it is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from . import style
from .bill import Bill
from .fleet import PoolFleet
from .flows import ACCELERATORS, HOSTS, METER, Flow
from .latency import Latency
from .stack import SERVERS_WASTE, SERVERS_WORK, WASTE
from .waste_map import WasteMap
from .words import number, one_line, percent, round_duration

PLACES = {METER: "at the meter", ACCELERATORS: "accelerators", HOSTS: "servers, network"}
WASTE_COLOURS = ("#ffffff", "#f5c97a", "#e69f00", "#b34700", "#4d2000")
_LEAST_SHARE_SHOWN = 1e-4


def line(index: int) -> dict[str, object]:
    """Keyword arguments for the line of the index-th run."""
    pattern = style.dashes(index)
    dashing = (0, pattern) if pattern else "-"
    return {"color": style.look_of_line(index).colour, "linestyle": dashing, "linewidth": 1.2}


def draw_demand(axes: Axes, fleet: PoolFleet) -> None:
    """Requests in the system: running below, waiting above."""
    axes.stairs(fleet.running, fleet.edges_s, fill=True, color="#bccad4", label="running")
    axes.stairs(fleet.running + fleet.waiting, fleet.edges_s, baseline=fleet.running, fill=True, color="#cc79a7",
                label="waiting")  # fmt: skip
    axes.set_ylim(0, None)
    axes.set_title(f"requests of {one_line(fleet.pool, 30)}", loc="left", pad=3, parse_math=False)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, borderpad=0)


def draw_replicas(axes: Axes, fleet: PoolFleet) -> None:
    """Replicas by state, stacked."""
    base = np.zeros(fleet.edges_s.size - 1)
    for state, counts in fleet.replicas.items():
        look = style.look_of_replicas(state)
        axes.stairs(base + counts, fleet.edges_s, baseline=base, fill=True, linewidth=0, label=look.label, gid=state,
                    **look.filling())  # fmt: skip
        base = base + counts
    axes.set_ylim(0, 1.05 * max(float(base.max()), 1))
    axes.set_title(f"replicas of {one_line(fleet.pool, 30)}", loc="left", pad=3, parse_math=False)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, borderpad=0)


def draw_latency(axes: Axes, found: Sequence[tuple[int, Latency]]) -> None:
    """Share of requests (log) that took at least so long (log), a line a run, and the limits."""
    least = 1.0
    for index, latency in found:
        seconds, share = latency.slower_than()
        seen = (share > 0) & (seconds > 0)
        least = min(least, float(share[seen].min()))
        axes.plot(seconds[seen], share[seen], **line(index))
        for limit in latency.limits_s:
            axes.axvline(limit, color="#333333", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(max(least, _LEAST_SHARE_SHOWN), 1.1)
    axes.xaxis.set_major_formatter(lambda value, _: round_duration(value))
    axes.yaxis.set_major_formatter(lambda value, _: percent(value) if value >= 1e-3 else f"{100 * value:g} %")
    axes.minorticks_off()
    axes.set_title(found[0][1].label.partition(":")[0], loc="left", pad=3)


def draw_flows(axes: Axes, flows: Sequence[Flow]) -> None:
    """A Sankey diagram: bands as wide as their energy, from the meter on the left to its ends on the right."""
    total = sum(flow.kwh for flow in flows if flow.source == METER)
    gap, slot = 0.03 * total, 0.035 * total
    places = [flow.target for flow in flows if flow.source == METER]
    ends = [flow for flow in flows if flow.target not in (ACCELERATORS, HOSTS)]
    columns = {METER: 0.0} | {name: 0.45 for name in (ACCELERATORS, HOSTS) if name in places}
    # Room for a line of text beside each end, however thin its band.
    height = sum(max(flow.kwh, slot) + gap for flow in ends) - gap
    tops = {METER: (height + total) / 2}
    at = height
    for flow in ends:
        room = max(flow.kwh, slot)
        tops[flow.target], columns[flow.target] = at - (room - flow.kwh) / 2, 1.0
        at -= room + gap
    at = tops[METER] + gap
    for name in (ACCELERATORS, HOSTS):
        kwh = sum(flow.kwh for flow in flows if flow.source == name)
        tops[name] = at
        at -= kwh + 3 * gap
    left, right = dict(tops), dict(tops)
    for flow in flows:
        start, end = right[flow.source], left[flow.target]
        right[flow.source] -= flow.kwh
        left[flow.target] -= flow.kwh
        axes.add_patch(_band(columns[flow.source] + 0.02, start, columns[flow.target], end, flow))
    for name, top in tops.items():
        kwh = total if name == METER else sum(flow.kwh for flow in flows if flow.target == name)
        if kwh > 0:
            axes.add_patch(Rectangle((columns[name], top - kwh), 0.02, kwh, color="#333333", linewidth=0))
            text = f"{label_of(name)}  {number(kwh, total / 10)} kWh, {percent(kwh / total)}"
            if columns[name] == 1.0:
                axes.text(1.03, top - kwh / 2, text, va="center", size=8)
            elif name == METER:
                axes.text(0, top + 0.3 * gap, text, va="bottom", size=8, weight="bold")
            else:
                axes.text(columns[name] - 0.01, top - kwh / 2, text, va="center", ha="right", size=8, weight="bold")
    axes.set_xlim(0, 1.5)
    axes.set_ylim(min(0.0, at + 3 * gap), max(height, tops[METER] + gap) + 2 * gap)
    axes.set_axis_off()


def label_of(place: str) -> str:
    """What a place of the diagram is called."""
    if place in PLACES:
        return PLACES[place]
    if place in WASTE:
        label = style.look_of(place).label
        return label if label.startswith("idle") else f"idle: {label}"
    names = {SERVERS_WORK: "servers, network, at work", SERVERS_WASTE: "idle: servers, network"}
    return names.get(place) or style.look_of(place).label


def _band(x0: float, top0: float, x1: float, top1: float, flow: Flow) -> PathPatch:
    middle = (x0 + x1) / 2
    down0, down1 = top0 - flow.kwh, top1 - flow.kwh
    vertices = [(x0, top0), (middle, top0), (middle, top1), (x1, top1), (x1, down1), (middle, down1), (middle, down0),
                (x0, down0), (x0, top0)]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    filling = {"facecolor": "#d9d9d9"} if flow.target in PLACES else style.look_of(flow.target).filling()
    return PathPatch(Path(vertices, codes), linewidth=0, gid=f"{flow.source}-{flow.target}", **filling)


def draw_waste_map(axes: Axes, data: WasteMap) -> object:
    """Idle power, W, by server (rows) and time; returns what a colour bar is made of."""
    colours = LinearSegmentedColormap.from_list("idle waste", WASTE_COLOURS)
    rows = np.arange(len(data.names) + 1)
    mesh = axes.pcolormesh(data.edges_s, rows, data.idle_w, cmap=colours, vmin=0, rasterized=True)
    axes.invert_yaxis()
    step = -(-len(data.names) // 24)
    axes.set_yticks(rows[:-1:step] + 0.5, [one_line(name, 30) for name in data.names[::step]], size=7.5)
    axes.tick_params(axis="y", length=0)
    return mesh


def draw_bill(axes: Axes, bills: Sequence[Bill], what: str, title: str) -> None:
    """What was spent so far, a line a run."""
    for index, bill in enumerate(bills):
        axes.plot(bill.edges_s, getattr(bill, what), **line(index))
    axes.set_ylim(0, None)
    axes.set_title(title, loc="left", pad=3)
