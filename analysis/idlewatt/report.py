"""A report of runs as one page of HTML that needs nothing else: no network, no other file."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import pathlib
import re
from collections.abc import Iterable, Sequence
from typing import Any
from html import escape

import numpy as np

from . import report_text, style
from .answer import fair, names_of
from .bill import bill
from .errors import RunError
from .fleet import pool_fleets
from .flows import energy_flows
from .latency import latencies
from .result import Run
from .shapes import label_of
from .stack import PowerStack, power_stack
from .table import measures_of, rows_of
from .waste_map import waste_map
from .words import headline

MOST_DETAILS = style.MOST_LINES
"""runs with charts of their own; of more, the rest stand in the table and against each other only"""
_MOST_BINS = 1440
_PAGE = pathlib.Path(__file__).with_name("page")
_SCRIPTS = ("base.js", "time.js", "charts.js", "main.js")


def page(runs: Sequence[Run], cost_notes: Sequence[str] = ()) -> str:
    """The page, of at least one run; `cost_notes` are sentences beside the costs. Raises RunError for runs that cannot be
    read."""
    names = names_of(runs)
    detailed = _with_series(runs)
    details = [_detail(index, runs[index]) for index in detailed]
    data = {
        "runs": [
            {"name": name, "fair": is_fair, "summary": {key: _finite(value) for key, value in run.summary.items()}}
            for run, name, is_fair in zip(runs, names, fair(runs))
        ],
        "measures": [
            {"name": name, "label": row["label"], "unit": row["unit"], "form": row["form"], "better": row["better"]}
            for name, row in measures_of(runs).iterrows()
        ],
        "details": details,
        "lines": [list(style.dashes(index)) for index in range(style.MOST_LINES)],
        **_looks(details),
    }
    script = "\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    table = rows_of(runs)
    parts = {
        "TITLE": escape(report_text.title_of(runs)),
        "SCRIPT_HASH": f"sha256-{digest}",
        "STYLE": (_PAGE / "page.css").read_text(encoding="utf-8") + _colours(),
        "PATTERNS": _patterns(),
        "BODY": report_text.body(runs, names, detailed, [_head(detail) for detail in details], table, cost_notes),
        "DATA": _embedded(data),
        "SCRIPT": script,
    }
    template = (_PAGE / "page.html").read_text(encoding="utf-8")
    return re.sub("@([A-Z_]+)@", lambda match: parts[match[1]], template)


def _with_series(runs: Sequence[Run]) -> list[int]:
    """The runs that get charts: the first ones, if there is anything to draw."""
    detailed = [index for index, run in enumerate(runs[:MOST_DETAILS]) if run.bin_edges_s.size >= 2]
    if not detailed:
        raise RunError(f"{runs[0].path}: its time series is empty: nothing to draw")
    return detailed


def _detail(index: int, run: Run) -> dict[str, Any]:
    """What the charts of one run need. Keys that begin with _ stay here."""
    full = power_stack(run)
    stack = full.coarser(_MOST_BINS)
    start = run.timeseries["time"].values[0].astype("datetime64[s]").astype(int)
    flows = energy_flows(run, full)
    return {
        "_stack": full,
        "_headline": headline(run, full.energy_kwh()),
        "_limits": run.limits_s,
        "run": index,
        "start": int(start),
        "edges": _edges(stack.edges_s),
        "layers": [{"key": _key(name), "w": _f8(watts)} for name, watts in stack.layers_w.items() if watts.any()],
        "arrivals": _f8(stack.arrivals_per_s),
        "fleets": [
            {
                "pool": fleet.pool,
                "edges": _edges(fleet.edges_s),
                "replicas": [{"state": _key(name), "count": _f8(count)} for name, count in fleet.replicas.items()],
                "running": _f8(fleet.running),
                "waiting": _f8(fleet.waiting),
            }
            for fleet in pool_fleets(run, _MOST_BINS)
        ],
        "flows": [{"source": _key(flow.source), "target": _key(flow.target), "kwh": flow.kwh} for flow in flows],
        "_places": {name: label_of(name) for flow in flows for name in (flow.source, flow.target)},
        "latencies": [
            {"name": one.name, "_label": one.label, "limits": one.limits_s,
             **{name: _f8(values) for name, values in zip(("seconds", "share"), one.slower_than())}}
            for one in latencies(run)
        ],  # fmt: skip
        "map": _map(run),
        "bill": _bill(run, full),
    }


def _map(run: Run) -> dict[str, Any] | None:
    found = waste_map(run)
    if found is None:
        return None
    most = float(found.idle_w.max()) if found.idle_w.size else 0.0
    levels = np.rint(255 * found.idle_w / most) if most > 0 else np.zeros_like(found.idle_w)
    coded = base64.b64encode(levels.astype(np.uint8).tobytes()).decode()
    return {"edges": _edges(found.edges_s), "names": found.names, "most": most, "levels": {"u1": coded}}


def _bill(run: Run, stack: PowerStack) -> dict[str, Any]:
    found = bill(run, stack)
    return {"edges": _f8(found.edges_s), "cost": _f8(found.cost), "carbon": _f8(found.carbon_kg),
            "_recorded": found.recorded, "currency": found.currency}  # fmt: skip


def _head(detail: dict[str, Any]) -> report_text.Head:
    """What the words beside the charts need."""
    return report_text.Head(
        headline=str(detail["_headline"]),
        arrivals_of=_arrivals(detail["_stack"]),
        latencies={one["name"]: one["_label"] for one in detail["latencies"]},
        bill_recorded=detail["bill"]["_recorded"],
        currency=detail["bill"]["currency"],
        has_map=detail["map"] is not None,
    )


def _arrivals(stack: PowerStack) -> bytes:
    """Equal for runs with the same arrivals, so that they are drawn once."""
    return hashlib.sha256(stack.edges_s.tobytes() + stack.arrivals_per_s.tobytes()).digest()


# ---- colours


def _looks(details: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Names of layers and states, which of them are hatched, and the layers under their headings."""
    stacks = [detail["_stack"] for detail in details]
    seen = [name for name in dict.fromkeys(name for stack in stacks for name in stack.layers_w)
            if any(name in stack.layers_w and stack.layers_w[name].any() for stack in stacks)]  # fmt: skip
    looks = _all_looks()
    names = {key: look.label for key, look in looks.items()}
    for detail in details:
        names |= {_key(name): label for name, label in detail["_places"].items()}
        names |= {f"r-{one['state']}": names.get(f"r-{one['state']}") or str(one["state"]).replace("_", " ")
                  for fleet in detail["fleets"] for one in fleet["replicas"]}  # fmt: skip
    groups = [[heading, [_key(name) for name in members]] for heading, members in style.groups(seen)]
    return {"names": names, "groups": groups, "hatched": [key for key, look in looks.items() if look.hatch]}


