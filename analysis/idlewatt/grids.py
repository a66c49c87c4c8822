"""Figures of grids: python3 -m idlewatt.grids FIGURE out/fleet-choice -o fleet-choice.png"""

from __future__ import annotations

import argparse
import io
import pathlib
import sys
from collections.abc import Callable, Sequence

import h5py
import matplotlib
import numpy
import pandas
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import seal
from .errors import RunError
from .style import settings
from .whole_file import write_whole

# Okabe and Ito's colours and a marker each: told apart by colour-blind readers and in grey.
_LOOKS = [("#0072b2", "o"), ("#e69f00", "s"), ("#009e73", "^"), ("#cc79a7", "D"), ("#56b4e9", "v"), ("#d55e00", "P")]
_MISSES = 0.95  # a point below this share within its SLO is drawn hollow


class GridTable:
    """The results of a grid: `frame` has a row per configuration, its axes as columns, then the mean of every measure,
    and its 95 % interval (half the width) as `<measure>.ci95`. `units` are by measure."""

    def __init__(self, path: str | pathlib.Path) -> None:
        path = pathlib.Path(path)
        file_path = path / "results.h5" if path.is_dir() else path
        seal.check(file_path)
        try:
            with h5py.File(file_path) as file:
                self._read(file)
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError(f"{file_path}: not the results of a grid ({error})") from error

    def _read(self, file: h5py.File) -> None:
        self.title: str = _text(file.attrs["title"])
        self.axes: list[str] = [_text(name) for name in file.attrs["axes"]]
        measures = [_text(name) for name in file["measure"][:]]
        self.units = dict(zip(measures, (_text(unit) for unit in file["unit"][:]), strict=True))
        columns: dict[str, object] = {}
        for axis in self.axes:
            values = file[f"axis_{axis.replace('/', '_')}"][:]
            columns[axis] = [_text(value) for value in values] if values.dtype == object else values
        mean, ci95 = file["mean"][:], file["ci95"][:]
        for i, measure in enumerate(measures):
            columns[measure] = mean[:, i]
            columns[f"{measure}.ci95"] = ci95[:, i]
        self.frame = pandas.DataFrame(columns)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _values(table: GridTable, axis: str) -> list:
    """Of an axis, in the grid's order."""
    return list(dict.fromkeys(table.frame[axis]))


