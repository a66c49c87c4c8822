"""What runs say, in a sentence or two: computed from their summaries."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .result import Run
from .words import duration, number, one_line, percent

Text = list[tuple[str, bool]]
"""pieces of a paragraph; True: a name or the answer itself, to be set off"""

FAIR_SHARE = 0.99
"""who answers fewer requests than this share of the best is no match: it saves what it did not do"""
_SLO_TOLERANCE = 0.005
"""of all requests; less within limits than the first run by more than this is worse service"""


def answered_share(run: Run) -> float:
    """Of the requests that came in: answered by a replica or a cache."""
    summary = run.summary
    answered = summary["requests_served"] + summary.get("requests_cached", 0.0)
    return answered / summary["requests_in"] if summary["requests_in"] > 0 else math.nan


def fair(runs: Sequence[Run]) -> list[bool]:
    """Which runs answered about as many requests as the best of them."""
    shares = [answered_share(run) for run in runs]
    best = max((share for share in shares if not math.isnan(share)), default=math.nan)
    return [not share < FAIR_SHARE * best for share in shares]


def same_traffic(runs: Sequence[Run]) -> bool:
    """Whether totals may be compared."""
    return len({(run.summary["requests_in"], run.summary["horizon_s"]) for run in runs}) <= 1


def names_of(runs: Sequence[Run]) -> list[str]:
    """A short name for each run, different for all: variants, else with the seed, what was set, or the file."""
    names = [one_line(run.variant or run.title, 60) if (run.variant or run.title) else run.path.stem for run in runs]
    for more in (
        lambda run: f"seed {run.provenance.seed}",
        lambda run: ", ".join(run.provenance.overrides),
        lambda run: run.path.parent.name + "/" + run.path.stem,
        lambda run: str(run.path),
    ):
        if len(set(names)) == len(names):
            break
        twice = {name for name in names if names.count(name) > 1}
        extras = [one_line(more(run), 60) for run in runs]
        if len({(name, extra) for name, extra in zip(names, extras)}) > len(set(names)):
            names = [f"{name} ({extra})" if name in twice else name for name, extra in zip(names, extras)]
    return names


def answer(runs: Sequence[Run], names: Sequence[str]) -> list[Text]:
    """Paragraphs: what the first run cost and how much of it was waiting; what another would have saved, at what price."""
    first = _first(runs[0], names[0] if len(runs) > 1 else "")
    return _choice(runs, names) + [first] + (_others(runs, names) if len(runs) > 1 else [])


def meets_slo(run: Run) -> bool | None:
    """Whether 99 % of the requests were answered, and each latency's 99th percentile is within the strictest limit of
    the run's traffic, as `idlewatt run` says; None without limits."""
    if not run.limits_s:
        return None
    within = [run.summary[f"{latency}_s_p99"] < min(limits) for latency, limits in run.limits_s.items()]
    return all(within) and answered_share(run) >= FAIR_SHARE


def _choice(runs: Sequence[Run], names: Sequence[str]) -> list[Text]:
    """Who meets the SLO, and which of those costs least."""
    verdicts = [meets_slo(run) for run in runs]
    if all(verdict is None for verdict in verdicts):
        return []
    if len(runs) == 1:
        return [[("It meets its SLO." if verdicts[0] else "It misses its SLO.", True)]]
    meeting = [index for index, verdict in enumerate(verdicts) if verdict]
    if not meeting:
        return [[("None meets its SLO.", True)]]
    if len({run.summary.currency for run in runs}) > 1:
        return [[("The runs are priced in several currencies, so their costs are not compared.", True)]]
    whole = same_traffic(runs)

    def by(measure: str) -> list[int]:
        def value(index: int) -> tuple[float, float]:
            summary = runs[index].summary
            amount = summary.money(measure) / (1.0 if whole else answered_share(runs[index]) * summary["requests_in"])
            return amount, summary["facility_energy_kwh"]

        return sorted(meeting, key=value)

    cheapest, *others = by("cost_usd")
    text: Text = [("Choose ", False), (names[cheapest], True)]
    if not others:
        return [text + [(": the only one that meets its SLO.", False)]]
    frugal, cleanest = by("facility_energy_kwh")[0], by("carbon_kg")[0]
    merits = ["cheapest"] + ["most frugal"] * (frugal == cheapest) + ["cleanest"] * (cleanest == cheapest)
    text += [(f": of the {len(meeting)} that meet their SLO the {' and '.join([', '.join(merits[:-1])] * (len(merits) > 1) + merits[-1:])}", False)]
    more = runs[others[0]].summary.money("cost_usd") / runs[cheapest].summary.money("cost_usd") - 1 if whole else math.nan
    if math.isfinite(more):
        dearer = "as much" if more < 5e-4 else f"{percent(more)} more"
        text += [("; ", False), (names[others[0]], True), (f", the next, costs {dearer}", False)]
    for word, index in [("most frugal", frugal), ("cleanest", cleanest)]:
        if index != cheapest:
            text += [(f"; the {word} is ", False), (names[index], True)]
    return [text + [(".", False)]]


