"""The result file of one run, read lazily."""

from __future__ import annotations

import contextlib
import math
import os
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import h5py
import numpy as np
import pandas as pd
import xarray as xr

from . import seal
from .errors import RunError


class Summary(dict[str, float]):
    """The measures of a run: name -> value, NaN where there was nothing to measure.

    `units`, `labels` and `meanings` hold, by the same names, the unit ("kWh", "s", "1"), a short label and a sentence;
    `frame()` has all of it as a table. Money is in `currency`, whose code stands in the names: `cost_usd`, `cost_eur`.
    """

    currency = "USD"
    """ISO 4217 code of the currency of all money"""

    def in_currency(self, name: str) -> str:
        """The name of a measure or column that is `name` where money is in US dollars."""
        return re.sub(r"(?<![a-z])usd(?![a-z])", self.currency.lower(), name)

    def money(self, name: str) -> float:
        """The measure that is `name` where money is in US dollars; NaN where there is none."""
        return self.get(self.in_currency(name), math.nan)

    def __init__(self) -> None:
        super().__init__()
        self.units: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.meanings: dict[str, str] = {}
        self.attributes: dict[str, dict[str, object]] = {}
        """as they stand in the file: also `better`, `group`, `form`, `headline`"""

    def frame(self) -> pd.DataFrame:
        """A row per measure: value, unit, label, better, group, form, headline, meaning."""
        rows = [
            {
                "value": value,
                "unit": self.units[name],
                "label": self.labels[name],
                "better": str(self.attributes[name].get("better", "neither")),
                "group": str(self.attributes[name].get("group", "")),
                "form": str(self.attributes[name].get("form", "total")),
                "headline": bool(self.attributes[name].get("headline", 1)),
                "meaning": self.meanings[name],
            }
            for name, value in self.items()
        ]
        return pd.DataFrame(rows, index=pd.Index(list(self), name="measure"))


@dataclass(frozen=True)
class Provenance:
    """What a run rests on."""

    title: str
    variant: str
    seed: int
    idlewatt_version: str
    overrides: list[str]
    """what the variant and the command line set: "pools.chat.replicas.start=8" """
    scenario: str
    """the scenario file as it was"""
    figures: pd.DataFrame
    """columns path, value, unit (SI), status (measured, published, derived, assumed or scenario), source"""