def _all_looks() -> dict[str, style.Look]:
    """Everything that is filled on the page, by the key of its colour."""
    looks = {_key(name): look for name, look in style.layers().items()}
    looks |= {f"r-{_key(name)}": look for name, look in style.replica_states().items()}
    looks["arrivals"] = style.Look("requests", "#8c8c8c", dark="#8c8c8c")
    looks["running"] = style.Look("running", "#bccad4", dark="#566874")
    looks["waiting"] = style.Look("waiting", "#cc79a7", dark="#cc79a7")
    return looks


def _colours() -> str:
    """CSS variables for light and dark: --c-<key> of areas, --h-<key> of hatches, --l-<number> of lines."""
    looks = _all_looks()

    def variables(dark: bool) -> str:
        entries = [f"--c-{key}:{look.dark if dark else look.colour}" for key, look in looks.items()]
        entries += [f"--h-{key}:{look.dark_hatch if dark else look.hatch_colour}" for key, look in looks.items() if look.hatch]
        lines = [style.look_of_line(index) for index in range(style.MOST_LINES)]
        entries += [f"--l-{index}:{look.dark if dark else look.colour}" for index, look in enumerate(lines)]
        return ";".join(entries)

    return f":root{{{variables(False)}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{variables(True)}}}}}\n"


_HATCHES = {
    "/": '<path d="M-2,2L2,-2M0,8L8,0M6,10L10,6"/>',
    "\\": '<path d="M-2,6L2,10M0,0L8,8M6,-2L10,2"/>',
    "x": '<path d="M0,8L8,0M0,0L8,8"/>',
    "-": '<path d="M0,2H8M0,6H8"/>',
    ".": '<path d="M2,2h.01M6,6h.01" stroke-linecap="round" stroke-width="2.2"/>',
}


def _patterns() -> str:
    return "\n".join(
        f'<pattern id="p-{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" style="fill:var(--c-{key})"/>'
        f'<g style="stroke:var(--h-{key});stroke-width:1.2;fill:none">{_HATCHES[look.hatch[0]]}</g></pattern>'
        for key, look in _all_looks().items()
        if look.hatch
    )


# ---- numbers


def _key(name: str) -> str:
    """A state's name as part of an identifier of CSS."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _f8(values: np.ndarray) -> dict[str, Any]:
    """Every digit: what is drawn adds up to the ledger's energy."""
    return {"f8": base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode()}


def _edges(edges_s: np.ndarray) -> dict[str, Any]:
    """Edges of equal bins, the last one possibly shorter, in short."""
    bins, step = edges_s.size - 1, float(edges_s[1])
    if np.array_equal(edges_s[:-1], np.arange(bins) * step):
        return {"bins": bins, "step": step, "end": float(edges_s[-1])}
    return _f8(edges_s)


def _without_private(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_private(item) for key, item in value.items() if not key.startswith("_")}
    return [_without_private(item) for item in value] if isinstance(value, list) else value


def _embedded(data: dict[str, Any]) -> str:
    """JSON that can stand within a script element: no name in it can end that, or begin a comment."""
    text = json.dumps(_without_private(data), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


