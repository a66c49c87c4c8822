"""The words of the report: headings, the answer, the table, what it rests on. All that users named is escaped."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from .answer import answer
from .result import Run
from .table import GROUPS, Row
from .words import one_line

MOST_COLUMNS = 6
"""of runs beside each other in the table; more are rows"""


@dataclass(frozen=True)
class Head:
    """What is said of a run that has charts."""

    headline: str
    arrivals_of: bytes
    """the same for runs with the same arrivals"""
    latencies: dict[str, str]
    """name -> label"""
    bill_recorded: bool
    currency: str
    """of its money"""
    has_map: bool


_LENGTHS = ((86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))


def title_of(runs: Sequence[Run]) -> str:
    """The scenario's title, or how many there are."""
    titles = list(dict.fromkeys(one_line(run.title, 120) for run in runs))
    return titles[0] if len(titles) == 1 else f"{len(runs)} runs of {len(titles)} scenarios"


def body(runs: Sequence[Run], names: Sequence[str], detailed: Sequence[int], heads: Sequence[Head], rows: list[Row],
         cost_notes: Sequence[str] = ()) -> str:
    """Everything between the body tags but the script. `cost_notes` stand below the answer."""
    shown = [names[index] for index in detailed]
    parts = [
        _header(runs, names, len(detailed), cost_notes),
        _power(shown, heads),
        _fleet(shown),
        _flow(shown),
        _latency(heads),
        _map(shown) if any(head.has_map for head in heads) else "",
        _bill(heads),
        _comparison(names, rows),
        _pareto(runs, rows) if len(runs) > 1 else "",
        _scenarios(runs, names),
        _figures(runs),
        f"<footer>Made by idlewatt report from {_listed([run.path.name for run in runs])}. "
        "Nothing on this page comes from a network.</footer>",
    ]
    return "\n".join(part for part in parts if part)


def _header(runs: Sequence[Run], names: Sequence[str], charts: int, cost_notes: Sequence[str]) -> str:
    paragraphs = "".join(
        "<p>" + "".join(f"<strong>{_kept(text)}</strong>" if strong else _kept(text) for text, strong in paragraph) + "</p>"
        for paragraph in answer(runs, names)
    )
    notes = "".join(f'<p class="note">{escape(text)}</p>' for text in cost_notes)
    sections = [("power", "Power"), ("fleet", "Replicas"), ("flow", "Energy"), ("latency", "Latency"), ("map", "Servers"),
                ("bill", "Cost, carbon"), ("table", "All numbers")]  # fmt: skip
    sections += [("pareto", "Trade-offs")] * (len(runs) > 1) + [("scenario", "Scenario"), ("figures", "Sources")]
    links = "".join(f'<a href="#{name}">{text}</a>' for name, text in sections)
    seconds = runs[0].summary["horizon_s"]
    length = next((f"{seconds / one:.3g} {name}" for one, name in _LENGTHS if seconds > 1.01 * one), f"{seconds:.3g} s")
    note = f"Charts of the first {charts} of {len(runs)} runs; the others are in the table and the trade-offs. " if charts < len(runs) else ""
    return (
        f"<header><h1>{escape(title_of(runs))}</h1>"
        f'<p class="soft">Simulated {length}{f", {len(runs)} runs" if len(runs) > 1 else ""}; times are UTC. {note}</p>'
        f'<div class="answer">{paragraphs}</div>{notes}<nav class="no-print" aria-label="sections">{links}</nav>'
        '<noscript><p class="note">The charts need JavaScript, which stands in this file; the numbers below do not.</p></noscript>'
        "</header>"
    )


def _kept(text: str) -> str:
    """Escaped; numbers stay on a line with their units."""
    return re.sub(r"(?<=\d) (?=(%|kWh|[A-Z]{3}|kg|ms|s|min)\b|%)", "\u00a0", escape(text))


def _section(name: str, heading: str, intro: str, content: str, long: bool = False) -> str:
    return (f'<section id="{name}"{" class=long" if long else ""}><h2>{heading}</h2>'
            f'{f"<p class=note-text>{intro}</p>" if intro else ""}{content}</section>')  # fmt: skip


