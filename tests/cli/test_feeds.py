"""Prices and carbon intensities as their publishers write them: read to the right value at the right time, or refused."""

import csv
import io

import pytest
from support import cases, copy_data, idlewatt

FEEDS = cases("feeds")
needs_cases = pytest.mark.skipif(FEEDS is None, reason="no ../shared/cases/feeds")

# folder, file, expected table, options, units of the expected table's unit in the printed one
CASES = [
    ("electricitymaps-csv", "SE_2024_hourly.csv", "expected.csv", [], 1),
    ("electricitymaps-csv", "SE_2024_hourly.csv", "expected_direct.csv", ["--kind", "direct"], 1),
    ("entsoe-day-ahead", "GUI_ENERGY_PRICES_202510252200-202510262300.csv", "expected.csv", [], 1000),
    ("caiso-oasis-lmp", "20250401_20250402_PRC_LMP_DAM_20250815_10_16_40_v12.csv", "expected.csv", [], 1000),
    ("eia-930-balance", "EIA930_BALANCE_2024_Jul_Dec.csv", "expected.csv",
     ["--area", "ERCO", "--as", "carbon", "--factor", "coal=1000 g/kWh", "--factor", "natural gas=430 g/kWh",
      "--factor", "petroleum=800 g/kWh"], 1),
    ("nord-pool", "DayAheadPrices.json", "expected.csv", ["--area", "SE3"], 1000),
    ("nord-pool", "auction-prices.csv", "expected.csv", ["--area", "SE3"], 1000),
    ("octopus-agile", "standard-unit-rates.json", "expected.csv", [], 1),
    ("open-meteo", "open-meteo-52.52N13.42E38m.csv", "expected.csv", [], 1),
    ("opennem", "nsw1_7d.json", "expected.csv", [], 1000),
    ("uk-carbon-intensity", "intensity.json", "expected.csv", [], 1),
    ("watttime", "historical.json", "expected.csv", [], 1),
    ("watttime", "CAISO_NORTH_2020-03_MOER.csv", "expected.csv", [], 1),
]


