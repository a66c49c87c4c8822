"""`idlewatt run --uncertainty N`: the ranges of figures carried through to the answer."""

import csv
import json
import re

import pytest
from support import copy_data, everything_in, idlewatt

RANGES = """servers:
  test-2:
    base: {value: 100 W, range: [50 W, 200 W], status: assumed, source: a guess}
    rent: {value: 2 USD/h, range: [1 USD/h, 4 USD/h], status: measured, source: a list of prices}
accelerators:
  test-gpu:
    idle_loaded: {value: 50 W, range: [49 W, 51 W], status: assumed, source: a guess}
"""
DRAWS = 20
# Every number that has a range, whether it is assumed or measured.
PATHS = ["accelerators.test-gpu.idle_loaded", "servers.test-2.base", "servers.test-2.rent"]


def ran(tmp_path, *arguments, ranges=RANGES):
    if not (tmp_path / "data").exists():
        copy_data(tmp_path)
        (tmp_path / "data" / "ranges.yaml").write_text(ranges, encoding="utf-8")
    catalog = ("--set", "catalog=[catalog.yaml, ranges.yaml]")
    return idlewatt("run", "data/small.yaml", *catalog, "--variant", "one replica", *arguments, cwd=tmp_path)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_intervals_follow_from_the_draws(tmp_path):
    numpy = pytest.importorskip("numpy")
    stats = pytest.importorskip("scipy.stats")
    result = ran(tmp_path, "--uncertainty", DRAWS, "--json", "-o", "out")
    assert result.returncode == 0 and result.stderr == "", result.stderr
    answer = json.loads(result.stdout)
    found = answer["uncertainty"]
    assert found["draws"] == DRAWS and found["file"] == "out/uncertainty.csv"
    assert [figure["path"] for figure in found["figures"]] == PATHS
    assert "engines.test-engine.step_overhead" in found["without_range"]
    rows = rows_of(tmp_path / "out" / "uncertainty.csv")
    assert [(row["variant"], int(row["draw"])) for row in rows] == [("one replica", i) for i in range(DRAWS)]
    base = [float(row["servers.test-2.base"]) for row in rows]
    assert all(50 <= value <= 200 for value in base) and len(set(base)) == DRAWS
    # A Latin hypercube: half of the draws on each side of the median of the triangle 50, 100, 200.
    assert sum(value < 200 - (0.5 * 150 * 100) ** 0.5 for value in base) == DRAWS // 2
    energy = [float(row["facility_energy_kwh"]) for row in rows]
    measure = found["variants"][0]["measures"]["facility_energy_kwh"]
    for key, share in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert measure[key] == pytest.approx(numpy.quantile(energy, share), rel=1e-9)
    assert measure["p5"] < answer["variants"][0]["summary"]["facility_energy_kwh"] < measure["p95"]
    rent = [float(row["servers.test-2.rent"]) for row in rows]
    assert all(1 <= value <= 4 for value in rent) and len(set(rent)) == DRAWS
    cost = next(iter(found["variants"][0]["measures"]["cost_usd"]["rank_correlation"].items()))
    assert cost[0] == "servers.test-2.rent" and cost[1] > 0.99
    # The servers' base power decides energy; latency has nothing to do with it.
    first = next(iter(measure["rank_correlation"].items()))
    assert first == ("servers.test-2.base", pytest.approx(stats.spearmanr(base, energy).statistic, rel=1e-9))
    assert first[1] > 0.99
    latency = found["variants"][0]["measures"]["ttft_s_p50"]
    assert latency["p5"] == latency["p95"] and latency["rank_correlation"] == {}


def test_draws_do_not_depend_on_jobs_and_leave_the_run_alone(tmp_path):
    plain = ran(tmp_path, "--json", "-o", "plain")
    assert ran(tmp_path, "--uncertainty", 6, "-j", 1, "-o", "one").returncode == 0
    both = ran(tmp_path, "--uncertainty", 6, "-j", 3, "--json", "-o", "three")
    files = [tmp_path / folder / "uncertainty.csv" for folder in ("one", "three")]
    assert files[0].read_bytes() == files[1].read_bytes()
    result = "one-replica.h5"
    assert (tmp_path / "plain" / result).read_bytes() == (tmp_path / "three" / result).read_bytes()
    summaries = [json.loads(text.stdout)["variants"][0]["summary"] for text in (plain, both)]
    assert summaries[0] == summaries[1]
    assert "uncertainty" not in json.loads(plain.stdout)
    assert everything_in(tmp_path / "three") == ["index.h5", result, "uncertainty.csv"]
    other = ran(tmp_path, "--uncertainty", 6, "--seed", 8, "-o", "other")
    assert other.returncode == 0 and (tmp_path / "other" / "uncertainty.csv").read_bytes() != files[0].read_bytes()


def test_people_see_what_matters(tmp_path):
    text = ran(tmp_path, "--uncertainty", DRAWS).stdout
    assert f"Uncertainty: {DRAWS} runs over the ranges of 3 numbers of the catalogue, whatever their status" in text
    assert "assumed ones have no range and stay as they are" in " ".join(text.split())
    line = next(line for line in text[text.index("Uncertainty:"):].splitlines() if "facility energy" in line)
    assert "test-2.base +" in line