_WHOLE = '<button class="whole no-print" hidden>show the whole run</button>'


def _picker(shown: Sequence[str]) -> str:
    if len(shown) == 1:
        return f'<div class="controls">{_WHOLE}</div>'
    options = "".join(f'<option value="{index}">{escape(name)}</option>' for index, name in enumerate(shown))
    return (f'<div class="controls"><label class="no-print">Run: <select class="pick">{options}</select></label>'
            f'<b class="chosen only-print">{escape(shown[0])}</b>{_WHOLE}</div>')  # fmt: skip


def _power(shown: Sequence[str], heads: Sequence[Head]) -> str:
    content = [f'<div class="legends"></div><div class="controls">{_WHOLE}</div>']
    same = len({head.arrivals_of for head in heads}) == 1
    arrivals = "<h3>Requests arriving per second</h3><div class=plot data-chart=\"arrivals-{}\"></div>"
    if same:
        content.append(arrivals.format(0))
    for index, (name, head) in enumerate(zip(shown, heads)):
        if not same:
            content.append(f"<h3>{escape(name)}</h3>" + arrivals.format(index))
        content.append(f'<div class="keep"><div class="run-head"><span><b>{escape(name)}</b>: power (kW)</span><span>{escape(head.headline)}</span></div>'
                       f'<div class="plot" data-chart="power-{index}"></div></div>')  # fmt: skip
    intro = (
        "Blue is hardware with work; orange, yellow and hatched is hardware that is powered and waits; grey is what servers, "
        "network and cooling add. Areas are energies. Drag over a chart to look closer, at all charts at once; a double "
        "click shows everything again."
    )
    return _section("power", "Power over time", intro, "".join(content), long=True)


def _fleet(shown: Sequence[str]) -> str:
    intro = "What the replicas did, below the requests that asked for them."
    return _section("fleet", "Replicas and demand", intro, f'{_picker(shown)}<div class="body"></div>', long=True)


def _flow(shown: Sequence[str]) -> str:
    intro = ("From the meter to what it did, in proportion. Hatched bands are idle waste; their share of cooling is within "
             "the cooling.")  # fmt: skip
    return _section("flow", "Where the energy went", intro, f'{_picker(shown)}<div class="plot" data-chart="flow"></div>')


def _latency(heads: Sequence[Head]) -> str:
    labels: dict[str, str] = {}
    for head in heads:
        labels |= head.latencies
    if not labels:
        return _section("latency", "Latency", "", '<p class="note">No request was served, or the file is of an older version: there are no latencies.</p>')
    plots = "".join(
        f'<div class="keep"><h3>{escape(label[:1].upper() + label[1:])}</h3>'
        f'<div class="plot" data-latency="{escape(name)}" data-chart="latency-{escape(name)}" data-label="{escape(label)}"></div></div>'
        for name, label in labels.items()
    )
    intro = ("The share of served requests that took at least so long: the lower a line is at the limit, the better. Both axes "
             "are logarithmic.")  # fmt: skip
    return _section("latency", "Latency", intro, f'<div class="legends"></div><div class="two">{plots}</div>', long=True)


def _map(shown: Sequence[str]) -> str:
    intro = "Power that each server drew without work, its share of fans, power supply and host included. The key below says how much; empty is none."
    return _section("map", "Idle waste by server", intro,
                    f'{_picker(shown)}<div class="key"></div><div class="plot" data-chart="map"></div>')  # fmt: skip


def _bill(heads: Sequence[Head]) -> str:
    intro = (
        "What had been spent by then, as recorded."
        if all(head.bill_recorded for head in heads)
        else "What had been spent by then. Electricity and carbon follow the power; rent follows the time that hardware is powered."
    )
    currencies = escape(" and ".join(sorted({head.currency for head in heads})))
    content = (
        '<div class="legends"></div><div class="two">'
        f'<div><h3>Cost so far ({currencies})</h3><div class="plot" data-chart="cost"></div></div>'
        '<div><h3>Carbon so far (kg of CO2 equivalent)</h3><div class="plot" data-chart="carbon"></div></div></div>'
    )
    return _section("bill", "Cost and carbon", intro, content)