def read(path, *options, cwd):
    result = idlewatt("feed", path, "--csv", *options, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return {row["start_utc"]: row for row in csv.DictReader(io.StringIO(result.stdout))}


@needs_cases
@pytest.mark.parametrize("folder, name, table, options, scale", CASES)
def test_a_published_file_is_read_as_its_writer_means_it(folder, name, table, options, scale, tmp_path):
    found = read(FEEDS / folder / name, *options, cwd=tmp_path)
    expected = list(csv.DictReader((FEEDS / folder / table).open()))
    expected = [row for row in expected if row.get("source", name) == name]
    assert expected
    for row in expected:
        start = row.get("start_utc") or row["time_utc"]
        value = row.get("value") if "value" in row else row["temperature_c"]
        if value:
            assert float(found[start]["value"]) * scale == pytest.approx(float(value), rel=1e-6, abs=1e-9), start
        else:
            assert found.get(start, {"value": ""})["value"] == "", start
        if "end_utc" in row and start in found:
            assert found[start]["end_utc"] == row["end_utc"]
        if "unit" in row:
            assert found.get(start, next(iter(found.values())))["unit"].split("/")[0] == row["unit"].split("/")[0]


@needs_cases
def test_what_was_recognised_is_said_in_one_line(tmp_path):
    result = idlewatt("feed", FEEDS / "uk-carbon-intensity" / "intensity.json", cwd=tmp_path)
    assert "UK Carbon Intensity" in result.stdout and "2 of 6 half hours are forecasts" in result.stdout
    result = idlewatt("feed", FEEDS / "watttime" / "historical.json", cwd=tmp_path)
    assert "marginal intensity" in result.stdout
    result = idlewatt("feed", FEEDS / "entsoe-day-ahead" / "GUI_ENERGY_PRICES_202510252200-202510262300.csv", cwd=tmp_path)
    assert "Sequence 1" in result.stdout and "EUR/kWh" in result.stdout


def scenario_with(tmp_path, site, owned=True, start="2026-03-29T00:00Z", horizon="30 min"):
    data = copy_data(tmp_path)
    text = (data / "single.yaml").read_text()
    text = text.replace("site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}", site)
    if owned:
        text = text.replace("uplink: 100 Gbps}", "uplink: 100 Gbps, ownership: owned}")
    lines = [line for line in text.splitlines() if not line.startswith(("start:", "horizon:"))]
    (data / "single.yaml").write_text("\n".join(lines + [f"start: {start}", f"horizon: {horizon}"]) + "\n")
    return data / "single.yaml"


AGILE = """{"count": 2, "next": null, "previous": null, "results": [
 {"value_exc_vat": 10.0, "value_inc_vat": 10.5, "valid_from": "2026-03-29T00:30:00Z", "valid_to": "2026-03-29T01:00:00Z"},
 {"value_exc_vat": 20.0, "value_inc_vat": 21.0, "valid_from": "2026-03-29T00:00:00Z", "valid_to": "2026-03-29T00:30:00Z"}]}"""


def test_a_bill_is_in_the_currency_of_its_prices(tmp_path):
    """20 and 10 pence, a half hour each: the price of the run is their mean."""
    import json

    path = scenario_with(tmp_path / "x", "site: {pue: 1.0, electricity: {series: agile.json}, carbon: 400 g/kWh}", horizon="1 h")
    (path.parent / "agile.json").write_text(AGILE)
    result = idlewatt("run", path, "-o", tmp_path / "out", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    summary = answer["variants"][0]["summary"]
    assert "cost_gbp" in summary and "cost_usd" not in summary
    assert 0.10 < summary["electricity_gbp"] / summary["facility_energy_kwh"] < 0.20
    assert any("Octopus" in note for note in answer["notes"])
    assert any("leaves out the purchase" in note and "... GBP}" in note and "USD" not in note for note in answer["notes"])
    file = answer["variants"][0]["file"]
    bill = json.loads(idlewatt("bill", file, "--json", cwd=tmp_path).stdout)
    assert bill["currency"] == "GBP" and bill["total_gbp"] == summary["cost_gbp"]
    assert any("The bill leaves out the purchase of owned servers: 2 x test-2" in note for note in bill["notes"])
    text = idlewatt("bill", file, cwd=tmp_path).stdout
    assert "The bill leaves out the purchase of owned servers" in text
    assert "leaves out the purchase" in idlewatt("bill", file, "--csv", cwd=tmp_path).stderr
    types = "{test-2: 100 GBP, test-4: 100 GBP}"
    priced = idlewatt("bill", file, "--set", f"site.ownership={{prices: {types}, lifetime: 5 y}}", cwd=tmp_path)
    assert priced.returncode == 0 and "leaves out" not in priced.stdout, priced.stderr
    assert " GBP" in text and "USD" not in text
    assert " GBP" in idlewatt("run", path, "-o", tmp_path / "out2", cwd=tmp_path).stdout
    mixed = idlewatt("bill", file, "--set", "site.demand_charge=10 EUR/kW", cwd=tmp_path)
    assert mixed.returncode == 2 and "`10 EUR/kW` is in EUR" in mixed.stderr


ENTSOE = '"MTU (%s)","Area","Sequence","Day-ahead Price (EUR/MWh)"\n"01/06/2025 00:00:00 - 01/06/2025 01:00:00","BZN|X","Sequence 1","%s"\n'
CAISO = "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,MARKET_RUN_ID,LMP_TYPE,MW\n"
CAISO_ROW = "2025-04-01T0%d:00:00-00:00,2025-04-01T0%d:00:00-00:00,A,%s,LMP,%s\n"
HALF_HOUR = '{"from": "2026-01-01T00:00Z", "to": "2026-01-01T00:30Z", %s}'
REGIONS = '{"data": [' + HALF_HOUR % ('"regions": [{"regionid": 1, "shortname": "North", "intensity": {"forecast": 50}}, '
                                      '{"regionid": 2, "shortname": "South", "intensity": {"forecast": 60}}]') + "]}"
TWO_REGIONS = ('{"data": [{"regionid": 13, "data": [' + HALF_HOUR % '"intensity": {"forecast": 55}' +
               ']}, {"regionid": 14, "data": [' + HALF_HOUR % '"intensity": {"forecast": 95}' + "]}]}")  # fmt: skip
EIA = ("Balancing Authority,Data Date,Hour Number,UTC Time at End of Hour,Net Generation (MW) from Coal,"
       'Net Generation (MW) from Natural Gas,Net Generation (MW) from Geothermal\nX,11/03/2024,1,11/03/2024 6:00:00 AM,"1,000",3000,\n'
       "X,11/03/2024,2,11/03/2024 7:00:00 AM,,3000,\n")  # fmt: skip
MAPPED = ["--time", "t", "--column", "p", "--unit", "EUR/MWh"]
HOURS = "t;p\n2026-01-01T00:00Z;%s\n2026-01-01T01:00Z;%s\n"
BACKWARDS = "t,p\n" + "".join(f"2026-10-25T0{h}:00,{value}\n" for h, value in ((3, 5), (2, 4), (2, 3), (1, 2)))

# name, content, options, what is read by its start, in the printed unit
SMALL = [
    ("decimal commas between semicolons", HOURS % ("104,16", "1.204,5"), MAPPED, {"T00": 0.10416, "T01": 1.2045}),
    ("points between semicolons", HOURS % ("104.16", "1204.5"), MAPPED, {"T00": 0.10416, "T01": 1.2045}),
    ("tabs", (HOURS % ("104,16", "99")).replace(";", "\t"), MAPPED, {"T00": 0.10416, "T01": 0.099}),
    ("thousands with two marks", 't,p\n2026-01-01T00:00Z,"1,204.5"\n2026-01-01T01:00Z,99\n', MAPPED, {"T00": 1.2045, "T01": 0.099}),
    ("thousands with blanks", "t,p\n2026-01-01T00:00Z,1 204.5\n2026-01-01T01:00Z,99\n", MAPPED, {"T00": 1.2045, "T01": 0.099}),
    ("SMARD", "\ufeffDatum von;Datum bis;Preis [\u20ac/MWh]\n01.01.2025 00:00;01.01.2025 01:00;2,16\n01.01.2025 01:00;01.01.2025 02:00;-1,6\n",
     ["--time", "Datum von", "--column", "Preis [\u20ac/MWh]", "--unit", "EUR/MWh", "--zone", "Europe/Berlin"], {"T23": 0.00216, "T00": -0.0016}),
    ("rows that go back over the end of summer time", BACKWARDS, [*MAPPED, "--zone", "Europe/Berlin"],
     {"T23": 0.002, "T00": 0.003, "T01": 0.004, "T02": 0.005}),
    ("Finland's clocks", ENTSOE % ("EET/EEST", "50.5"), [], {"T21": 0.0505}),
    ("Portugal's clocks", ENTSOE % ("WET/WEST", "50.5"), [], {"T23": 0.0505}),
    ("one market of two", CAISO + CAISO_ROW % (7, 8, "DAM", 30) + CAISO_ROW % (8, 9, "RTM", 31), ["--kind", "RTM"], {"T08": 0.031}),
    ("a region of each half hour", REGIONS, ["--area", "South"], {"T00": 60}),
    ("a region with its half hours", TWO_REGIONS, ["--area", "14"], {"T00": 95}),
    ("a fuel that an authority does not have", EIA,
     ["--as", "carbon", "--factor", "coal=1000 g/kWh", "--factor", "natural gas=400 g/kWh"], {"T05": 550, "T06": None}),
]  # fmt: skip


@pytest.mark.parametrize("name, content, options, expected", SMALL, ids=[case[0] for case in SMALL])
def test_a_small_file_is_read_to_the_right_value(name, content, options, expected, tmp_path):
    (tmp_path / "feed").write_text(content, encoding="utf-8")
    rows = read("feed", *options, cwd=tmp_path)
    found = {start[10:13]: float(row["value"]) if row["value"] else None for start, row in rows.items()}
    assert found == pytest.approx(expected)


# name, content, options, what the one line says
WRONG = [
    ("a comma that is a point", 't,p\n2026-01-01T00:00Z,"104,16"\n', MAPPED, "feed:2: `p` is `104,16`; expected a number without a comma"),
    ("a comma that may be either", 't,p\n2026-01-01T00:00Z,"41,000"\n', MAPPED, "which may stand before decimals or between thousands"),
    ("half a group", HOURS % ("1.20,5", "1"), MAPPED, "feed:2: `p` is `1.20,5`"),
    ("a comma in ENTSO-E's prices", ENTSOE % ("UTC", "50,5"), [], "is `50,5`; expected a number without a comma"),
    ("clocks that nobody knows", ENTSOE % ("MSK", "50.5"), [], "has times by unknown clocks, `MTU (MSK)`"),
    ("a date with slashes", "t,p\n01/02/2025 00:00,5\n", MAPPED, "`t` is `01/02/2025 00:00`"),
    ("markets side by side", CAISO + CAISO_ROW % (7, 8, "DAM", 30) + CAISO_ROW % (8, 9, "RTM", 31), [],
     "feed:3: prices of the market `RTM` stand beside those of `DAM`"),
    ("CAISO's forecast of demand", CAISO.replace("LMP_TYPE", "LABEL") + CAISO_ROW % (7, 8, "DAM", 22000), [], "has no column `LMP_TYPE`"),
    ("several regions", TWO_REGIONS, [], "expected `area` to be one of `13`, `14`"),
    ("several regions in a half hour", REGIONS, [], "expected `area` to be one of `North`, `South`"),
    ("two factors for one fuel", EIA, ["--as", "carbon", "--factor", "gas=400 g/kWh", "--factor", "natural gas=400 g/kWh"],
     "which both `gas` and `natural gas` of `factors` name"),
    ("a list of forecasts", '{"data": [{"generated_at": "2026-01-01T00:00:00Z", "forecast": [{"point_time": "2026-01-01T00:00:00Z"}]}], '
     '"meta": {"signal_type": "co2_moer", "units": "lbs_co2_per_mwh"}}', [], "feed:1:11: `point_time` is missing here"),
    ("percentiles", '{"data": [{"point_time": "2026-01-01T00:00:00Z", "value": 87}], "meta": {"signal_type": "co2_moer", "units": "percentile"}}', [],
     "has the units `percentile`"),
]  # fmt: skip


@pytest.mark.parametrize("name, content, options, message", WRONG, ids=[case[0] for case in WRONG])
def test_a_small_file_that_may_mean_several_things_is_refused(name, content, options, message, tmp_path):
    (tmp_path / "feed").write_text(content, encoding="utf-8")
    result = idlewatt("feed", "feed", *options, cwd=tmp_path)
    assert result.returncode == 2, result.stdout
    assert message in result.stderr and result.stderr.count("\n") == 1, result.stderr


SITE = "pue: 1.0, carbon: 400 g/kWh"
REFUSED = [
    ("site: {%s, electricity: 0.2 EUR/kWh}" % SITE, False, "the catalogue's rent of"),
    ("site: {%s, electricity: 0.2 EUR/kWh, demand_charge: 10 USD/kW}" % SITE, True, "`10 USD/kW` is in USD"),
    ("site: {%s, currency: GBP, electricity: 0.2 EUR/kWh}" % SITE, True, "`0.2 EUR/kWh` is in EUR"),
    ("site: {%s, currency: EURO, electricity: 0.2 EUR/kWh}" % SITE, True, "unknown currency `EURO`"),
    ("site: {%s, electricity: 0.2 DEM/kWh}" % SITE, True, "unknown unit `DEM/kWh`"),
    ("site: {%s, electricity: 0.2 EUR/kWh, ownership: {lifetime: 5 y}}" % SITE, True, "ownership` has no price"),
    ("site: {%s, electricity: {series: gap.csv, time: t, column: p, unit: EUR/MWh}}" % SITE, True, "has no value at 2026-03-29 00:15 UTC"),
    ("site: {%s, electricity: {series: gap.csv, time: t, column: p, unit: g/kWh}}" % SITE, True, "unknown unit `g/kWh`"),
    ("site: {%s, electricity: {series: gap.csv, time: t, column: p}}" % SITE, True, "does not say its unit"),
    ("site: {%s, electricity: {series: gap.csv, time: when, column: p, unit: EUR/MWh}}" % SITE, True, "has no column `when`"),
    ("site: {%s, electricity: {series: twice.csv, time: t, column: p, unit: EUR/MWh}}" % SITE, True, "two values for 2026-03-29 00:00 UTC"),
    ("site: {%s, electricity: {series: gap.csv}}" % SITE, True, "layout that is not recognised"),
    ("site: {%s, electricity: {series: agile.json, kind: gross}}" % SITE, True, "`without-vat` or `with-vat`"),
    ("site: {%s, electricity: {series: page.json}}" % SITE, True, "is one page: 2 of 900 prices"),
    ("site: {%s, electricity: {series: fixed.json}}" % SITE, True, "a rate without an end"),
    ("site: {pue: 1.0, electricity: 0.2 USD/kWh, carbon: {series: agile.json}}", True, "which are not wanted here"),
    ("site: {pue: 1.0, electricity: 0.2 USD/kWh, carbon: {series: moer.json}}", True, "health_damage"),
    ("site: {pue: 1.0, electricity: 0.2 USD/kWh, carbon: {series: mix.csv}}", True, "neither carbon intensities nor prices"),
    ("site: {%s, electricity: {series: two.json}}" % SITE, True, "`area` to be one of `SE3`, `FI`"),
]
FILES = {
    "agile.json": AGILE,
    "page.json": AGILE.replace('"count": 2', '"count": 900'),
    "fixed.json": AGILE.replace('"2026-03-29T01:00:00Z"', "null"),
    "gap.csv": "t,p\n2026-03-29T00:00Z,100\n2026-03-29T00:15Z,\n2026-03-29T00:30Z,90\n",
    "twice.csv": "t,p\n2026-03-29T00:00Z,100\n2026-03-29T00:30Z,100\n2026-03-29T00:00Z,99\n",
    "moer.json": '{"data": [{"point_time": "2026-03-29T00:00:00Z", "value": 1}], "meta": {"signal_type": "health_damage", "units": "usd_per_mwh"}}',
    "mix.csv": "Balancing Authority,Data Date,Hour Number\nERCO,11/03/2024,1\n",
    "two.json": '{"multiAreaEntries": [{"deliveryStart": "2026-03-29T00:00:00Z", "deliveryEnd": "2026-03-29T01:00:00Z", "entryPerArea": {"SE3": 1, "FI": 2}}], "currency": "EUR"}',
}


@pytest.mark.parametrize("site, owned, message", REFUSED)
def test_what_cannot_be_read_rightly_is_refused_in_one_line(site, owned, message, tmp_path):
    path = scenario_with(tmp_path, site, owned)
    for name, text in FILES.items():
        (path.parent / name).write_text(text)
    result = idlewatt("check", path, cwd=tmp_path)
    assert result.returncode == 2, result.stdout
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_gaps_may_be_bridged_and_local_times_are_the_sites(tmp_path):
    path = scenario_with(
        tmp_path,
        "site: {pue: 1.0, time_zone: Europe/Berlin, carbon: 400 g/kWh, electricity: {series: gap.csv, time: t, column: p, "
        "unit: EUR/MWh, gaps: previous}}",
        start="2026-03-29T01:00",
    )
    (path.parent / "gap.csv").write_text("t,p\n2026-03-29T01:00,100\n2026-03-29T01:15,\n2026-03-29T01:30,90\n")
    result = idlewatt("check", path, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Sun 2026-03-29 01:00 Europe/Berlin" in result.stdout
