"""Many runs: the variants of a scenario, or a whole grid. Nothing but what is asked for is read."""

from __future__ import annotations

import math
import os
import pathlib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import pandas as pd

from .result import Run


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
        return self.at(index)

    def __iter__(self) -> Iterator[Run]:
        for index in range(len(self)):
            yield self.at(index)

    def at(self, index: int) -> Run:
        """The run with this number."""
        if index not in self._opened:
            self._opened[index] = Run(self.paths[index])
        return self._opened[index]

    def __repr__(self) -> str:
        return f"<{len(self)} idlewatt runs>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the headline measures of all runs side by side, with units."""
        if not self.paths:
            return "<i>no runs</i>"
        first = self.at(0).summary
        measures = [name for name in first if first.attributes[name].get("headline", 1)]
        head = "".join(f"<th>{escape(run.variant or run.path.stem)}</th>" for run in self)
        rows = "".join(
            f"<tr><td>{escape(first.labels[name])}</td><td>{escape(first.units[name])}</td>"
            + "".join(f"<td style='text-align:right'>{run.summary.get(name, math.nan):.5g}</td>" for run in self)
            + "</tr>"
            for name in measures
        )
        return f"<b>{escape(self.at(0).title)}</b><table><tr><th></th><th></th>{head}</tr>{rows}</table>"

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """frame() as CSV; the head of a column of a measure has its unit: `cost_usd [USD]`."""
        self._with_units().to_csv(path, index=False)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """The same as Parquet. Needs pyarrow or fastparquet; pandas says so without them."""
        self._with_units().to_parquet(path, index=False)

    def _with_units(self) -> pd.DataFrame:
        frame = self.frame()
        units = frame.attrs["units"]
        return frame.rename(columns={name: f"{name} [{unit}]" for name, unit in units.items()})

    def frame(self) -> pd.DataFrame:
        """A row per run: title, variant, seed, what was overridden (a column each), then every measure.

        The columns of measures have their units in `frame().attrs["units"]`.
        """
        rows: list[dict[str, object]] = []
        units: dict[str, str] = {}
        for run in self:
            provenance = run.provenance
            row: dict[str, Any] = {"file": str(run.path), "title": run.title, "variant": run.variant}
            row["seed"] = provenance.seed
            row |= dict(text.partition("=")[::2] for text in provenance.overrides)
            row |= run.summary
            units |= run.summary.units
            rows.append(row)
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = units
        return frame
