"""Figures of runs. Functions return a Figure; save() writes it, the same way each time."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import clock, panels, style
from .run import Run
from .stack import PowerStack, power_stack
from .words import headline, one_line

WIDTH_IN = 9.0
"""at 100 dpi the 900 pixels of a README"""


def power_over_time(run: Run) -> Figure:
    """Power (kW) of one run over time, stacked by what draws it, below the queries that arrive (per second)."""
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


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Writes PNG, SVG or PDF, by the suffix of the path; equal figures give equal files (no date in them)."""
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    suffix = os.fspath(path).rpartition(".")[2].lower()
    with _drawing():
        # 200 dpi: sharp at README width on any screen.
        figure.savefig(path, dpi=200, metadata=undated.get(suffix))


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
    length_s = max(float(stack.edges_s[-1]) for stack in stacks)
    start = np.datetime64(run.timeseries["time"].values[0], "s")
    for panel in axes:
        clock.label_time(panel, length_s, start)
        panel.tick_params(labelbottom=panel is axes[-1], length=2.5)


def _write(figure: Figure, at: float, text: str, **options: object) -> None:
    """A line at the left edge, at a height of the figure."""
    figure.text(0.012, at, text, parse_math=False, va="center", **options)
