"""The bill of a finished run: its own to the last digit, others without simulating again, and clear refusals."""

import csv
import io
import json

import pytest
from support import copy_data, everything_in, idlewatt

SITE = "site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}"
EVERYTHING = """site:
  time_zone: America/Los_Angeles
  pue: [{load: 500 W, pue: 1.9}, {load: 5 kW, pue: 1.2}]
  electricity: {series: prices.csv, surcharge: 0.02 USD/kWh, repeat: true}
  carbon: {series: prices.csv, repeat: true}
  market_carbon: 300 g/kWh
  demand_charge: 18 USD/kW
  accounting_interval: 1 min
  ownership: {prices: {test-2: 20000 USD, test-4: 35000 USD}, lifetime: 4 y, interest: 8 %}
  embodied: {carbon: {test-2: 400 kg, test-4: 700 kg}, lifetime: 4 y}
  certificates: {share: 40 %, price: 4 USD/MWh}
  carbon_tax: {price: 90 USD/t, on: market}
  water: 1.8 l/kWh
  plant:
    peak: 300 W
    profile: [0,0,0,0,0,0,0.1,0.2,0.4,0.5,0.6,0.7,0.7,0.6,0.5,0.4,0.9,0.1,0,0,0,0,0,0]
    price: 1000 USD/kW
    lifetime: 25 y
    surplus: 0.03 USD/kWh
    carbon: 41 g/kWh"""
LINES = ["rent", "capital", "electricity", "demand", "plant", "surplus", "certificates", "carbon_tax"]


def hours_2023():
    rows = ["utc,ci_lca_g_kwh,price_usd_mwh"]
    for hour in range(364 * 24):
        rows.append(f"{day(hour // 24)} {hour % 24:02}:00:00+00:00,{100 + hour % 37},{(hour * 7) % 300 - 40}")
    return "\n".join(rows) + "\n"


def day(number):
    import datetime

    return datetime.date(2023, 1, 1) + datetime.timedelta(days=number)


def folder_with(tmp_path, site, owned=True):
    data = copy_data(tmp_path)
    text = (data / "single.yaml").read_text()
    assert SITE in text
    text = text.replace(SITE, site)
    if owned:
        text = text.replace("uplink: 100 Gbps}", "uplink: 100 Gbps, switch: 100 W, ownership: owned}")
    (data / "single.yaml").write_text(text)
    (data / "prices.csv").write_text(hours_2023())
    return data


