"""A load test's result beside what is predicted: against idlewatt's own output, and against files of real tools."""

import csv
import json
import math
import os
import pathlib
import re

import pytest
from support import copy_data, idlewatt

DATA = os.environ.get("IDLEWATT_DATA")
CASES = (pathlib.Path(DATA).parent if DATA else pathlib.Path(__file__).parents[3] / "shared") / "cases/loadtests"
FLEET = ["--model", "test-3b", "--servers", "test-2", "--engine", "test-engine", "--precision", "bf16", "--catalog", "data/catalog.yaml"]


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    return tmp_path


def bench_of(folder, slower=1.0):
    """What `vllm bench serve --save-detailed` would have written of a simulated fleet."""
    h5py = pytest.importorskip("h5py")
    run = idlewatt("run", "data/small.yaml", "--variant", "one replica", "--set", "requests=true", "--set", "traffic.scale=0.3",
                   "-o", "out/bench", cwd=folder)  # fmt: skip
    assert run.returncode == 0, run
    with h5py.File(folder / "out/bench/one-replica.h5") as file:
        rows = file["requests"][:]
        names = [name.decode() if isinstance(name, bytes) else name for name in file["requests"].attrs["outcome_names"]]
    rows = sorted((row for row in rows if names[row["outcome"]] == "served"), key=lambda row: row["arrival_s"])
    ttfts = [slower * float(row["first_token_s"] - row["arrival_s"]) for row in rows]
    rests = [slower * float(row["end_s"] - row["first_token_s"]) for row in rows]
    result = {"total_input_tokens": 1, "mean_ttft_ms": 1.0, "backend": "vllm",
              "input_lens": [int(row["prompt_tokens"]) for row in rows], "output_lens": [int(row["output_tokens"]) for row in rows],
              "start_times": [1000.0 + float(row["arrival_s"]) for row in rows], "ttfts": ttfts,
              "itls": [[rest] if rest > 0 else [] for rest in rests], "generated_texts": [""] * len(rows), "errors": [""] * len(rows)}  # fmt: skip
    (folder / "bench.json").write_text(json.dumps(result))
    return len(rows)


def validate(folder, *arguments, status=0):
    result = idlewatt("validate", "bench.json", *arguments, cwd=folder)
    assert result.returncode == status, result
    return result.stdout


def test_its_own_output_is_predicted(folder):
    count = bench_of(folder)
    sure = [*FLEET, "--set", "pools.fleet.batching={policy: continuous, max_sequences: 16}"]
    found = json.loads(validate(folder, *sure, "--json", "--within", "ttft p99 1 %, tpot p50 1 %, e2e mean 1 %"))
    assert found["measured_requests"] == count and found["predicted_requests"] == count > 50
    # The last requests of the run are missing in the file, so the end may differ a little.
    for one in found["single_requests"].values():
        assert one["median_error"] < 1e-3, found
    same = json.loads(validate(folder, "--scenario", "data/small.yaml", "--variant", "one replica", "--json"))
    assert same["single_requests"]["e2e"]["median_error"] < 1e-3
    assert same["measured_requests"] == count


def test_an_error_is_found_and_said(folder):
    bench_of(folder, slower=1.25)
    arguments = ["--scenario", "data/small.yaml", "--variant", "one replica"]
    text = validate(folder, *arguments, "--within", "ttft p50 10 %, e2e p50 30 %", status=1)
    assert re.search(r"p50 +\S+ ms +\S+ ms +-20\.0 %", text) and "Not within ttft p50 10 %\n" in text
    assert "Not within e2e" not in text and "single requests: median error 20.0 %" in text
    few = json.loads(validate(folder, *arguments, "--skip", "10", "--json"))
    every = json.loads(validate(folder, *arguments, "--json"))
    assert few["measured_requests"] == every["measured_requests"] - 10


@pytest.mark.parametrize("arguments, message", [
    ([], "--model is missing"),
    (["--model", "test-3b"], "--servers is missing"),
    ([*FLEET, "--within", "ttft p50"], "--within: `ttft p50` is no limit"),
    (["--scenario", "data/small.yaml"], "--variant: expected the variant of data/small.yaml that was measured"),
    (["--scenario", "data/small.yaml", "--variant", "one replica", "--replicas", "2"], "--replicas: the scenario says that"),
    (["--model", "test-4b", *FLEET[2:]], "the fleet that was measured: unknown model `test-4b`"),
    ([*FLEET, "--skip", "100000"], "nothing to compare"),
])  # fmt: skip
def test_bad_input(folder, arguments, message):
    bench_of(folder)
    result = idlewatt("validate", "bench.json", *arguments, cwd=folder)
    assert result.returncode == 2 and message in result.stderr and result.stderr.count("\n") == 1, result


def test_a_file_without_latencies_is_refused(folder):
    (folder / "t.csv").write_text("arrival_s,prompt_tokens,output_tokens\n1,2,3\n")
    result = idlewatt("validate", "t.csv", *FLEET, cwd=folder)
    assert result.returncode == 2 and "holds no latencies (expected one of `vllm-bench`" in result.stderr, result


@pytest.mark.parametrize("case, file", [
    ("vllm-serve-detailed", "openai-2.5qps-Llama-3.1-8B-Instruct-20260815-101500.json"),
    ("guidellm-json", "benchmarks.json"),
    ("guidellm-yaml", "benchmarks.yaml"),
    ("aiperf", "profile_export.jsonl"),
    ("inference-perf", "per_request_lifecycle_metrics.json"),
])  # fmt: skip
def test_files_of_load_tests(tmp_path, case, file):
    """What is measured is what the case's expected.csv says."""
    if not CASES.is_dir():
        pytest.skip("the cases are not on this machine")
    rows = [row for row in csv.DictReader((CASES / case / "expected.csv").open()) if row.get("ok", "1") == "1" and row["ttft_s"]]
    runs = {row.get("benchmark", row.get("run", "")) for row in rows}
    options = ["--run", "0"] if len(runs) > 1 else []
    if options:
        first = sorted(runs)[0]
        rows = [row for row in rows if row.get("benchmark", row.get("run", "")) == first]
    result = idlewatt("validate", CASES / case / file, "--model", "llama-3.1-8b", "--servers", "h100-1", "--json", *options, cwd=tmp_path)
    assert result.returncode == 0, result
    found = json.loads(result.stdout)
    means = {one["latency"]: one["measured_s"] for one in found["statistics"] if one["statistic"] == "mean"}
    assert found["measured_requests"] == len(rows)
    assert means["ttft"] == pytest.approx(sum(float(row["ttft_s"]) for row in rows) / len(rows), rel=1e-5)
    assert means["e2e"] == pytest.approx(sum(float(row["e2e_s"]) for row in rows) / len(rows), rel=1e-3)
    assert all(math.isfinite(value) for value in means.values())
