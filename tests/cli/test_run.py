"""What a good run prints and writes."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from support import IDLEWATT, copy_data, environment, everything_in, idlewatt

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALL_FILES = ["four-replicas.h5", "index.h5", "no-batching.h5", "one-replica.h5"]


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    return tmp_path


def answer(folder, *arguments):
    result = idlewatt("run", *arguments, "--json", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_help_documents_every_exit_status(tmp_path):
    result = idlewatt("--help", cwd=tmp_path)
    assert result.returncode == 0
    for status in (0, 1, 2, 3, 130):
        assert re.search(rf"^ +{status}  \S", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("subcommand", ["run", "check", "catalog", "help", "version"])
def test_help_of_a_subcommand_has_an_example(tmp_path, subcommand):
    result = idlewatt(subcommand, "--help", cwd=tmp_path)
    assert result.returncode == 0
    assert re.search(rf"^Example: idlewatt {subcommand}", result.stdout, re.MULTILINE)
    assert result.stdout == idlewatt("help", subcommand, cwd=tmp_path).stdout


def test_version(tmp_path):
    assert re.fullmatch(r"idlewatt \d+\.\d+\.\d+\nresult files: format version \d+\npolicies in Python: (\d+\.\d+\.\d+|not in this build)\n", idlewatt("version", cwd=tmp_path).stdout)
    assert idlewatt("--version", cwd=tmp_path).stdout == idlewatt("version", cwd=tmp_path).stdout


def test_check_says_what_would_run_and_writes_nothing(folder):
    before = everything_in(folder)
    result = idlewatt("check", "data/small.yaml", cwd=folder)
    assert result.returncode == 0 and result.stderr == ""
    for text in ("four replicas", "one replica", "no batching", "2 x test-2", "requests", "out/small"):
        assert text in result.stdout
    assert everything_in(folder) == before


@pytest.mark.parametrize("name", sorted(path.name for path in SCENARIOS.glob("*.yaml")))
def test_every_scenario_of_the_project_can_be_run(tmp_path, name):
    if "IDLEWATT_DATA" in (SCENARIOS / name).read_text():
        pytest.skip(f"{name} wants a trace that is not kept here")
    result = idlewatt("check", str(SCENARIOS / name), cwd=tmp_path)
    assert result.returncode == 0, result.stderr


def test_check_counts_the_requests_that_come_in(folder):
    checked = idlewatt("check", "data/single.yaml", cwd=folder).stdout
    requests = answer(folder, "data/single.yaml")["variants"][0]["summary"]["requests_in"]
    assert f"{requests:,} requests" in checked


HPA = """apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: chat}
spec:
  maxReplicas: 4
  metrics:
    - type: Pods
      pods: {metric: {name: "vllm:num_requests_running"}, target: {type: AverageValue, averageValue: "4"}}
  suspended: true
