"""The runs that a command line names."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator, Sequence

import h5py

from . import seal
from .errors import RunError
from .runs import Runs

INDEX = "index.h5"


def runs_of(paths: Sequence[pathlib.Path], note: Callable[[str], None]) -> Runs:
    """Files, and all runs of folders in the order of their index; at least one, or RunError. All can be opened.

    Runs that an index names and that are not there are told to `note` and left out.
    """
    runs = Runs(paths_of(paths, note))
    for _ in runs:
        pass
    return runs


def paths_of(paths: Sequence[pathlib.Path], note: Callable[[str], None] | None = None) -> list[pathlib.Path]:
    """The same as paths, without opening them. A file is taken as it is, whatever it may be."""
    found: list[pathlib.Path] = []
    for path in paths:
        found += _paths_in(path, note) if os.path.isdir(path) else [path]
    return list(dict.fromkeys(found))


def _paths_in(folder: pathlib.Path, note: Callable[[str], None] | None) -> list[pathlib.Path]:
    there = []
    for path in _named(folder):
        if path.is_file():
            there.append(path)
        elif note:
            note(f"{path} is not there, and left out")
    if not there:
        raise RunError(f"{folder}: holds no finished run")
    return there


def _named(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """By the folder's index; without one, its files and those of folders within it, in order of their names."""
    index = folder / INDEX
    if index.is_file():
        seal.check(index)
        try:
            with h5py.File(index, "r") as file:
                yield from [folder / name for name in file["file"].asstr()[:]]
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise RunError(f"{index}: not an index of runs, or damaged") from error
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _named(path)
        elif path.suffix == ".h5" and _may_be_run(path):
            yield path


def _may_be_run(path: pathlib.Path) -> bool:
    """Whether it is worth opening, or complaining about: not a table of a grid, and not a trace of requests."""
    try:
        seal.check(path)
        with h5py.File(path, "r") as file:
            return "timeseries" in file
    except (RunError, OSError):
        return True