def run(tmp_path, data, *arguments):
    result = idlewatt("run", data / "single.yaml", "-o", tmp_path / "out", "--json", *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["variants"][0]["summary"]


def bill(tmp_path, *arguments):
    result = idlewatt("bill", tmp_path / "out/run.h5", "--json", *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("site, owned", [(SITE, False), (SITE, True), (EVERYTHING, True), (EVERYTHING, False)])
def test_unchanged_it_is_the_run_to_the_last_digit(tmp_path, site, owned):
    data = folder_with(tmp_path, site, owned)
    summary = run(tmp_path, data)
    (data / "prices.csv").unlink()  # the hours of the run are kept in its file
    answer = bill(tmp_path)
    assert answer["summary"] == summary
    total = 0.0
    for line in answer["lines"]:
        assert line["usd"] == summary[line["name"] + "_usd"]
        total += line["usd"]
    assert [line["name"] for line in answer["lines"]] == LINES
    assert total == answer["total_usd"] == summary["cost_usd"]


def test_priced_again_is_simulated_again(tmp_path):
    data = folder_with(tmp_path, SITE)
    run(tmp_path, data)
    changes = ["--set", "site.electricity=0.23 USD/kWh", "--set", "site.pue=1.1", "--set", "site.demand_charge=9 USD/kW"]
    again = bill(tmp_path, *changes)
    assert again["summary"] == run(tmp_path, data, *changes)
    assert again["summary"]["electricity_usd"] == pytest.approx(0.23 * again["summary"]["facility_energy_kwh"])


def test_a_series_of_the_current_folder_prices_it_too(tmp_path):
    data = folder_with(tmp_path, SITE)
    run(tmp_path, data)
    answer = bill(tmp_path, "--set", "site.electricity={series: data/prices.csv, repeat: true}")
    # Five minutes on Monday, 2024-01-01: 52 weeks before, the 25th hour of the series.
    assert answer["summary"]["electricity_usd"] == pytest.approx(
        (24 * 7 - 40) / 1e3 * answer["summary"]["facility_energy_kwh"]
    )


def test_unit_economics(tmp_path):
    data = folder_with(tmp_path, SITE)
    summary = run(tmp_path, data)
    answer = bill(tmp_path, "--volume", "10M", "--scale-fleet", "--price-per-million", "2 USD", "--energy-saving", "15 %", "--tornado")
    per_request = summary["cost_usd"] / summary["requests_served"]
    assert answer["per_request"]["usd"] == pytest.approx(per_request)
    assert answer["month"]["usd"] == pytest.approx(1e7 * per_request)
    revenue = 2e-6 * summary["output_tokens"] / summary["requests_served"]
    assert answer["margin"]["margin_share"] == pytest.approx(1 - per_request / revenue)
    assert answer["cheaper_energy"]["undercut_share"] == pytest.approx(0.15)  # nothing but electricity on this bill
    price = next(swing for swing in answer["tornado"] if swing["name"] == "electricity")
    idle = next(swing for swing in answer["tornado"] if swing["name"] == "idle_waste")
    assert idle["low"].endswith(" kWh")
    assert price["low_usd"] == pytest.approx(0.8 * summary["cost_usd"])
    assert price["high_usd"] == pytest.approx(1.2 * summary["cost_usd"])


def test_csv_has_every_number(tmp_path):
    data = folder_with(tmp_path, SITE)
    summary = run(tmp_path, data)
    result = idlewatt("bill", tmp_path / "out/run.h5", "--csv", "--tornado", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    values = {(row["section"], row["name"]): row["value"] for row in rows}
    assert float(values["bill", "total"]) == summary["cost_usd"]
    assert ("tornado", "pue") in values


def test_the_table_names_what_is_on_the_bill(tmp_path):
    data = folder_with(tmp_path, EVERYTHING)
    run(tmp_path, data)
    text = idlewatt("bill", tmp_path / "out/run.h5", cwd=tmp_path).stdout
    for words in ("electricity from the grid", "demand charge", "own plant", "certificates", "carbon tax", "total"):
        assert words in text
    assert "rent " not in text
    table = idlewatt("run", data / "single.yaml", "-o", tmp_path / "out", cwd=tmp_path).stdout
    assert "demand charge" in table and "carbon tax" in table and "water" in table


def test_accounting_intervals_need_not_be_bins(tmp_path):
    """Meters are read when they are due, whatever the bins of the time series."""
    data = folder_with(tmp_path, SITE.replace("pue", "accounting_interval: 1 min, pue"))
    one = run(tmp_path, data)
    other = run(tmp_path, data, "--set", "sample_every=37 s")
    assert one == other


@pytest.mark.parametrize(
    "site, expected",
    [
        ("electricity: -0.1 USD/kWh", "`-0.1 USD/kWh` is negative"),
        ("electricity: nan USD/kWh", "is not a finite number"),
        ("electricity: {price: 0.1 USD/kWh, periods: [{price: .nan USD/kWh, hours: 1-2}]}", "does not begin with a number"),
        ("electricity: {series: gap.csv}", "gap.csv:3:1: an hour is missing between 2024-01-01 00:00 UTC and "),
        ("electricity: {series: twice.csv}", "twice.csv:3:1: 2024-01-01 00:00 UTC follows 2024-01-01 00:00 UTC"),
        ("electricity: {series: local.csv}", "local.csv:2:1: utc is `2024-01-01 00:00:00+01:00`"),
        ("electricity: {series: nan.csv}", "nan.csv:2:27: price_usd_mwh is `nan`"),
        ("electricity: {series: short.csv}", "short.csv lasts from 2023-12-31 23:00 UTC to 2024-01-01 00:00 UTC, the run"),
        ("electricity: {series: nothing.csv}", "there is no file"),
        ("electricity: {series: short.csv, column: price_eur_mwh}", "short.csv:1:1: has no column `price_eur_mwh`"),
        ("electricity: {series: short.csv, column: price}", "does not say its unit"),
        ("time_zone: Europe/Berln, electricity: 0.1 USD/kWh", "unknown time zone `Europe/Berln`"),
        ("electricity: {price: 0.1 USD/kWh, periods: [{price: 0.2 USD/kWh, hours: 9-17}]}", "no `time_zone`"),
    ],
)
def test_bad_input_is_one_line(tmp_path, site, expected):
    data = folder_with(tmp_path, "site: {pue: 1.5, carbon: 400 g/kWh, " + site + "}")
    head = "utc,price_usd_mwh\n"
    (data / "gap.csv").write_text(head + "2024-01-01 00:00:00+00:00,1\n2024-01-01 02:00:00+00:00,1\n")
    (data / "twice.csv").write_text(head + "2024-01-01 00:00:00+00:00,1\n2024-01-01 00:00:00+00:00,1\n")
    (data / "local.csv").write_text(head + "2024-01-01 00:00:00+01:00,1\n")
    (data / "nan.csv").write_text(head + "2024-01-01 00:00:00+00:00,nan\n")
    (data / "short.csv").write_text(head + "2023-12-31 23:00:00+00:00,1\n")
    before = everything_in(tmp_path)
    result = idlewatt("run", data / "single.yaml", "-o", tmp_path / "out", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == "" and result.stderr.count("\n") == 1, result.stderr
    assert expected in result.stderr, result.stderr
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["--set", "pools.chat.replicas.start=1"], "expected a path that begins with `site.`"),
        (["--set", "site.electricty=1 USD/kWh"], "did you mean `electricity`?"),
        (["--set", "site.electricity=1"], "has no unit"),
        (["--set", "site.accounting_interval=1 h"], "the meters of the run were read every 15 min"),
        (["--set", "site.electricity={series: none.csv}"], "there is no file `none.csv`"),
        (["--volume", "many"], "--volume: `many` is no number of requests"),
        (["--volume", "-3"], "--volume: `-3` is no number of requests"),
        (["--price-per-million", "0.6"], "--price-per-million: `0.6` has no unit"),
        (["--energy-saving", "150 %"], "more than the whole"),
        (["--spread", "10 %"], "`--spread` goes with `--tornado`"),
        (["--csv", "--json"], "only one of"),
        (["--by", "tennant"], "did you mean `tenant`?"),
        (["--by", "pool", "--tornado"], "`--by` does not go with `--tornado`"),
        (["--by", "pool", "--set", "site.pue=1.1"], "with another tariff, simulate again"),
    ],
)
def test_bad_questions_are_one_line(tmp_path, arguments, expected):
    run(tmp_path, folder_with(tmp_path, SITE))
    result = idlewatt("bill", tmp_path / "out/run.h5", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == "" and result.stderr.count("\n") == 1, result.stderr
    assert expected in result.stderr, result.stderr


def test_it_is_shared_out(tmp_path):
    summary = run(tmp_path, folder_with(tmp_path, SITE))
    for by, whose in (("pool", "chat"), ("tenant", "0"), ("model", "test-3b")):
        answer = bill(tmp_path, "--by", by)
        assert answer["by"] == by
        names = [share["name"] for share in answer["shares"]]
        assert names == [whose, "nobody"] or names == [whose]
        assert sum(share["requests"] for share in answer["shares"]) == summary["requests_served"]
        for amounts, total in (("energy_j", summary["facility_energy_kwh"] * 3.6e6), ("cost_usd", summary["cost_usd"])):
            assert sum(sum(share[amounts].values()) for share in answer["shares"]) == pytest.approx(total, rel=1e-9)
    text = idlewatt("bill", tmp_path / "out/run.h5", "--by", "pool", cwd=tmp_path).stdout.splitlines()
    assert all(name in text[1] for name in ("of kWh", "of USD"))
    assert text[1].split()[:4] == ["pool", "requests", "steps", "idle"]
    assert text[2].split()[0] == "chat" and "total" in "".join(text)
    printed = idlewatt("bill", tmp_path / "out/run.h5", "--by", "tenant", "--csv", cwd=tmp_path).stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert float(rows[0]["prefill_j"]) == bill(tmp_path, "--by", "tenant")["shares"][0]["energy_j"]["prefill"]


def test_files_that_are_no_result(tmp_path):
    (tmp_path / "text.h5").write_text("no HDF5")
    for name, expected in (("missing.h5", "no such file"), ("text.h5", "not an HDF5 file")):
        result = idlewatt("bill", tmp_path / name, cwd=tmp_path)
        assert result.returncode == 2 and expected in result.stderr and result.stderr.count("\n") == 1
