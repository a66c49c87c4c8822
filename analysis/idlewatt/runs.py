"""Many runs: the variants of a scenario, or a whole grid. Nothing but what is asked for is read."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence

import pandas as pd

from .run import Run


class Runs(Sequence[Run]):
    """Result files, in order. Each is opened when it is first asked for."""

    def __init__(self, paths: Sequence[pathlib.Path]) -> None:
        self.paths = list(paths)
        self._opened: dict[int, Run] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int | slice | str) -> Run | Runs:  # type: ignore[override]
        """By number, or by the variant's name; several by a slice."""
        if isinstance(index, slice):
            part = Runs(self.paths[index])
            part._opened = {place: self._opened[old] for place, old in enumerate(range(len(self))[index]) if old in self._opened}
            return part
        if isinstance(index, str):
            for run in self:
                if run.variant == index:
                    return run
            raise KeyError(index)
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index not in self._opened:
            self._opened[index] = Run(self.paths[index])
        return self._opened[index]

    def __iter__(self) -> Iterator[Run]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} idlewatt runs>"

    def frame(self) -> pd.DataFrame:
        """A row per run: title, variant, seed, what was overridden (a column each), then every measure.

        The columns of measures have their units in `frame().attrs["units"]`.
        """
        rows, units = [], {}
        for run in self:
            provenance = run.provenance
            row: dict[str, object] = {"file": str(run.path), "title": run.title, "variant": run.variant}
            row["seed"] = provenance.seed
            row |= dict(text.partition("=")[::2] for text in provenance.overrides)
            row |= run.summary
            units |= run.summary.units
            rows.append(row)
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = units
        return frame
