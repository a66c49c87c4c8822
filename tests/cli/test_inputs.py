"""Times, units, numbers, names and costs as people write them: the right value, or one line that says what is wrong."""

import json
import math

import pytest
from support import cases, copy_data, idlewatt

INPUTS = cases("inputs")
UX = cases("ux")
needs_cases = pytest.mark.skipif(INPUTS is None or UX is None, reason="no ../shared/cases")


def answer(tmp_path, path, *options):
    result = idlewatt("run", path, "-o", tmp_path / "out", "--json", *options, cwd=tmp_path, timeout=300)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def summary(tmp_path, path, *options):
    return answer(tmp_path, path, *options)["variants"][0]["summary"]


@needs_cases
def test_a_date_is_the_sites_midnight(tmp_path):
    path = INPUTS / "01-day-starts-in-utc" / "scenario.yaml"
    found = summary(tmp_path, path)
    # Five hours of 24 at 1 USD/kWh, the rest at 0: a Monday at the site.
    assert found["electricity_usd"] == pytest.approx(found["facility_energy_kwh"] * 5 / 24, rel=1e-3)
    same = summary(tmp_path, path, "--set", "start=2024-07-01T07:00:00Z")
    assert same["electricity_usd"] == found["electricity_usd"]
    sunday = summary(tmp_path, path, "--set", "start=2024-07-01T00:00Z")
    assert sunday["electricity_usd"] == pytest.approx(found["facility_energy_kwh"] / 24, rel=1e-3)
    checked = idlewatt("check", path, cwd=tmp_path).stdout
    assert "24 h from Mon 2024-07-01 00:00 America/Los_Angeles" in checked


@needs_cases
def test_pounds_and_cents_are_read(tmp_path):
    path = INPUTS / "10-suggested-unit" / "scenario.yaml"
    pounds = summary(tmp_path, path)
    grams = summary(tmp_path, path, "--set", "site.carbon=400.0684703 g/kWh")
    assert pounds["carbon_kg"] == pytest.approx(grams["carbon_kg"], rel=1e-6)
    for unit in ("EUR/kWh", "DEM/kWh", "lb/kWhh", "kg/kwh/h"):
        result = idlewatt("check", path, "--set", f"site.carbon=5 {unit}", cwd=tmp_path)
        assert result.returncode == 2 and "did you mean" not in result.stderr
        assert "`g/kWh`" in result.stderr and "idlewatt catalog units" in result.stderr
    cents = idlewatt("check", path, "--set", "site.electricity=28 ct/kWh", cwd=tmp_path)
    assert cents.returncode == 0 and "US cents" in cents.stderr


@needs_cases
@pytest.mark.parametrize("folder", ["12-start-as-the-schema-says", "18-empty-list"])
def test_what_the_schema_says_is_accepted(folder, tmp_path):
    result = idlewatt("check", INPUTS / folder / "scenario.yaml", cwd=tmp_path)
    assert result.returncode == 0, result.stderr


@needs_cases
def test_an_idle_fleet_draws_its_idle_power(tmp_path):
    found = summary(tmp_path, INPUTS / "18-empty-list" / "scenario.yaml")
    assert found["requests_in"] == 0 and found["facility_energy_kwh"] > 0.5
    assert found["idle_waste_share"] == pytest.approx(1.0)