class Run:
    """One result file. Everything but the root attributes is read on first use, and kept."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        seal.check(self.path)
        with self.reading("its attributes"), self._file() as file:
            self.attributes = {name: _plain(value) for name, value in file.attrs.items()}
            self.groups = set(file)
        self._check(self.groups)

    def __repr__(self) -> str:
        return f"<idlewatt run {self.variant!r} of {self.title!r}, {self.path}>"

    @property
    def title(self) -> str:
        """The scenario's title."""
        return str(self.attributes.get("title", ""))

    @property
    def variant(self) -> str:
        """The variant's name."""
        return str(self.attributes.get("variant", ""))

    @cached_property
    def timeseries(self) -> xr.Dataset:
        """/timeseries: power in W, times in s, counts; by time (UTC, start of the bin), pool, state, rack."""
        with self.reading("/timeseries"):
            return xr.open_dataset(self.path, group="timeseries", engine="h5netcdf")

    @cached_property
    def servers(self) -> xr.Dataset | None:
        """/servers: power and idle power by server, W, in at most 1440 bins; None when the file has none."""
        return self._group("servers")

    @cached_property
    def latency(self) -> xr.Dataset | None:
        """/latency: how many requests had a latency of what length; None when nothing was served."""
        return self._group("latency")

    def _group(self, name: str) -> xr.Dataset | None:
        if name not in self.groups:
            return None
        with self.reading(f"/{name}"):
            return xr.open_dataset(self.path, group=name, engine="h5netcdf")

    @cached_property
    def limits_s(self) -> dict[str, list[float]]:
        """The limits that latencies stand against, by latency ("ttft", "tpot"): those of each traffic source, s."""
        limits: dict[str, list[float]] = {}
        figures = self.provenance.figures
        for path, value in zip(figures["path"], figures["value"]):
            parts = str(path).split(".")
            if len(parts) == 4 and parts[0] == "traffic" and parts[2] == "slo" and value not in limits.get(parts[3], []):
                limits.setdefault(parts[3], []).append(float(value))
        return limits

    @cached_property
    def bin_edges_s(self) -> np.ndarray:
        """Where the bins of the time series begin and end: seconds since the start of the run, one more than bins.

        As the file has them; the `time` of the dataset is rounded to nanoseconds.
        """
        with self.reading("/timeseries/time_bnds"), self._file() as file:
            bounds = file["timeseries/time_bnds"][:]
            return np.append(bounds[:, 0], bounds[-1:, 1])

    @cached_property
    def summary(self) -> Summary:
        """/summary: the answer of the run, one number per measure."""
        summary = Summary()
        with self.reading("/summary"), self._file() as file:
            summary.currency = _text(file["summary"].attrs.get("currency", "USD"))
            for name, dataset in file["summary"].items():
                attributes: dict[str, Any] = {key: _plain(value) for key, value in dataset.attrs.items()}
                summary[name] = float(dataset[()])
                summary.attributes[name] = attributes
                summary.units[name] = attributes["units"]
                summary.labels[name] = attributes["long_name"]
                summary.meanings[name] = attributes["meaning"]
        return summary

    @cached_property
    def requests(self) -> pd.DataFrame | None:
        """/requests: one row per request, times in s, energy in J; None when the run did not record them.

        `outcome` and `pool` are categories with their names ("served", "chat"); the pool of a request that reached none
        is missing.
        """
        return self._table("requests", ["outcome", "pool"])

    def _repr_html_(self) -> str:
        """What a notebook shows: the headline measures, with units."""
        frame = self.summary.frame()
        shown = frame[frame["headline"]]
        rows = "".join(
            f"<tr><td>{escape(str(row.label))}</td><td style='text-align:right'>{row.value:.6g}</td><td>{escape(str(row.unit))}</td></tr>"
            for row in shown.itertuples()
        )
        return f"<b>{escape(self.title)}</b> {escape(self.variant)}<table>{rows}</table>"

    def _table(self, name: str, categories: list[str]) -> pd.DataFrame | None:
        """A table of the root group; `categories` are columns whose names are an attribute. None when it is not there."""
        with self.reading(f"/{name}"), self._file() as file:
            if name not in file:
                return None
            table = file[name]
            rows = table[:]
            frame = pd.DataFrame({column: rows[column] for column in rows.dtype.names})
            for column in categories:
                names = [_text(text) for text in table.attrs[f"{column}_names"]]
                frame[column] = pd.Categorical.from_codes(frame[column], categories=names)
            return frame

    @cached_property
    def attribution(self) -> pd.DataFrame | None:
        """/attribution/parts: whose energy (J) and money it was, a row per pool and tenant; None in older files.

        `pool` is a category; it is missing for what no pool held. `tenant` is -1 for what was nobody's. The rows sum to
        the summary's facility energy and cost.
        """
        return self._table("attribution/parts", ["pool"])

    def attributed_requests(self) -> pd.DataFrame | None:
        """Of each request, all energy (J) and money that fell to it: columns like those of `attribution`, by `id`.

        Its own shares of steps, and of all else of its pool in proportion to them. A request that its client sent to
        several pools counts in the last one. With nobody's rows of `attribution`
        they sum to the bill. None when the run did not record its requests.
        """
        requests, parts = self.requests, self.attribution
        if requests is None or parts is None:
            return None
        reached = requests[requests["energy_j"] > 0].copy()
        own_j = {"prefill": reached["prefill_energy_j"], "decode": reached["energy_j"] - reached["prefill_energy_j"]}
        whole = reached["energy_j"].groupby([reached["pool"], reached["tenant"]], observed=True).transform("sum")
        rows = reached[["pool", "tenant"]].merge(parts, on=["pool", "tenant"], how="left").set_index(reached.index)
        result = reached[["id", "pool", "tenant"]].copy()
        for name in (column for column in parts.columns if column.endswith(("_j", self.summary.in_currency("_usd")))):
            own = own_j.get(name.rpartition("_")[0])
            if own is None:
                result[name] = rows[name] * reached["energy_j"] / whole
                continue
            sum_of_own = own.groupby([reached["pool"], reached["tenant"]], observed=True).transform("sum")
            result[name] = rows[name] * (own / sum_of_own.where(sum_of_own > 0)).fillna(0.0)
        return result

    @cached_property
    def provenance(self) -> Provenance:
        """/provenance: the scenario, what was overridden, and every figure with its source."""
        with self.reading("/provenance"), self._file() as file:
            group = file["provenance"]
            attributes: dict[str, Any] = {name: _plain(value) for name, value in group.attrs.items()}
            rows = group["figures"][:]
            figures = {name: [_plain(value) for value in rows[name]] for name in rows.dtype.names}
            return Provenance(
                title=attributes["title"],
                variant=attributes["variant"],
                seed=int(attributes["seed"]),
                idlewatt_version=attributes["idlewatt_version"],
                overrides=[_text(text) for text in attributes["overrides"]],
                scenario=_text(group["scenario"][()]),
                figures=pd.DataFrame(figures),
            )

    @contextlib.contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Turns what HDF5 and xarray raise on a damaged file into one line."""
        try:
            yield
        except (OSError, LookupError, ValueError, RuntimeError, TypeError, AttributeError, ArithmeticError) as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{self.path}: cannot read {what}: {reason}") from error

    def _file(self) -> h5py.File:
        try:
            return h5py.File(self.path, "r")
        except OSError as error:
            raise RunError(f"{self.path}: not an HDF5 file, or damaged") from error

    def _check(self, groups: set[str]) -> None:
        """Refuses what open() must not read."""
        has = self.attributes.keys()
        if {"summary", "file", "measure"} <= groups:
            raise RunError(f"{self.path}: is the index of several runs; open the files that it names")
        if "format_version" not in has or "complete" not in has or "timeseries" not in groups:
            raise RunError(f"{self.path}: not a result of idlewatt run")
        if self.attributes["format_version"] != seal.FORMAT:
            raise RunError(f"{self.path}: not a result of idlewatt run")
        if self.attributes["complete"] != 1 or "summary" not in groups:
            raise RunError(f"{self.path}: is incomplete: the run was stopped, or is still going; "
                           "`idlewatt recover` shows what is whole in it")


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _plain(value: object) -> object:
    """Texts as str, scalars of length 1 as scalars."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf":
        value = value.reshape(())[()]
    return _text(value) if isinstance(value, bytes) else value
