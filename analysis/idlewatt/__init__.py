"""Reads what `idlewatt run` writes (see FORMAT.md), and draws it.

>>> import idlewatt
>>> run = idlewatt.open("out/quickstart/a100-static.h5")
>>> run.timeseries.power_w.sum(["pool", "state"]).resample(time="1h").mean()  # W
>>> run.summary["facility_energy_kwh"], run.summary.units["facility_energy_kwh"]
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .errors import RunError

if TYPE_CHECKING:
    from .run import Run

__all__ = ["RunError", "open"]


def open(path: str | os.PathLike[str]) -> Run:  # noqa: A001 (idlewatt.open is what it is called)
    """Opens the result of a finished run; raises RunError, one line, for anything else. Reads lazily."""
    # Here, so that `python3 -m idlewatt` can say which packages are missing.
    from .run import Run

    return Run(path)