@needs_cases
def test_surrogate_pairs_are_characters(tmp_path):
    result = idlewatt("physics", "--model", INPUTS / "13-surrogate-pairs" / "config.json", "--accelerator", "h100-sxm",
                      "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr


@needs_cases
def test_owned_servers_have_a_price_or_a_line_that_it_is_left_out(tmp_path):
    path = UX / "base.yaml"
    owned = "racks=[{servers: 4 x l4-1, uplink: 10 Gbps, ownership: owned}]"
    found = answer(tmp_path, path, "--set", owned)
    assert any("leaves out the purchase of owned servers: 4 x l4-1 (each 8,000 USD by the catalogue, assumed between "
               "5,500 and 12,000)" in note for note in found["notes"])
    text = idlewatt("check", path, "--set", owned, cwd=tmp_path).stdout
    assert "leaves out the purchase" in text
    priced = answer(tmp_path, path, "--set", owned, "--set", "site.ownership={lifetime: 5 y}")
    assert priced["variants"][0]["summary"]["capital_usd"] == pytest.approx(4 * 8000 / (5 * 365), rel=1e-6)
    assert not any("leaves out" in note for note in priced["notes"])
    rented = idlewatt("check", path, cwd=tmp_path).stdout
    assert "`electricity` of the site has no effect on the cost" in rented
    both = idlewatt("check", UX / "support2.yaml", cwd=tmp_path).stdout
    assert "Rents of more than one provider or region are compared" in both
    assert "AWS us-east-1" in both and "GCP us-central1" in both


@needs_cases
def test_a_bill_is_not_scaled_past_what_its_fleet_can_do(tmp_path):
    found = answer(tmp_path, UX / "base.yaml")
    file = found["variants"][0]["file"]
    own = idlewatt("bill", file, "--json", cwd=tmp_path)
    pace = json.loads(own.stdout)["month"]["requests"]
    refused = idlewatt("bill", file, "--volume", "100M", cwd=tmp_path)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1
    assert "times what the run served" in refused.stderr and "--scale-fleet" in refused.stderr
    told = idlewatt("bill", file, "--volume", "100M", "--scale-fleet", "--json", cwd=tmp_path)
    assert json.loads(told.stdout)["month"]["requests"] == 1e8
    near = idlewatt("bill", file, "--volume", f"{pace * 0.5:.0f}", cwd=tmp_path)
    assert near.returncode == 0 and "0.5000 times the run's pace" in near.stdout


# Values of the scenario of 24 h that test data has, and what they come to or are told.
ODD = [
    ("start", "2024-02-30", "is no date"),
    ("start", "2024-13-01T00:00", "is no date"),
    ("start", "01.07.2024", "is no date"),
    ("start", "2024-07-01T24:00", "is no date"),
    ("start", "2024-07-01T08:00+2", "is no date"),
    ("start", "2024-07-01T08:00:00.5Z", "is no date in whole seconds"),
    ("horizon", "5 m", "is `min` meant? `m` is a metre"),
    ("horizon", "5 M", "unknown unit `M`"),
    ("horizon", "1,5 h", "has a comma in its number"),
    ("horizon", "5 MIN", "did you mean `min`?"),
    ("horizon", "5 minuts", "did you mean `minute`?"),
    ("horizon", "five minutes", "does not begin with a number"),
    ("horizon", "1 month", "unknown unit `month`"),
    ("horizon", "5", "has no unit"),
    ("pools.chat.batching.max_sequences", "1.0005k", "is not whole"),
    ("pools.chat.batching.max_sequences", "16 seqs", "has a unit where none is due"),
    ("pools.chat.power_cap", "300 w", "did you mean `W`?"),
    ("pools.chat.power_cap", "300 mw", "unknown unit `mw`"),
    ("site.time_zone", "Europe/Berln", "expected an offset such as `UTC-8`"),
    ("site.electricity", "$0.12/kWh", "does not begin with a number"),
    ("site.electricity", "0.12 USD/Kwh", "did you mean `USD/kWh`?"),
    ("site.electricity", "0.12 USD/kW", "unknown unit `USD/kW`"),
    ("site.carbon", "400 gCO2/kwh", "did you mean `gCO2/kWh`?"),
    ("racks", "[{servers: 4 x test-2, uplink: 10 gbps}]", "did you mean"),
]


@pytest.mark.parametrize("key, value, message", ODD)
def test_odd_values_get_one_line(key, value, message, tmp_path):
    data = copy_data(tmp_path)
    result = idlewatt("check", data / "single.yaml", "--set", f"{key}={value}", cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr, result.stderr
    assert result.stderr.count("\n") == 1


# Equal ways to say the same.
SAME = [
    ("horizon", "300 s", ["5 min", "5min", "5 minutes", "5\u00a0min", "0.0833333333333333333 hours", "300 sec"]),
    ("start", "2024-07-01T00:00:00Z", ["2024-07-01", "2024-07-01T00:00", "2024-07-01 00:00", "2024-07-01T02:00+02:00",
                                       "2024-06-30T17:00-0700", "2024-07-01T00:00z", "2024-07-01 00:00 UTC",
                                       "2024-07-01T00:00:00,0Z"]),
    ("pools.chat.batching.max_sequences", "2000", ["2k", "2 k", "2K", "2e3", "0.002M"]),
    ("site.electricity", "0.2 USD/kWh", ["200 USD/MWh", "0.2USD/kWh"]),
    ("site.carbon", "400 g/kWh", ["400 kg/MWh", "0.4 kg/kWh", "0.4 t/MWh", "400 gCO2eq/kWh", "400 tCO2/GWh", "400 gCO\u2082eq/kWh"]),
]


@pytest.mark.parametrize("key, value, others", SAME)
def test_one_value_in_several_spellings(key, value, others, tmp_path):
    data = copy_data(tmp_path)

    def checked(text):
        result = idlewatt("check", data / "single.yaml", "--set", f"{key}={text}", cwd=tmp_path)
        assert result.returncode == 0, f"{text}: {result.stderr}"
        return result.stdout

    for other in others:
        assert checked(other) == checked(value), other


@pytest.mark.parametrize("rate, per_s", [("40000/day", 40000 / 86400), ("0.463 requests/s", 0.463), ("10k/h", 10000 / 3600),
                                         ("2 req/s", 2.0), ("2 rps", 2.0), ("7000 /week", 7000 / 604800)])
def test_rates_as_people_say_them(rate, per_s, tmp_path):
    data = copy_data(tmp_path)
    text = (data / "minutes.yaml").read_text()
    lines = [f"mean_rate: {rate}" if line.startswith("mean_rate:") else line for line in text.splitlines()]
    assert f"mean_rate: {rate}" in lines
    lines = ["duration: 2 weeks" if line.startswith("duration:") else line for line in lines]
    (data / "minutes.yaml").write_text("\n".join(lines) + "\n")
    result = idlewatt("trace", "generate", data / "minutes.yaml", "-o", tmp_path / "t.csv", cwd=tmp_path, timeout=300)
    assert result.returncode == 0, result.stderr
    requests = sum(1 for _ in (tmp_path / "t.csv").open()) - 1
    expected = per_s * 14 * 86400
    assert abs(requests - expected) < 6 * math.sqrt(expected) + 1


def test_units_are_listed(tmp_path):
    text = idlewatt("catalog", "units", cwd=tmp_path)
    assert text.returncode == 0 and "lb/MWh" in text.stdout and "EUR" in text.stdout and "requests/s" in text.stdout
    listed = json.loads(idlewatt("catalog", "units", "--json", cwd=tmp_path).stdout)
    assert listed["time"]["units"]["week"] == 604800
    assert listed["carbon intensity"]["units"]["lb/MWh"] == pytest.approx(0.45359237)


def test_no_message_quotes_more_than_a_line(tmp_path):
    data = copy_data(tmp_path)
    result = idlewatt("check", data / "single.yaml", "--set", f"horizon={'9' * 5000} parsecs", cwd=tmp_path)
    assert result.returncode == 2 and len(result.stderr) < 600
