"""`idlewatt trace ...`: what traces are like, converting, cutting and generating them."""

import gzip
import json
import os
import pathlib
import resource
import subprocess

import pytest
from support import IDLEWATT, environment, everything_in, idlewatt

ROOT = pathlib.Path(__file__).resolve().parents[2]
BURST = """Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
5,ChatGPT,472,18,490,Conversation log
45,ChatGPT,1087,230,1317,Conversation log
118,GPT-4,417,276,693,API log
119,GPT-4,417,0,417,API log
"""
WORKLOAD = """name: short
duration: 1 min
mean_rate: 50 /s
prompt_tokens: {quantiles: {0: 10, 1: 100}, source: "a test"}
output_tokens: {quantiles: {0: 10, 1: 100}, source: "a test"}
"""

SCENARIO = """title: A trace in HDF5
sample_every: 1 min
traffic:
  - {source: {path: a.h5}, model: llama-3-8b, cut: {from: 1 s}, repeat: 2, shift: 10 s, scale: 2, scale_by: compression}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks: [{servers: 1 x hgx-a100-80, uplink: 100 Gbps}]
pools:
  chat: {model: llama-3-8b, precision: bf16, servers: hgx-a100-80, replicas: {start: 1, min: 1, max: 1}}
"""


def done(result):
    assert result.returncode == 0, result
    return result


def refused(result, status=2):
    assert result.returncode == status, result
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


@pytest.fixture
def burst(tmp_path):
    path = tmp_path / "burst.csv"
    path.write_text(BURST)
    return path


def test_stats(tmp_path, burst):
    result = done(idlewatt("trace", "stats", burst, "--json", cwd=tmp_path))
    figures = json.loads(result.stdout)
    assert figures["requests"] == 3
    assert figures["skipped_zero_tokens"] == 1
    assert figures["last_arrival_s"] == 118
    assert figures["prompt_tokens"]["total"] == 472 + 1087 + 417
    assert figures["hour_rates_rps"][1] is None
    assert "1 row without prompt or output tokens left out" in result.stderr
    assert "inter-arrival CV" in done(idlewatt("trace", "stats", burst, cwd=tmp_path)).stdout


def test_round_trips_give_the_same_bytes(tmp_path, burst):
    for source, target in [(burst, "a.csv"), ("a.csv", "b.h5"), ("b.h5", "c.csv.gz"), ("c.csv.gz", "d.csv")]:
        done(idlewatt("trace", "convert", source, target, cwd=tmp_path))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "d.csv").read_bytes()
    assert gzip.decompress((tmp_path / "c.csv.gz").read_bytes()) == (tmp_path / "a.csv").read_bytes()


def test_the_page_of_formats_is_the_table(tmp_path):
    page = done(idlewatt("trace", "formats", "--markdown", cwd=tmp_path)).stdout
    assert page == (ROOT / "workloads/FORMATS.md").read_text(), (
        "out of date: idlewatt trace formats --markdown > workloads/FORMATS.md"
    )
    names = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert len(names) >= 5
    listed = done(idlewatt("trace", "formats", cwd=tmp_path)).stdout
    help_text = done(idlewatt("trace", "stats", "--help", cwd=tmp_path)).stdout
    for name in names:
        assert name in listed and name in " ".join(help_text.split())


def test_cut_and_transforms(tmp_path, burst):
    done(idlewatt("trace", "cut", burst, "cut.csv", "--from", "40 s", "--to", "118 s", cwd=tmp_path))
    assert (tmp_path / "cut.csv").read_text().splitlines()[1:] == ["5,1087,230,0,0,0,interactive,,0,0,0,,,,,"]
    repeat = ["--repeat", "2", "--repeat-every", "200 s"]
    compress = ["--scale", "2", "--scale-by", "compression", "--shift", "1 s"]
    done(idlewatt("trace", "convert", burst, "all.csv", *repeat, *compress, cwd=tmp_path))
    times = [float(line.split(",")[0]) for line in (tmp_path / "all.csv").read_text().splitlines()[1:]]
    assert times == [3.5, 23.5, 60, 103.5, 123.5, 160]