# ---- the table


def _comparison(names: Sequence[str], rows: list[Row]) -> str:
    by_rows = len(names) > MOST_COLUMNS
    table = _runs_as_rows(names, rows) if by_rows else _runs_as_columns(names, rows)
    marks = "✓ marks the best of a measure, where that is a fair thing to say. A click on a measure sorts the runs by it. "
    intro = marks if len(names) > 1 else ""
    meanings = "".join(
        f'<div class="{_more(row).strip()}"><dt>{escape(row.label)}</dt><dd>{escape(row.meaning)}</dd></div>' for row in rows
    )
    controls = '<div class="controls no-print"><label><input type="checkbox" class="all"> every measure</label></div>'
    return _section("table", "All numbers", intro, f'{controls}<div class="scroll">{table}</div><details><summary>What the '
                    f'measures mean</summary><dl class="meanings">{meanings}</dl></details>', long=True)  # fmt: skip


def _value(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""


def _more(row: Row) -> str:
    return "" if row.headline else " more"


def _cell(row: Row, index: int, more: str = "") -> str:
    classes = (" best" if row.best[index] else "") + more
    named = f' class="{classes.strip()}"' if classes else ""
    return f'<td{named} data-v="{_value(row.values[index])}">{escape(row.cells[index])}</td>'


def _button(row: Row, sortable: bool) -> str:
    text = escape(row.label)
    return f'<button class="sort" title="{escape(row.meaning)}">{text}</button>' if sortable else (
        f'<span title="{escape(row.meaning)}">{text}</span>')  # fmt: skip


def _runs_as_columns(names: Sequence[str], rows: list[Row]) -> str:
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in names)
    lines, group = [], None
    for row in rows:
        if row.group != group:
            group = row.group
            more = "" if any(other.headline for other in rows if other.group == group) else " more"
            lines.append(f'<tr class="group{more}"><th colspan="{len(names) + 2}">{escape(GROUPS.get(group, group))}</th></tr>')
        cells = "".join(_cell(row, index) for index in range(len(names)))
        lines.append(f'<tr class="measure{_more(row)}"><th scope=row>{_button(row, len(names) > 1)}</th>'
                     f'<td class="unit">{escape(row.unit)}</td>{cells}</tr>')  # fmt: skip
    return (f'<table class="compare"><thead><tr><th>measure</th><td></td>{head}</tr></thead>'
            f'<tbody>{"".join(lines)}</tbody></table>')  # fmt: skip


def _runs_as_rows(names: Sequence[str], rows: list[Row]) -> str:
    head = "".join(
        f'<th scope=col class="{_more(row).strip()}">{_button(row, True)}{f"<br>{escape(row.unit)}" if row.unit else ""}</th>'
        for row in rows
    )
    lines = "".join(
        f"<tr><th scope=row>{escape(name)}</th>{''.join(_cell(row, index, _more(row)) for row in rows)}</tr>"
        for index, name in enumerate(names)
    )
    return (f'<table class="compare runs-are-rows"><thead><tr><th>run</th>{head}</tr></thead>'
            f"<tbody>{lines}</tbody></table>")  # fmt: skip


def _pareto(runs: Sequence[Run], rows: list[Row]) -> str:
    def options(chosen: str) -> str:
        return "".join(
            f'<option value="{escape(row.name)}"{" selected" if row.name == chosen else ""}>{escape(row.label)}</option>'
            for row in rows
            if row.name == chosen or (row.headline and row.group != "requests")
        )

    intro = (
        "Each point is a run; left and below is better for what should be low. The broken line joins the runs that no other "
        "beats in both. Hollow points answered clearly fewer requests and do not count."
    )
    selects = (
        f'<div class="controls"><label>across: <select>{options("facility_energy_kwh")}</select></label>'
        f'<label>up: <select>{options("ttft_s_p99")}</select></label></div>'
    )
    return _section("pareto", "Trade-offs", intro, f'{selects}<div class="plot" data-chart="pareto"></div>')