"""


def test_a_manifest_scales_a_pool_and_what_has_no_meaning_is_a_warning(folder):
    (folder / "data/hpa.yaml").write_text(HPA)
    manifest = ["--set", "pools.chat.autoscaling={manifest: hpa.yaml}"]
    warning = "data/hpa.yaml:9:3: warning: `spec.suspended` has no meaning here\n"
    checked = idlewatt("check", "data/small.yaml", *manifest, cwd=folder)
    assert checked.returncode == 0 and "autoscaling hpa" in checked.stdout
    assert checked.stderr == warning  # once, though three variants read it
    run = idlewatt("run", "data/small.yaml", "--json", *manifest, cwd=folder)
    assert run.returncode == 0 and run.stderr == warning
    assert len(json.loads(run.stdout)["variants"]) == 3
    (folder / "data/hpa.yaml").write_text(HPA.replace("maxReplicas: 4", "maxReplicas: four"))
    wrong = idlewatt("run", "data/small.yaml", *manifest, cwd=folder)
    assert wrong.returncode == 2 and wrong.stdout == ""
    assert "data/hpa.yaml:5:16: " in wrong.stderr
    assert wrong.stderr.count("\n") == 1


def test_files_and_default_folder(folder):
    result = idlewatt("run", "data/small.yaml", cwd=folder)
    assert result.returncode == 0
    assert sorted(os.listdir(folder / "out/small")) == SMALL_FILES
    assert idlewatt("run", "data/single.yaml", "-o", "a/b", cwd=folder).returncode == 0
    assert sorted(os.listdir(folder / "a/b")) == ["index.h5", "run.h5"]


def test_table_in_a_pipe_is_plain(folder):
    result = idlewatt("run", "data/small.yaml", cwd=folder)
    assert result.returncode == 0
    assert result.stderr == "", "no progress in a pipe"
    assert "\033" not in result.stdout and "\r" not in result.stdout
    for text in ("Five minutes of chat", "TTFT 500 ms", "TPOT 50 ms", "idle waste", "* best", "Idle waste: ", "Regret: ",
                 "Rests on 113 assumed numbers (test-engine 37, test-gpu 36, ", "out/small/"):
        assert text in result.stdout
    assert not re.search(r" +$", result.stdout, re.MULTILINE)


def test_table_splits_where_the_terminal_is_narrow(folder):
    for width in (60, 80):
        result = subprocess.run([IDLEWATT, "run", "data/small.yaml"], cwd=folder, capture_output=True, text=True,
                                env=environment(COLUMNS=str(width)), timeout=600)
        table = result.stdout.split("\n\n", 1)[1].split("\n\n*")[0]
        assert max(map(len, table.splitlines())) <= width
        assert table.count("requests in") == {60: 3, 80: 2}[width]


def test_json_equals_the_table(folder):
    told = answer(folder, "data/small.yaml")
    assert list(told) == ["title", "seed", "version", "notes", "index", "variants", "answer"]
    assert [variant["name"] for variant in told["variants"]] == ["four replicas", "one replica", "no batching"]
    assert [variant["file"] for variant in told["variants"]] == [
        "out/small/four-replicas.h5", "out/small/one-replica.h5", "out/small/no-batching.h5"]
    table = idlewatt("run", "data/small.yaml", cwd=folder).stdout
    rows = {}
    for line in table.splitlines():
        found = re.match(r"  (\S.*?)  +(\S.*)$", line)
        if found:
            rows[found[1]] = [float(x.replace(",", "")) for x in re.findall(r"(?<![\w-])\d[\d,.]*", found[2])]
    factor = {"ms": 1e3, "s": 1, "Wh": 1, "%": 100, "": 1, "mg": 1e3, "J": 1}
    checked = {
        "served": ("requests_served", ""),
        "within SLO": ("slo_share", "%"),
        "energy per request": ("wh_per_request", "Wh"),
        "idle waste share": ("idle_waste_share", "%"),
        "TPOT p50": ("tpot_s_p50", "ms"),
    }
    for label, (measure, unit) in checked.items():
        expected = [variant["summary"][measure] * factor[unit] for variant in told["variants"]]
        assert rows[label] == pytest.approx(expected, rel=6e-4), label


def test_json_keeps_full_precision_and_whole_counts(folder):
    summary = answer(folder, "data/single.yaml")["variants"][0]["summary"]
    assert isinstance(summary["requests_in"], int)
    assert len(repr(summary["it_energy_kwh"])) > 10
    parts = ("served", "cached", "rejected_too_long", "rejected", "failed", "unfinished")
    assert summary["requests_in"] == sum(summary[f"requests_{part}"] for part in parts)


def test_nothing_served_is_null_in_json_and_a_dash_in_the_table(folder):
    scenario = folder / "data/single.yaml"
    scenario.write_text(scenario.read_text().replace("catalog:", "horizon: 10 ms\ncatalog:").replace(
        "sample_every: 30 s", "sample_every: 10 ms"))
    summary = answer(folder, "data/single.yaml")["variants"][0]["summary"]
    assert summary["requests_served"] == 0 and summary["ttft_s_p99"] is None
    table = idlewatt("run", "data/single.yaml", cwd=folder).stdout
    assert re.search(r"TTFT p99 .*-$", table, re.MULTILINE)


def test_set_and_seed_and_variant(folder):
    told = answer(folder, "data/small.yaml", "--variant", "one replica", "--variant", "no batching")
    assert [variant["name"] for variant in told["variants"]] == ["one replica", "no batching"]
    one = told["variants"][0]["summary"]
    by_set = answer(folder, "data/single.yaml", "--set", "pools.chat.replicas.start=1")["variants"][0]["summary"]
    assert by_set == one
    other = answer(folder, "data/single.yaml", "--seed", "8")
    assert other["seed"] == 8
    assert other["variants"][0]["summary"] != answer(folder, "data/single.yaml")["variants"][0]["summary"]


def test_two_runs_are_equal_whatever_the_jobs(folder):
    outputs = []
    for name, jobs in (("a", "1"), ("b", "2"), ("c", "2")):
        (folder / name).mkdir()
        result = idlewatt("run", "../data/small.yaml", "--jobs", jobs, cwd=folder / name)
        assert result.returncode == 0, result.stderr
        outputs.append((result.stdout, bytes_of(folder / name / "out/small")))
    assert sorted(outputs[0][1]) == SMALL_FILES
    assert outputs[0] == outputs[1] == outputs[2]


def test_simgrid_options_are_handed_on(folder):
    plain = answer(folder, "data/single.yaml")
    result = idlewatt("run", "data/single.yaml", "--json", "--", "--cfg=contexts/factory:thread", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == plain


def test_the_answer_says_who_meets_the_slo(folder):
    found = answer(folder, "data/small.yaml", "--set", "traffic.slo={ttft: 5 h, tpot: 1 h}")["answer"]
    assert [run["meets"] for run in found["runs"]] == [True, False, False] and found["cheapest"] == "four replicas"
    assert [run["state"] for run in found["runs"]] == ["stable", "stable", "backlogged"]
    text = idlewatt("run", "data/small.yaml", "--set", "traffic.slo={ttft: 5 h, tpot: 1 h}", cwd=folder).stdout
    assert "SLO: ttft p99 < 18000 s, tpot p99 < 3600 s, answered > 99 %\n" in text
    assert "\nChoose four replicas: the only one that meets the SLO.\n" in text
    assert "✗ missed: answered 98.97 %\n" in text, "what is unfinished at the end of five minutes is not answered"
    text = idlewatt("run", "data/small.yaml", "--set", "traffic.slo={ttft: 1 us, tpot: 1 h}", cwd=folder).stdout
    assert "✗ missed: ttft p99 " in text and "\nNone meets the SLO.\n" in text


def test_fail_if(folder):
    passes = idlewatt("run", "data/small.yaml", "--fail-if", "ttft p99 > 1 h, cost > 1000000", cwd=folder)
    assert passes.returncode == 0 and passes.stderr == ""
    fails = idlewatt("run", "data/small.yaml", "--fail-if", "ttft p99 > 1 us", "--variant", "one replica", cwd=folder)
    assert fails.returncode == 1
    assert fails.stderr.startswith("--fail-if: `ttft p99 > 1 us`: of variant `one replica` ttft p99 is ")
    assert "Results in " in fails.stdout, "the results are there all the same"
    wrong = idlewatt("run", "data/small.yaml", "--fail-if", "ttfd p99 > 1 s", cwd=folder)
    assert wrong.returncode == 2 and "--fail-if: `ttfd p99 > 1 s`: unknown measure `ttfd p99`" in wrong.stderr