def _first(run: Run, name: str) -> Text:
    summary = run.summary
    text: Text = [(f"Of {number(summary['facility_energy_kwh'])} kWh", True)]
    if name:
        text += [(" that ", False), (name, True), (" used", False)]
    text += [(f", {percent(summary['idle_waste_share'])} was waiting", True)]
    text += [(": powered hardware without work for any request.", False)]
    if summary["requests_in"] == 0:
        return text + [(" Not a single request came in.", False)]
    text += [(f" It answered {percent(answered_share(run))} of {summary['requests_in']:,.0f} requests", False)]
    if math.isfinite(summary["slo_share"]):
        text += [(f", {percent(summary['slo_share'])} within their limits", False)]
    text += [(f"; TTFT p99 {duration(summary['ttft_s_p99'])}", False)]
    text += [(f", {number(summary.money('cost_usd'))} {summary.currency}, {number(summary['carbon_kg'])} kg of CO2.", False)]
    bound = summary.get("lower_bound_kwh", math.nan)
    if not name and bound > 0:
        text += [(f" No policy could serve them on this hardware with less than {number(bound)} kWh.", False)]
    return text


def _others(runs: Sequence[Run], names: Sequence[str]) -> list[Text]:
    if not same_traffic(runs):
        return [[("The runs differ in traffic or length, so their totals are not compared.", False)]]
    if not runs[0].summary["facility_energy_kwh"] > 0:
        return []
    matches = [index for index, is_fair in enumerate(fair(runs)) if is_fair and index > 0]
    if not fair(runs)[0]:
        return [[("Others answered clearly more requests, so what it used is not compared with theirs.", False)]]
    if not matches:
        return [[("No other run answered as many requests, so none is compared with it.", False)]]
    best = min(matches, key=lambda index: runs[index].summary["facility_energy_kwh"])
    paragraphs = [_against(runs, names, best)]
    served_well = [index for index in matches if not _serves_worse(runs[0], runs[index])]
    if _saves(runs[0], runs[best]) > 0 and best not in served_well:
        kept = min(served_well, key=lambda index: runs[index].summary["facility_energy_kwh"], default=None)
        within = percent(runs[0].summary["slo_share"])
        if kept is None or _saves(runs[0], runs[kept]) <= 0:
            paragraphs.append([(f"None saves energy and keeps as many requests within their limits ({within}).", False)])
        else:
            paragraphs.append([("Of those that keep as many within their limits: ", False)] + _against(runs, names, kept))
    return paragraphs


def _against(runs: Sequence[Run], names: Sequence[str], index: int) -> Text:
    here, there = runs[0].summary, runs[index].summary
    saved = _saves(runs[0], runs[index])
    kwh = number(abs(saved) * here["facility_energy_kwh"])
    text: Text = [(names[index], True)]
    if saved > 0:
        text += [(f" would have saved {kwh} kWh", True), (f" ({percent(saved)})", False)]
    else:
        text += [(f" comes nearest, and needs {kwh} kWh more", False)]
    text += [(f": TTFT p99 {duration(there['ttft_s_p99'])} against {duration(here['ttft_s_p99'])}", False)]
    if math.isfinite(there["slo_share"]) and math.isfinite(here["slo_share"]):
        text += [(f", {percent(there['slo_share'])} of requests within their limits against ", False)]
        text += [(percent(here["slo_share"]), False)]
    other = "" if here.currency == there.currency else f" {here.currency}"
    return text + [(f", {number(there.money('cost_usd'))} {there.currency} against {number(here.money('cost_usd'))}{other}.", False)]


def _saves(first: Run, other: Run) -> float:
    """As a share of the first run's energy."""
    return 1 - other.summary["facility_energy_kwh"] / first.summary["facility_energy_kwh"]


def _serves_worse(first: Run, other: Run) -> bool:
    return other.summary["slo_share"] < first.summary["slo_share"] - _SLO_TOLERANCE
