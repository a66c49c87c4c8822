"""Reads what `idlewatt run` writes (see FORMAT.md), and draws it.

>>> import idlewatt
>>> run = idlewatt.open("out/quickstart/a100-static.h5")
>>> run.timeseries.power_w.sum(["pool", "state"]).resample(time="1h").mean()  # W
>>> run.summary["facility_energy_kwh"], run.summary.units["facility_energy_kwh"]
>>> runs = idlewatt.open("out/quickstart")  # all runs of a folder
>>> runs.frame()[["variant", "facility_energy_kwh", "ttft_s_p99"]]
>>> idlewatt.plot.save(idlewatt.plot.latencies(runs), "latencies.pdf")
"""

from __future__ import annotations

import importlib
import os
import pathlib
import types
from typing import TYPE_CHECKING

from .errors import RunError

if TYPE_CHECKING:
    from . import plot
    from .run import Run
    from .runs import Runs

__all__ = ["RunError", "open", "plot"]


def open(path: str | os.PathLike[str]) -> Run | Runs:  # noqa: A001 (idlewatt.open is what it is called)
    """A file: the result of a finished run. A folder: all runs in it, and in folders within it.

    Reads lazily. Raises RunError, one line, for anything else.
    """
    # Here, so that `python3 -m idlewatt` can say which packages are missing.
    from .files import paths_of
    from .run import Run
    from .runs import Runs

    return Runs(paths_of([pathlib.Path(path)])) if os.path.isdir(path) else Run(path)


def __getattr__(name: str) -> types.ModuleType:
    """`idlewatt.plot` without an import of its own, and without Matplotlib for those who do not draw."""
    if name == "plot":
        return importlib.import_module(".plot", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
