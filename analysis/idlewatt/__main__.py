"""Figures and reports from the command line: python3 -m idlewatt figure|report RUN.h5 [MORE.h5|DIR] -o FILE"""

from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Sequence

from .errors import RunError

BAD_INPUT = 2
NOT_WRITTEN = 3
_SUFFIXES = (".png", ".svg", ".pdf")
_PACKAGES = "python3-h5py python3-h5netcdf python3-matplotlib python3-pandas python3-xarray"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit status: 0, BAD_INPUT or NOT_WRITTEN."""
    options = _parser().parse_args(arguments)
    try:
        from . import files, plot, report, whole_file
    except ImportError as error:
        return _fail(f"{error}; on Debian or Ubuntu: apt-get install {_PACKAGES}", BAD_INPUT)
    try:
        runs = files.runs_of(options.results, note=_say)
        if options.command == "report":
            page = report.page(runs, options.cost_note)
        else:
            figure = plot.power_over_time(runs.at(0)) if len(runs) == 1 else plot.compare_power(runs)
    except RunError as error:
        return _fail(str(error), BAD_INPUT)
    try:
        if options.command == "report":
            whole_file.write_whole(options.output, page.encode())
        else:
            plot.save(figure, options.output)
    except OSError as error:
        return _fail(f"{options.output}: cannot be written: {error.strerror or error}", NOT_WRITTEN)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m idlewatt",
        description="Draws what idlewatt run wrote.",
        epilog="Exit status: 0 ok; 2 bad input, or a missing package; 3 the picture or page could not be written.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    figure = commands.add_parser(
        "figure",
        help="power over time, by what draws it",
        description="Power over time, stacked by what draws it: one run in detail, several in rows to compare.",
    )
    figure.add_argument("results", nargs="+", type=pathlib.Path, metavar="RUN.h5|DIR",
                        help="a run's file, or a folder: all its runs")  # fmt: skip
    figure.add_argument("-o", "--output", required=True, type=_picture, metavar="FILE",
                        help="the picture: PNG, SVG or PDF by its suffix")  # fmt: skip
    report = commands.add_parser(
        "report",
        help="a page of HTML with everything, which needs nothing else",
        description="A page of HTML: the answer in a sentence, charts, all numbers and what they rest on.",
    )
    report.add_argument("results", nargs="+", type=pathlib.Path, metavar="RUN.h5|DIR",
                        help="a run's file, or a folder: all its runs")  # fmt: skip
    report.add_argument("-o", "--output", type=pathlib.Path, metavar="FILE", default=pathlib.Path("report.html"),
                        help="the page (default: report.html)")  # fmt: skip
    report.add_argument("--cost-note", action="append", default=[], metavar="TEXT",
                        help="a sentence beside the costs; `idlewatt report` gives those that it prints elsewhere")  # fmt: skip
    return parser


def _picture(text: str) -> pathlib.Path:
    path = pathlib.Path(text)
    if path.suffix.lower() not in _SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text}: the name must end in {', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]}")
    return path


def _say(text: str) -> None:
    print(f"idlewatt: {text}", file=sys.stderr)


def _fail(text: str, status: int) -> int:
    _say(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
