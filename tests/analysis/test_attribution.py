"""Whose energy and money it was: rows of /attribution/parts and single requests sum to the bill, and agree with the series."""

import os
import pathlib
import subprocess

import numpy as np
import pytest
import xarray as xr

import idlewatt
from idlewatt import report

SCENARIO = pathlib.Path(__file__).parents[2] / "scenarios" / "admission.yaml"
"""two pools, two tenants, rented servers, a pool larger than its fleet needs"""


@pytest.fixture(scope="module", params=["rented", "owned"])
def run(request, tmp_path_factory):
    program = os.environ.get("IDLEWATT_BINARY")
    if not program:
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")
    folder = tmp_path_factory.mktemp("attribution")
    # An hour that ends in the middle of steps.
    text = SCENARIO.read_text().replace("../workloads", str(SCENARIO.parent.parent / "workloads"))
    file = folder / "run.yaml"
    # A request that its client sends again may spend energy in two pools; its record has one.
    text = text.replace("    client: {timeout: 30 s, retries: 2}\n", "")
    file.write_text(text.replace("ownership: owned", f"ownership: {request.param}"))
    subprocess.run(
        [program, "run", file, "-o", folder, "--variant", "always", "--set", "requests=true"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return idlewatt.open(folder)[0]


def columns(frame, unit):
    return [name for name in frame.columns if name.endswith(unit)]


def test_the_parts_sum_to_the_bill(run):
    parts = run.attribution
    assert parts[columns(parts, "_j")].sum().sum() == pytest.approx(3.6e6 * run.summary["facility_energy_kwh"], rel=1e-12)
    assert parts[columns(parts, "_usd")].sum().sum() == pytest.approx(run.summary["cost_usd"], rel=1e-12)
    assert (parts[columns(parts, "_j") + columns(parts, "_usd")].values >= 0).all()
    assert parts["served"].sum() == run.summary["requests_served"]


def test_requests_and_nobody_sum_to_the_bill(run):
    requests, parts = run.attributed_requests(), run.attribution
    nobody = parts[parts["tenant"] == -1]
    for unit, whole in [("_j", 3.6e6 * run.summary["facility_energy_kwh"]), ("_usd", run.summary["cost_usd"])]:
        names = columns(parts, unit)
        total = requests[names].sum().sum() + nobody[names].sum().sum()
        assert total == pytest.approx(whole, rel=1e-9)
        tenants = requests.groupby(["pool", "tenant"], observed=True)[names].sum()
        rows = parts[parts["tenant"] != -1].set_index(["pool", "tenant"])[names]
        assert np.abs(tenants.values - rows.loc[tenants.index].values).max() <= 1e-9 * whole


def test_a_request_has_its_own_steps(run):
    parts = run.attributed_requests().set_index("id")
    requests = run.requests.set_index("id").loc[parts.index]
    assert parts["prefill_j"].values == pytest.approx(requests["prefill_energy_j"].values, rel=1e-9)
    decode = requests["energy_j"] - requests["prefill_energy_j"]
    assert parts["decode_j"].values == pytest.approx(decode.values, rel=1e-6, abs=1e-9)


def test_the_pools_have_what_the_series_say_of_their_accelerators(run):
    series, parts = run.timeseries, run.attribution
    energy = (series.power_w * xr.DataArray(np.diff(run.bin_edges_s), dims="time")).sum("time")
    for pool in series.pool.values:
        rows = parts[parts["pool"].isna()] if pool == "unassigned" else parts[parts["pool"] == pool]
        for names, states in {
            ("idle_j",): ["idle_empty", "idle_loaded", "parked", "failed", "off"],
            ("startup_j",): ["booting", "loading"],
            ("prefill_j", "decode_j", "lost_j"): ["prefill", "decode", "mixed"],
        }.items():
            expected = float(energy.sel(pool=pool, state=states).sum())
            assert rows[list(names)].sum().sum() == pytest.approx(expected, rel=1e-9, abs=1e-6), (pool, names)


def test_without_requests_there_are_none(small_runs):
    bare = [run for run in small_runs if run.requests is None]
    assert all(run.attributed_requests() is None for run in bare)
    assert all(run.attribution is not None for run in small_runs)


def test_money_is_named_by_its_currency(tmp_path):
    program = os.environ.get("IDLEWATT_BINARY")
    if not program:
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")
    (tmp_path / "s.yaml").write_text("""title: in euros
horizon: 10 min
requests: true
traffic:
  - {source: t.csv, model: llama-3-8b}
site: {pue: 1.5, electricity: 0.30 EUR/kWh, carbon: 400 g/kWh}
racks: [{servers: 1 x hgx-a100-80, uplink: 100 Gbps, ownership: owned}]
pools:
  chat: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, replicas: {start: 1, min: 1, max: 1}}
""")
    (tmp_path / "t.csv").write_text("arrival_s,prompt_tokens,output_tokens\n1,100,50\n2,100,50\n")
    subprocess.run([program, "run", tmp_path / "s.yaml", "-o", tmp_path / "out"], check=True, capture_output=True)
    run = idlewatt.open(tmp_path / "out")[0]
    assert run.summary.currency == "EUR"
    assert run.summary.money("cost_usd") == run.summary["cost_eur"] > 0
    parts, requests = run.attribution, run.attributed_requests()
    assert not columns(parts, "_usd") and not columns(requests, "_usd")
    assert parts[columns(parts, "_eur")].sum().sum() == pytest.approx(run.summary["cost_eur"], rel=1e-12)
    assert len(columns(requests, "_eur")) == len(columns(parts, "_eur"))
    assert report.bill(run).cost[-1] == pytest.approx(run.summary["cost_eur"], rel=1e-9)
    page = report.page([run])
    assert "Cost so far (EUR)" in page and "EUR, " in page
    assert "USD" not in page.split('id="figures"')[0], "the catalogue's own figures are in dollars"
    table = subprocess.run([program, "bill", run.path, "--by", "tenant"], capture_output=True, text=True)
    assert table.returncode == 0 and "EUR" in table.stdout and "USD" not in table.stdout, table.stdout + table.stderr
