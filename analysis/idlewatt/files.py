"""The runs that a command line names."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence

import h5py

from .errors import RunError
from .run import Run

INDEX = "index.h5"


def runs_of(paths: Sequence[pathlib.Path], note: Callable[[str], None]) -> list[Run]:
    """Opens files, and all runs of folders in the order of their index; at least one, or RunError.

    Runs that an index names and that are not there are told to `note` and left out.
    """
    runs: list[Run] = []
    for path in paths:
        runs += _runs_in(path, note) if path.is_dir() else [Run(path)]
    return runs


def _runs_in(folder: pathlib.Path, note: Callable[[str], None]) -> list[Run]:
    index = folder / INDEX
    if index.is_file():
        try:
            with h5py.File(index, "r") as file:
                named = [folder / name for name in file["file"].asstr()[:]]
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise RunError(f"{index}: not an index of runs, or damaged") from error
    else:
        named = sorted(folder.glob("*.h5"))
    there = [path for path in named if path.is_file()]
    for path in named:
        if path not in there:
            note(f"{path} is not there, and left out")
    if not there:
        raise RunError(f"{folder}: holds no finished run")
    return [Run(path) for path in there]