def test_generate_repeats_with_its_seed(tmp_path):
    (tmp_path / "w.yaml").write_text(WORKLOAD)
    for name, seed in [("a.csv", 1), ("b.csv", 1), ("c.csv", 2)]:
        done(idlewatt("trace", "generate", "w.yaml", "-o", name, "--seed", seed, cwd=tmp_path))
    texts = [(tmp_path / name).read_text() for name in ("a.csv", "b.csv", "c.csv")]
    assert texts[0] == texts[1] != texts[2]
    done(idlewatt("trace", "generate", "w.yaml", "-o", "d.csv", "--duration", "10 s", cwd=tmp_path))
    assert len((tmp_path / "d.csv").read_text()) < len(texts[0]) / 4


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["stast", "x"], "idlewatt trace: unknown subcommand `stast` (did you mean `stats`?)"),
        (["stats"], "idlewatt trace stats: FILE is missing"),
        (["convert", "burst.csv"], "OUT is missing"),
        (["convert", "burst.csv", "a.csv", "b.csv"], "unexpected argument `b.csv`"),
        (["convert", "burst.csv", "a.txt"], "a.txt: its ending names no format"),
        (["convert", "none.csv", "a.csv"], "none.csv: cannot be opened"),
        (["stats", "burst.csv", "--format", "burst"], "--format: unknown `burst` (did you mean `burstgpt`?)"),
        (["stats", "burst.csv", "--format", "azure-llm"], "burst.csv:1:1: column TIMESTAMP is missing"),
        (["stats", "burst.csv", "--zero-tokens", "stop"], "burst.csv:5:1: the row has no output tokens"),
        (["cut", "burst.csv", "a.csv"], "nothing to cut"),
        (["cut", "burst.csv", "a.csv", "--from", "10"], "--from: `10` has no unit"),
        (["cut", "burst.csv", "a.csv", "--from", "1 h"], "no request is left to write"),
        (["cut", "burst.csv", "a.csv", "--from", "2 s", "--to", "1 s"], "--to: the cut ends"),
        (["convert", "burst.csv", "a.csv", "--scale", "0"], "--scale: `0` is out of range"),
        (["convert", "burst.csv", "a.csv", "--repeat", "2", "--repeat-every", "9 s"], "the trace repeats every"),
        (["generate", "none.yaml", "-o", "a.csv"], "none.yaml"),
    ],
)
def test_bad_input(tmp_path, burst, arguments, expected):
    before = everything_in(tmp_path)
    assert expected in refused(idlewatt("trace", *arguments, cwd=tmp_path))
    assert everything_in(tmp_path) == before


def test_bad_rows(tmp_path, burst):
    burst.write_text(BURST.replace("45,ChatGPT", "soon,ChatGPT"))
    message = refused(idlewatt("trace", "convert", "burst.csv", "a.csv", cwd=tmp_path))
    assert "burst.csv:3:1: Timestamp is `soon`" in message
    assert everything_in(tmp_path) == ["burst.csv"]
    result = done(idlewatt("trace", "convert", "burst.csv", "a.csv", "--on-error", "skip", cwd=tmp_path))
    assert "1 row that cannot be read left out" in result.stderr


def test_a_file_that_cannot_be_written(tmp_path, burst):
    assert "cannot write" in refused(idlewatt("trace", "convert", burst, "no/a.csv", cwd=tmp_path), status=3)
    assert "cannot write" in refused(idlewatt("trace", "convert", burst, "no/a.h5", cwd=tmp_path), status=3)


def test_ten_million_rows_take_constant_memory(tmp_path):
    (tmp_path / "w.yaml").write_text(WORKLOAD)
    done(idlewatt("trace", "generate", "w.yaml", "-o", "small.csv", cwd=tmp_path))
    rows = (tmp_path / "small.csv").read_text().count("\n") - 1
    repeats = 10_000_000 // rows + 1
    command = [IDLEWATT, "trace", "convert", "small.csv", "big.csv.gz", "--repeat", str(repeats)]
    most = 128 * 1024 * 1024  # the requests themselves would take ten times as much

    def bound():
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    result = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=600, preexec_fn=bound
    )
    assert result.returncode == 0, result
    assert f"{rows * repeats:,} requests" in result.stderr


def test_a_scenario_replays_what_was_converted(tmp_path, burst):
    done(idlewatt("trace", "convert", burst, "a.h5", cwd=tmp_path))
    (tmp_path / "s.yaml").write_text(SCENARIO)
    result = idlewatt("check", "s.yaml", cwd=tmp_path)
    assert result.returncode == 0, result
    assert "6 requests" in result.stdout


@pytest.mark.skipif(not os.environ.get("IDLEWATT_DATA"), reason="IDLEWATT_DATA is not set (workloads/README.md)")
def test_the_azure_trace(tmp_path):
    path = pathlib.Path(os.environ["IDLEWATT_DATA"]) / "traces" / "AzureLLMInferenceTrace_conv.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there (workloads/README.md)")
    figures = json.loads(done(idlewatt("trace", "stats", path, "--json", cwd=tmp_path)).stdout)
    assert figures["requests"] == 19366
    assert figures["prompt_tokens"]["total"] == 22361870
    assert figures["output_tokens"]["p50"] == 129
