"""Figures of runs. Functions return a Figure; save() writes it, the same way each time."""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import warnings
from collections.abc import Iterator, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import bill, clock, latency, panels, shapes, style
from .answer import fair, names_of
from .errors import RunError
from .fleet import pool_fleets
from .flows import energy_flows
from .pareto import front
from .result import Run
from .stack import PowerStack, power_stack
from .waste_map import waste_map
from .whole_file import write_whole
from .words import headline, one_line

WIDTH_IN = 9.0
"""at 100 dpi the 900 pixels of a README"""


def power_over_time(run: Run) -> Figure:
    """Power (kW) of one run over time, stacked by what draws it, below the requests that arrive (per second)."""
    stack = power_stack(run)
    with _drawing():
        figure = Figure(figsize=(WIDTH_IN, 4.4))
        grid = figure.add_gridspec(2, 1, height_ratios=[1, 4], hspace=0.2, left=0.065, right=0.715, top=0.82,
                                   bottom=0.07)  # fmt: skip
        above, below = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
        panels.draw_arrivals(above, [stack])
        panels.draw_stack(below, stack)
        below.set_ylim(0, panels.top_kw([stack]))
        below.set_title("power (kW)", loc="left", pad=3)
        _share_time([above, below], [stack], run)
        answer = headline(run, stack.energy_kwh())
        _write(figure, 0.945, f"{one_line(run.variant, 45)}: {answer}", weight="bold", size=11)
        _write(figure, 0.895, one_line(run.title, 110), color="#555555")
        top = 0.64
        for legend in reversed(panels.legend_of_layers(figure, [stack], energies=True)):
            legend.set_bbox_to_anchor((0.735, top), transform=figure.transFigure)
            top -= legend.get_window_extent().height / figure.bbox.height + 0.04
    return figure


def compare_power(runs: Sequence[Run]) -> Figure:
    """Where the energy of several runs went, a row for each: power (kW) over time, and energy (kWh), on shared axes."""
    stacks = [power_stack(run) for run in runs]
    with _drawing():
        row_in = max(0.75, 1.2 - 0.05 * len(runs))
        gap_in, arrivals_in, foot_in = 0.36, 0.5, 0.3
        head_in = 0.8 + panels.LEGEND_ROW_IN * panels.rows_of_legend(stacks)
        height_in = head_in + arrivals_in + foot_in + (row_in + gap_in) * len(runs)
        figure = Figure(figsize=(WIDTH_IN, height_in))

        def place(row: int, left: float, right: float) -> Axes:
            """Axes of row 0 (the arrivals) or of a run."""
            height = row_in if row else arrivals_in
            bottom = height_in - head_in - arrivals_in - row * (row_in + gap_in)
            return figure.add_axes((left, bottom / height_in, right - left, height / height_in))

        above = place(0, 0.055, 0.725)
        panels.draw_arrivals(above, stacks)
        panels.explain_energy(place(0, 0.755, 0.985))
        rows = []
        parts = [panels.energy_parts(run, stack) for run, stack in zip(runs, stacks)]
        most_kwh = max(sum(part.values()) for part in parts)
        for index, (run, stack, part) in enumerate(zip(runs, stacks, parts), start=1):
            axes = place(index, 0.055, 0.725)
            panels.draw_stack(axes, stack)
            axes.set_ylim(0, panels.top_kw(stacks))
            axes.locator_params(axis="y", nbins=4)
            name = axes.set_title(one_line(run.variant, 40), loc="left", pad=3, weight="bold", parse_math=False)
            axes.annotate(headline(run, stack.energy_kwh()), (1, 0), (8, 0), xycoords=name,
                          textcoords="offset points", va="bottom", annotation_clip=False)  # fmt: skip
            panels.draw_energy(place(index, 0.755, 0.985), part, most_kwh)
            rows.append(axes)
        rows[0].set_ylabel("power (kW)")
        _share_time([above, *rows], stacks, runs[0])

        titles = list(dict.fromkeys(one_line(run.title, 90) for run in runs))
        title = titles[0] if len(titles) == 1 else f"{len(runs)} runs of {len(titles)} scenarios"
        _write(figure, 1 - 0.22 / height_in, title, weight="bold", size=11)
        left = 0.055
        for legend in panels.legend_of_layers(figure, stacks):
            legend.set_bbox_to_anchor((left, 1 - 0.43 / height_in), transform=figure.transFigure)
            left += legend.get_window_extent().width / figure.bbox.width + 0.04
    return figure