def _axis_label(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", linewidth=0.4, alpha=0.5)


def _line(axes: Axes, rows: pandas.DataFrame, x: Sequence[float], measure: str, look: tuple[str, str], label: str,
          style: str = "-") -> None:
    """Means with their intervals; hollow where the SLO is missed."""
    colour, marker = look
    y = rows[measure].to_numpy()
    interval = numpy.nan_to_num(rows[f"{measure}.ci95"].to_numpy())
    axes.errorbar(x, y, yerr=interval, color=colour, linestyle=style, linewidth=1.2, capsize=2, zorder=2)
    good = rows["slo_share"].to_numpy() >= _MISSES
    axes.scatter(x, y, marker=marker, s=28, facecolors=[colour if ok else "white" for ok in good], edgecolors=colour,
                 label=label, zorder=3)


def fleet_choice(table: GridTable) -> Figure:
    """Energy and rent per million output tokens by load: a column a model, a line a fleet and precision."""
    models = _values(table, "model")
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    grid = figure.subplots(2, len(models), squeeze=False, sharey="row")
    for column, model in enumerate(models):
        of_model = table.frame[table.frame["model"] == model]
        pairs = list(dict.fromkeys(zip(of_model["fleet"], of_model["pools.chat.precision"], strict=True)))
        fleets = _values(table, "fleet")
        for fleet, precision in pairs:
            rows = of_model[(of_model["fleet"] == fleet) & (of_model["pools.chat.precision"] == precision)]
            look = _LOOKS[fleets.index(fleet)]
            label = f"{fleet} {precision}"
            for row, measure in enumerate(("j_per_output_token", "usd_per_million_output_tokens")):
                axes = grid[row][column]
                _line(axes, rows, rows["traffic.scale"].to_numpy(), measure, look, label,
                      ":" if precision == "int8" else "-")
                axes.set_xticks(_values(table, "traffic.scale"))
        grid[0][column].set_title(model)
        _axis_label(grid[0][column], "", "J per output token" if column == 0 else "")
        _axis_label(grid[1][column], "traffic, times the spiky day", "USD per million output tokens" if column == 0 else "")
        grid[0][column].legend(frameon=False, ncols=2, title=f"hollow: below {100 * _MISSES:g} % within the SLO")
    return figure


def autoscaler_waste(table: GridTable) -> Figure:
    """Idle waste against the share within the SLO: a panel a traffic, a point an autoscaler and start."""
    traffics, scalers, starts = (_values(table, axis) for axis in ("traffic", "autoscaler", "start"))
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    panels = figure.subplots(1, len(traffics), sharex=True, sharey=True)
    for axes, traffic in zip(panels, traffics, strict=True):
        for scaler, (colour, _) in zip(scalers, _LOOKS, strict=False):
            rows = table.frame[(table.frame["traffic"] == traffic) & (table.frame["autoscaler"] == scaler)]
            x, y = 100 * rows["slo_share"].to_numpy(), rows["idle_waste_kwh"].to_numpy()
            axes.plot(x, y, color=colour, linewidth=0.8, zorder=2)
            for i, start in enumerate(rows["start"]):
                axes.scatter(x[i], y[i], s=18 + 26 * starts.index(start), color=colour, zorder=3,
                             label=scaler if i == 0 else None)
        axes.set_title(traffic)
    for axes, traffic in zip(panels, traffics, strict=True):
        _axis_label(axes, "requests within their SLO, %", "idle waste, kWh" if traffic == traffics[0] else "")
    panels[0].legend(frameon=False, title="larger point: slower start", loc="lower left", bbox_to_anchor=(0, 0.35))
    return figure


def cache_size(table: GridTable) -> Figure:
    """Energy per request, slowest first tokens and the share of prompts found, by the memory for KV blocks."""
    memories = _values(table, "memory")
    gigabytes = {name: float(name.split()[0]) for name in memories}
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    energy, first_token, found = figure.subplots(1, 3)
    for cache, look in zip(_values(table, "prefix_cache"), _LOOKS, strict=False):
        rows = table.frame[table.frame["prefix_cache"] == cache]
        x = [gigabytes[name] for name in rows["memory"]]
        _line(energy, rows, x, "wh_per_request", look, cache)
        _line(first_token, rows, x, "ttft_s_p99", look, cache)
        share = rows["prefix_tokens"] / rows["prompt_tokens"]
        found.plot(x, 100 * share, color=look[0], marker=look[1], markersize=5, linewidth=1.2)
    for axes in (energy, first_token, found):
        axes.set_xscale("log")
        axes.set_xticks([gigabytes[name] for name in memories], [f"{gigabytes[name]:g}" for name in memories])
        axes.minorticks_off()
    _axis_label(energy, "memory for KV blocks, GB", "Wh per request")
    first_token.set(xlabel="memory for KV blocks, GB", ylabel="TTFT p99, s", yscale="log")
    first_token.grid(axis="y", linewidth=0.4, alpha=0.5)
    _axis_label(found, "memory for KV blocks, GB", "prompt tokens found in the cache, %")
    energy.legend(frameon=False, title=f"prefix cache\nhollow: below {100 * _MISSES:g} %\nwithin the SLO")
    return figure


def pue_price_carbon(table: GridTable) -> Figure:
    """Carbon and electricity of each fleet, by place: bars at the best PUE, whiskers to the worst."""
    places, variants, pues = (_values(table, axis) for axis in ("place", "variant", "site.pue"))
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    panels = figure.subplots(1, 2)
    width = 0.8 / len(variants)
    for axes, (measure, label) in zip(panels, (("carbon_g_per_request", "g CO2e per request"),
                                               ("usd_per_million_output_tokens",
                                                "USD of electricity per million output tokens")), strict=True):
        for i, variant in enumerate(variants):
            rows = table.frame[table.frame["variant"] == variant]
            low, high = ([rows[(rows["place"] == place) & (rows["site.pue"] == pue)][measure].item()
                          for place in places] for pue in (min(pues), max(pues)))
            x = numpy.arange(len(places)) + (i - (len(variants) - 1) / 2) * width
            whiskers = numpy.array([numpy.zeros(len(places)), numpy.subtract(high, low)])
            axes.bar(x, low, width, color=_LOOKS[i][0], label=variant, yerr=whiskers,
                     error_kw={"linewidth": 0.8, "capsize": 2})
        axes.set_xticks(range(len(places)), places)
        _axis_label(axes, "", label)
    panels[0].legend(frameon=False, title=f"bar: PUE {min(pues):g}, whisker: {max(pues):g}", ncols=2)
    return figure


FIGURES: dict[str, Callable[[GridTable], Figure]] = {
    "fleet-choice": fleet_choice,
    "autoscaler-waste": autoscaler_waste,
    "cache-size": cache_size,
    "pue-price-carbon": pue_price_carbon,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws one figure; returns the exit status: 0, 2 for bad input, 3 when it cannot be written."""
    parser = argparse.ArgumentParser(prog="python3 -m idlewatt.grids", description="Draws the figure of a grid.")
    parser.add_argument("figure", choices=FIGURES)
    parser.add_argument("results", type=pathlib.Path, metavar="DIR|results.h5")
    parser.add_argument("-o", "--output", required=True, type=pathlib.Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        table = GridTable(options.results)
        with matplotlib.rc_context(settings()):
            figure = FIGURES[options.figure](table)
            metadata = {"Software": None} if options.output.suffix == ".png" else None
            picture = io.BytesIO()
            figure.savefig(picture, format=options.output.suffix[1:] or None, dpi=110, metadata=metadata)
        write_whole(options.output, picture.getvalue())
    except RunError as error:
        print(f"idlewatt: {error}", file=sys.stderr)
        return 2
    except KeyError as error:
        print(f"idlewatt: {options.results}: the grid has no axis {error}, which the figure shows", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"idlewatt: {options.output}: cannot be written: {error.strerror or error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