def test_what_cannot_run_is_left_out_and_said(tmp_path):
    memory = "accelerators:\n  test-gpu: {memory: {value: 24 GB, range: [1 GB, 24 GB], status: assumed, source: a guess}}\n"
    result = ran(tmp_path, "--uncertainty", DRAWS, "--json", "-o", "out", ranges=memory)
    assert result.returncode == 0
    assert "runs are left out: with what was drawn for memory, `test-3b` does not fit" in result.stderr
    rows = rows_of(tmp_path / "out" / "uncertainty.csv")
    missing = [row for row in rows if row["facility_energy_kwh"] == ""]
    assert 0 < len(missing) < DRAWS
    assert max(float(row[rows_key]) for row in missing for rows_key in row if rows_key.endswith(".memory")) < 24e9


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["--uncertainty", "2"], "--uncertainty: `2` is not a whole number from 3 on"),
        (["--uncertainty", "many"], "--uncertainty: `many` is not a whole number"),
        (["--uncertainty", "100001"], "is too many; expected at most 100000"),
    ],
)
def test_bad_numbers(tmp_path, arguments, expected):
    result = ran(tmp_path, *arguments)
    assert result.returncode == 2 and expected in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_without_ranges_there_is_nothing_to_draw(tmp_path):
    result = ran(tmp_path, "--uncertainty", "5", ranges="{}\n")
    assert result.returncode == 2 and "no figure that the scenario rests on has a range" in result.stderr


def test_how_sure_the_choice_is(tmp_path):
    """In how many draws the same variant is chosen, counted again from the table of draws."""
    copy_data(tmp_path)
    (tmp_path / "data/ranges.yaml").write_text(RANGES, encoding="utf-8")
    result = idlewatt("run", "data/small.yaml", "--set", "catalog=[catalog.yaml, ranges.yaml]", "--set", "traffic.slo={ttft: 1 h}",
                      "--uncertainty", DRAWS, "-o", "out", cwd=tmp_path)  # fmt: skip
    assert result.returncode == 0, result
    said = re.search(r"With the figures drawn from their ranges, (.+) is the choice in (\d+) of (\d+) draws\.\n", result.stdout)
    chosen = re.search(r"\nChoose ([^:]+):", result.stdout)
    assert said and chosen and said[1] == chosen[1] and int(said[3]) == DRAWS
    costs = {}
    for row in rows_of(tmp_path / "out/uncertainty.csv"):
        answered = float(row["requests_served"]) / float(row["requests_in"])
        if answered > 0.99:
            costs.setdefault(row["draw"], []).append((float(row["cost_usd"]), float(row["facility_energy_kwh"]), row["variant"]))
    same = sum(min(of_draw)[2] == chosen[1] for of_draw in costs.values())
    assert int(said[2]) == same


SHIPPED = """title: A support chatbot on L4s
horizon: 20 min
traffic:
  - source: {{format: csv, path: trace.csv}}
    model: llama-3-8b
    slo: {{ttft: 1.5 s, tpot: 100 ms}}
site: {{pue: 1.4, electricity: 0.2 USD/kWh, carbon: 350 g/kWh}}
racks: [{{servers: 2 x l4-1, uplink: 10 Gbps}}]
catalog: [{catalog}]
pools: {{chat: {{model: llama-3-8b, precision: bf16, servers: l4-1, replicas: 2}}}}
"""


def test_measured_figures_of_the_shipped_catalogue_move_the_answer(tmp_path):
    """An interval is no narrower than what one of its figures does alone within its published range."""
    rows = [f"{5 * i},{400 + 53 * (i % 29)},{60 + 7 * (i % 31)}" for i in range(200)]
    (tmp_path / "trace.csv").write_text("arrival_s,prompt_tokens,output_tokens\n" + "\n".join(rows) + "\n", encoding="utf-8")

    def answer(*arguments, catalog=""):
        (tmp_path / "s.yaml").write_text(SHIPPED.format(catalog=catalog), encoding="utf-8")
        result = idlewatt("run", "s.yaml", "--json", "-o", "out", *arguments, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    found = answer("--uncertainty", 40)["uncertainty"]
    paths = {figure["path"] for figure in found["figures"]}
    assert {"accelerators.l4.compute_efficiency", "accelerators.l4.bandwidth_efficiency", "engines.vllm-2025.step_overhead",
            "engines.vllm-2025.layer_overhead"} <= paths  # fmt: skip
    entry = json.loads(idlewatt("catalog", "accelerators", "l4", "--json", cwd=tmp_path).stdout)["accelerators"][0]
    ends = []
    for end in entry["figures"]["compute_efficiency"]["range"]:
        figure = f"{{value: {end}, status: derived, source: an end of its range}}"
        (tmp_path / "end.yaml").write_text(f"accelerators: {{l4: {{compute_efficiency: {figure}}}}}\n", encoding="utf-8")
        ends.append(answer(catalog="end.yaml")["variants"][0]["summary"]["ttft_s_p99"])
    measure = found["variants"][0]["measures"]["ttft_s_p99"]
    assert ends[0] > ends[1]
    # 5 % and 95 % of a triangle are 0.68 of the way to its ends.
    assert measure["p95"] - measure["p5"] > 0.6 * (ends[0] - ends[1])