def replicas(run: Run) -> Figure:
    """Replicas by state over time, below the requests that they run or let wait: two panels for each pool."""
    fleets = pool_fleets(run)
    if not fleets:
        raise RunError(f"{run.path}: no pool has a replica or a request: nothing to draw")
    with _drawing():
        height_in = 0.75 + 2.75 * len(fleets)
        figure = Figure(figsize=(WIDTH_IN, height_in))
        grid = figure.add_gridspec(2 * len(fleets), 1, height_ratios=[1, 1.8] * len(fleets), hspace=0.42, left=0.065,
                                   right=0.8, top=1 - 0.62 / height_in, bottom=0.3 / height_in)  # fmt: skip
        axes = [figure.add_subplot(cell) for cell in grid]
        for index, fleet in enumerate(fleets):
            shapes.draw_demand(axes[2 * index], fleet)
            shapes.draw_replicas(axes[2 * index + 1], fleet)
        _label_times(axes, float(fleets[0].edges_s[-1]), run)
        _write(figure, 1 - 0.2 / height_in, f"{one_line(run.variant, 45)}: replicas and demand", weight="bold", size=11)
    return figure


def energy_flow(run: Run) -> Figure:
    """A Sankey diagram of the run's energy (kWh): from the meter to prefill, decode, idle waste, servers, cooling."""
    stack = power_stack(run)
    flows = energy_flows(run, stack)
    if not flows:
        raise RunError(f"{run.path}: used no energy: nothing to draw")
    with _drawing():
        figure = Figure(figsize=(WIDTH_IN, 4.0))
        shapes.draw_flows(figure.add_axes((0.012, 0.02, 0.976, 0.86)), flows)
        _write(figure, 0.95, f"{one_line(run.variant, 45)}: where the energy went", weight="bold", size=11)
    return figure