# ---- what it rests on


def _scenarios(runs: Sequence[Run], names: Sequence[str]) -> str:
    texts: dict[str, list[int]] = {}
    for index, run in enumerate(runs):
        texts.setdefault(run.provenance.scenario, []).append(index)
    parts = []
    for text, users in texts.items():
        whose = "" if len(texts) == 1 else f" of {escape(_listed([names[index] for index in users]))}"
        parts.append(f"<details{' open' if len(texts) == 1 else ''}><summary>The scenario file{whose}</summary><pre>{escape(text)}</pre></details>")
    lines = []
    for name, run in zip(names, runs):
        changes = "".join(f"<li><code>{escape(change)}</code></li>" for change in run.provenance.overrides)
        lines.append(
            f"<tr><td>{escape(name)}</td><td>{run.provenance.seed}</td><td>{escape(run.provenance.idlewatt_version)}</td>"
            f"<td>{escape(run.path.name)}</td><td>{f'<ul>{changes}</ul>' if changes else 'nothing'}</td></tr>"
        )
    layouts = [f"{escape(name)}, {line}" if len(runs) > 1 else line for name, run in zip(names, runs) for line in _layouts(run)]
    layout = f"<p>Layout of replicas on accelerators: {'; '.join(dict.fromkeys(layouts))}.</p>" if layouts else ""
    table = ('<div class="scroll"><table class="figures"><thead><tr><th>run</th><th>seed</th><th>version</th><th>file</th>'
             f"<th>set by variant or command line</th></tr></thead><tbody>{''.join(lines)}</tbody></table></div>")  # fmt: skip
    return _section("scenario", "Scenario", "", layout + table + "".join(parts), long=True)


def _layouts(run: Run) -> list[str]:
    """A line for each pool whose replicas have several accelerators: "chat: tensor 8, expert 8, 8 accelerators a replica"."""
    degrees: dict[str, dict[str, float]] = {}
    for row in run.provenance.figures.itertuples():
        if match := re.fullmatch(r"pools\.(.+)\.parallelism\.([a-z_]+)", str(row.path)):
            degrees.setdefault(match[1], {})[match[2]] = float(row.value)
    lines = []
    for pool, of_pool in degrees.items():
        count = math.prod(of_pool.get(name, 1) for name in ("tensor", "pipeline", "data_attention", "context"))
        said = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in of_pool.items())
        lines.append(f"{escape(pool)}: {said}, {count:g} accelerators a replica")
    return lines


def _figures(runs: Sequence[Run]) -> str:
    table = pd.concat([run.provenance.figures for run in runs])
    table = table[~table.duplicated(["path", "value"])]
    assumed = table["status"] == "assumed"
    count = f"{int(assumed.sum())} of the {len(table)} numbers that this rests on are assumed"
    lines = "".join(
        f'<tr{" class=assumed" if row.status == "assumed" else ""}><td>{escape(str(row.path))}</td>'
        f"<td>{row.value:.6g}</td><td>{escape(str(row.unit))}</td>"
        f'<td>{"<span class=badge>assumed</span>" if row.status == "assumed" else escape(str(row.status))}</td>'
        f"<td>{escape(str(row.source))}</td></tr>"
        for row in table.itertuples()
    )
    content = (
        f'<details><summary>{count}: all of them, with their sources</summary><div class="scroll"><table class="figures">'
        "<thead><tr><th>number</th><th>value</th><th>unit</th><th>status</th><th>source</th></tr></thead>"
        f"<tbody>{lines}</tbody></table></div></details>"
    )
    intro = (
        "Measured: on the machine itself. Published: by its maker or another source. Derived: computed from those. Assumed: "
        "somebody's judgement, and marked. The simulator's bookkeeping is exact; these are where a result can be off."
    )
    return _section("figures", "What the numbers rest on", intro, content, long=True)


def _listed(items: Sequence[str], most: int = 12) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
