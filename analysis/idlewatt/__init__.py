"""Reads what `idlewatt run` writes (see FORMAT.md), and draws it.

>>> import idlewatt
>>> run = idlewatt.open("out/quickstart/a100-static.h5")
>>> run.timeseries.power_w.sum(["pool", "state"]).resample(time="1h").mean()  # W
>>> run.summary["facility_energy_kwh"], run.summary.units["facility_energy_kwh"]
>>> runs = idlewatt.open("out/quickstart")  # all runs of a folder
>>> runs.frame()[["variant", "facility_energy_kwh", "ttft_s_p99"]]
>>> idlewatt.plot.save(idlewatt.plot.latencies(runs), "latencies.pdf")

It also starts the program, which it finds by the variable IDLEWATT or by PATH:

>>> runs = idlewatt.run("scenarios/quickstart.yaml", set={"horizon": "1 h"})
>>> idlewatt.size("scenarios/quickstart.yaml", servers=["l4-8", "hgx-a100-80"]).best
>>> idlewatt.sweep("scenarios/grids/fleet-choice.yaml")  # a row per point
"""

from __future__ import annotations

import importlib
import os
import pathlib
import types
from typing import TYPE_CHECKING

from .errors import RunError

from .program import Sizing, check, run, size, sweep

if TYPE_CHECKING:
    from . import plot
    from .result import Run
    from .runs import Runs

__all__ = ["RunError", "Sizing", "check", "open", "plot", "run", "size", "sweep"]


def open(path: str | os.PathLike[str]) -> Run | Runs:  # noqa: A001 (idlewatt.open is what it is called)
    """A file: the result of a finished run. A folder: all runs in it, and in folders within it.

    Reads lazily. Raises RunError, one line, for anything else.
    """
    # Here, so that `python3 -m idlewatt` can say which packages are missing.
    from .files import paths_of
    from .result import Run
    from .runs import Runs

    return Runs(paths_of([pathlib.Path(path)])) if os.path.isdir(path) else Run(path)


def __getattr__(name: str) -> types.ModuleType:
    """`idlewatt.plot` without an import of its own, and without Matplotlib for those who do not draw."""
    if name == "plot":
        return importlib.import_module(".plot", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