def latencies(runs: Run | Sequence[Run]) -> Figure:
    """How many requests took how long: the share that took at least so long, by latency, a line for each run."""
    runs = _list(runs)
    found = [latency.latencies(run) for run in runs]
    names = list(dict.fromkeys(one.name for all_of_run in found for one in all_of_run))
    if not names:
        raise RunError(f"{runs[0].path}: no request was served, or the file is of an old version: nothing to draw")
    with _drawing():
        rows = -(-len(names) // 2)
        height_in = 0.75 + 1.9 * rows
        figure = Figure(figsize=(WIDTH_IN, height_in))
        grid = figure.add_gridspec(rows, 2, hspace=0.5, wspace=0.2, left=0.075, right=0.985,
                                   top=1 - 0.75 / height_in, bottom=0.3 / height_in)  # fmt: skip
        for place, name in enumerate(names):
            lines = [(index, one) for index, all_of_run in enumerate(found) for one in all_of_run if one.name == name]
            shapes.draw_latency(figure.add_subplot(grid[place // 2, place % 2]), lines)
        _write(figure, 1 - 0.15 / height_in, "share of requests that took at least so long", weight="bold", size=11)
        _legend_of_runs(figure, runs, 1 - 0.33 / height_in)
    return figure


def waste_by_server(run: Run) -> Figure:
    """A map of idle power (W) by server and time."""
    data = waste_map(run)
    if data is None:
        raise RunError(f"{run.path}: has no power by server: nothing to draw")
    with _drawing():
        height_in = 0.95 + min(6.0, max(1.0, 0.16 * len(data.names)))
        figure = Figure(figsize=(WIDTH_IN, height_in))
        axes = figure.add_axes((0.2, 0.3 / height_in, 0.68, 1 - 0.75 / height_in))
        mesh = shapes.draw_waste_map(axes, data)
        _label_times([axes], float(data.edges_s[-1]), run)
        bar = figure.colorbar(mesh, cax=figure.add_axes((0.9, 0.3 / height_in, 0.015, 1 - 0.75 / height_in)))
        bar.set_label("idle power of a server (W)")
        bar.outline.set_linewidth(0.5)
        _write(figure, 1 - 0.2 / height_in, f"{one_line(run.variant, 45)}: idle waste by server", weight="bold", size=11)
    return figure


def cost_and_carbon(runs: Run | Sequence[Run]) -> Figure:
    """Cost (in the runs' currency) and carbon (kg) so far, over time, a line for each run."""
    runs = _list(runs)
    bills = [bill.bill(run) for run in runs]
    with _drawing():
        figure = Figure(figsize=(WIDTH_IN, 3.0))
        grid = figure.add_gridspec(1, 2, wspace=0.15, left=0.065, right=0.975, top=0.75, bottom=0.1)
        axes = [figure.add_subplot(cell) for cell in grid]
        shapes.draw_bill(axes[0], bills, "cost", f"cost so far ({' and '.join(sorted({one.currency for one in bills}))})")
        shapes.draw_bill(axes[1], bills, "carbon_kg", "carbon so far (kg of CO2 equivalent)")
        for panel in axes:
            _label_times([panel], max(float(one.edges_s[-1]) for one in bills), runs[0], most=6)
        _write(figure, 0.95, "cost and carbon", weight="bold", size=11)
        _legend_of_runs(figure, runs, 0.89)
    return figure


def pareto(runs: Sequence[Run], x: str = "facility_energy_kwh", y: str = "ttft_s_p99") -> Figure:
    """Two measures of every run against each other; a line joins the runs that no other beats in both.

    Runs that left clearly more requests unanswered than the best are drawn hollow, and no part of that line.
    """
    runs = _list(runs)
    table = runs[0].summary.frame()
    for name in (x, y):
        if name not in table.index:
            raise RunError(f"no measure `{name}`; there are {', '.join(table.index)}")
    is_fair, names = fair(runs), names_of(runs)
    points = [(run.summary[x], run.summary[y]) for run in runs]
    better = [-1.0 if table.loc[name, "better"] == "higher" else 1.0 for name in (x, y)]
    with _drawing():
        figure = Figure(figsize=(WIDTH_IN, 4.2))
        axes = figure.add_axes((0.075, 0.12, 0.9, 0.78))
        candidates = [index for index in range(len(runs)) if is_fair[index]]
        best = front([(better[0] * points[index][0], better[1] * points[index][1]) for index in candidates])
        line = np.array([points[candidates[index]] for index in best]).reshape(-1, 2)
        axes.plot(line[:, 0], line[:, 1], color="#7f7f7f", linewidth=1, drawstyle="steps-post", zorder=1)
        for index, (name, point) in enumerate(zip(names, points)):
            colour = style.look_of_line(index).colour
            axes.scatter(*point, s=36, facecolor=colour if is_fair[index] else "none", edgecolor=colour, zorder=2)
            if len(runs) <= 30:
                axes.annotate(one_line(name, 40), point, (6, 3), textcoords="offset points", size=8, parse_math=False)
        positive = [value for value in (point[1] for point in points) if value > 0]
        if positive and max(positive) > 20 * min(positive):
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, None)
        axes.set_xlim(0, 1.15 * max((point[0] for point in points if point[0] > 0), default=1.0))
        axes.set_xlabel(f"{table.loc[x, 'label']} ({table.loc[x, 'unit']})")
        axes.set_ylabel(f"{table.loc[y, 'label']} ({table.loc[y, 'unit']})")
        _write(figure, 0.95, f"{table.loc[x, 'label']} against {table.loc[y, 'label']}", weight="bold", size=11)
    return figure


def save(figure: Figure, path: str | os.PathLike[str], dpi: int = 200) -> None:
    """Writes PNG, SVG or PDF, by the suffix of the path; equal figures give equal files (no date in them).

    PNGs have 200 dpi unless told otherwise: sharp at README width on any screen.
    """
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    suffix = os.fspath(path).rpartition(".")[2].lower()
    picture = io.BytesIO()
    with _drawing():
        figure.savefig(picture, format=suffix, dpi=dpi, metadata=undated.get(suffix))
    write_whole(pathlib.Path(path), picture.getvalue())


@contextlib.contextmanager
def _drawing() -> Iterator[None]:
    """Matplotlib's settings, whatever the caller's; no warnings of characters that the font does not have."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style.settings())
        warnings.filterwarnings("ignore", message="Glyph")
        yield


def _share_time(axes: Sequence[Axes], stacks: Sequence[PowerStack], run: Run) -> None:
    """One time axis for all, labelled below the last only."""
    _label_times(axes, max(float(stack.edges_s[-1]) for stack in stacks), run)


def _label_times(axes: Sequence[Axes], length_s: float, run: Run, most: int = 9) -> None:
    start = np.datetime64(run.timeseries["time"].values[0], "s")
    for panel in axes:
        clock.label_time(panel, length_s, start, most)
        panel.tick_params(labelbottom=panel is axes[-1], length=2.5)


def _list(runs: Run | Sequence[Run]) -> Sequence[Run]:
    """At least one run, and no more than can be told apart."""
    runs = [runs] if isinstance(runs, Run) else list(runs)
    if not runs:
        raise RunError("no run: nothing to draw")
    return runs


def _legend_of_runs(figure: Figure, runs: Sequence[Run], top: float) -> None:
    if len(runs) == 1 and not runs[0].variant:
        return
    lines = [Line2D([], [], **shapes.line(index)) for index in range(len(runs))]
    labels = [one_line(name, 30).replace("$", r"\$") for name in names_of(runs)]
    figure.legend(lines, labels, loc="upper left", bbox_to_anchor=(0.012, top), ncols=min(6, len(runs)), frameon=False,
                  borderpad=0, borderaxespad=0, handlelength=2.6)  # fmt: skip


def _write(figure: Figure, at: float, text: str, **options: object) -> None:
    """A line at the left edge, at a height of the figure."""
    figure.text(0.012, at, text, parse_math=False, va="center", **options)
