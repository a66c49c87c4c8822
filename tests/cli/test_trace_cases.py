"""Traces, load tests and logs as their writers write them: the right requests, or one line that says what is missing."""

import csv
import io
import json
import pathlib

import pytest
from support import cases, idlewatt

TRACES = cases("traces")
LOADTESTS = cases("loadtests")
GATEWAY = cases("gateway")
INPUTS = cases("inputs")
needs_cases = pytest.mark.skipif(None in (TRACES, LOADTESTS, GATEWAY, INPUTS), reason="no ../shared/cases")


def folder_of(kind):
    return {"traces": TRACES, "loadtests": LOADTESTS, "gateway": GATEWAY}[kind]


# kind, folder, file, options: converted to our CSV, the rows are those of the folder's expected.csv.
READ = [
    ("traces", "azure-2023", "AzureLLMInferenceTrace_conv.csv", []),
    ("traces", "azure-2024", "AzureLLMInferenceTrace_code_1week.csv", []),
    ("traces", "bailian", "qwen_traceA_blksz_16.jsonl", []),
    ("traces", "burstgpt-v1", "BurstGPT_1.csv", []),
    ("traces", "burstgpt-v2", "BurstGPT_3.csv", []),
    ("traces", "dynamo-request-trace", "dynamo-request-trace.000000.jsonl", []),
    ("traces", "inference-perf-csv", "trace.csv", ["--sort"]),
    ("traces", "inference-perf-otel", "chain_1.json", []),
    ("traces", "applied-compute-agentic", "trace.jsonl", []),
    ("traces", "mooncake-agentic", "agentic.jsonl", []),
    ("traces", "mooncake-fast25", "conversation_trace.jsonl", []),
    ("traces", "mooncake-schema-sglang", "trace.jsonl", []),
    ("traces", "mooncake-sessions", "trace.jsonl", []),
    ("traces", "genai-perf-payload", "payload.jsonl", ["--on-error", "skip"]),
    ("traces", "sharegpt-llmservingsim", "sharegpt-llama-3.1-8b-300-sps10.jsonl", []),
    ("traces", "splitwise-sim", "rr_conv_70.csv", []),
    ("traces", "tracelab", "llm_round_trace.public.jsonl", []),
    ("traces", "vidur-trace", "splitwise_conv.csv", []),
    ("traces", "weka-agentic", "traces.jsonl", []),
    ("loadtests", "aiperf", "profile_export.jsonl", []),
    ("loadtests", "guidellm-json", "benchmarks.json", []),
    ("loadtests", "guidellm-yaml", "benchmarks.yaml", ["--run", "0"]),
    ("loadtests", "guidellm-yaml", "benchmarks.yaml", ["--run", "1"]),
    ("loadtests", "inference-perf", "per_request_lifecycle_metrics.json", []),
    ("loadtests", "vllm-serve-detailed", "openai-2.5qps-Llama-3.1-8B-Instruct-20260815-101500.json", []),
    ("gateway", "bedrock", "invocations.json", []),
    ("gateway", "envoy-ai-gateway", "access.log", []),
    ("gateway", "litellm-spend-logs", "spend_logs.json", []),
    ("gateway", "openai-usage-jsonl", "usage.jsonl", []),
]


def served(row):
    """Rows with tokens on both sides that an engine worked for; the others are left out and counted."""
    return row["prompt_tokens"] not in ("", "0") and row["output_tokens"] not in ("", "0") and \
        row.get("engine_work", "1") == "1"


def convert(path, tmp_path, *options):
    result = idlewatt("trace", "convert", path, tmp_path / "out.csv", "--force", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    return list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text()))), result.stderr


@needs_cases
@pytest.mark.parametrize("kind, folder, name, options", READ)
def test_a_file_is_read_as_its_writer_means_it(kind, folder, name, options, tmp_path):
    rows, said = convert(folder_of(kind) / folder / name, tmp_path, *options)
    assert str(folder_of(kind) / folder / name) + ": taken for " in said, said
    expected = list(csv.DictReader((folder_of(kind) / folder / "expected.csv").open()))
    if "--run" in options:
        expected = [row for row in expected if row["run"] == options[1]]
    keys = {}  # of each expected row, by its number, its request id or its span
    wanted = [(number, row) for number, row in enumerate(expected) if served(row)]
    assert len(rows) == len(wanted)
    left = list(rows)
    paired = []
    for number, row in wanted:
        found = next(one for one in left if one["prompt_tokens"] == row["prompt_tokens"] and
                     one["output_tokens"] == row["output_tokens"] and
                     (not row.get("arrival_s") or float(one["arrival_s"]) == pytest.approx(float(row["arrival_s"]),
                                                                                            abs=2e-10)))
        left.remove(found)
        paired.append((row, found))
        for name_of_row in (str(number), row.get("request", ""), row.get("span", "")):
            if name_of_row:
                keys.setdefault(name_of_row, found["key"])
    for row, found in paired:
        if folder in ("burstgpt-v2", "bailian"):
            assert found["after"] == ""  # at the times recorded
        elif row.get("after"):
            assert sorted(found["after"].split()) == sorted(keys[one] for one in row["after"].split())
            assert float(found["delay_s"] or 0) == pytest.approx(float(row["delay_s"]), abs=1e-9)
        elif "after" in row:
            assert found["after"] == "" and row.get("arrival_s", "0") in ("", found["arrival_s"])
        if row.get("block_tokens"):
            assert found["block_tokens"] == row["block_tokens"]
            assert len(found["prefix_blocks"].split()) == int(row.get("blocks") or len(found["prefix_blocks"].split()))
    check_reuse(rows, expected, paired)


def check_reuse(rows, expected, paired):
    """The leading blocks that an earlier row also began with, by an unlimited cache."""
    columns = [name for name in expected[0] if name.startswith("reusable_tokens")]
    if not columns:
        return
    seen = set()
    for row, found in paired:  # in the order of the file
        blocks = found["prefix_blocks"].split()
        size = int(found["block_tokens"] or 1)
        reused = 0
        while reused < len(blocks) and blocks[reused] in seen:
            reused += 1
        seen.update(blocks)
        if row[columns[0]]:
            assert min(reused * size, int(row["prompt_tokens"])) == int(row[columns[0]])


# kind, folder, file, what the one line says
REFUSED = [
    ("traces", "04-hash-count-contradicts-length", "trace.jsonl",
     ":1:78: 3 hashes do not fit a prompt of 100 tokens in blocks of 512"),
    ("traces", "aiperf-inputs", "inputs.json", "takes the model's tokenizer"),
    ("traces", "aiperf-inputs", "single_turn.jsonl", "takes the model's tokenizer"),
    ("traces", "aiperf-inputs", "multi_turn.jsonl", "takes the model's tokenizer"),
    ("traces", "genai-perf-payload", "payload.jsonl", ":3:1: the prompt is given as `text_input`"),
    ("traces", "inference-perf-csv", "trace.csv", ":5:1: the time goes back"),
    ("traces", "lmcache-agentic", "train.jsonl", "takes the model's tokenizer"),
    ("traces", "sharegpt-raw", "ShareGPT_V3_unfiltered_cleaned_split.json", "takes the model's tokenizer"),
    ("traces", "vidur-lengths", "arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv", "without arrivals"),
    ("loadtests", "aiperf", "profile_export_aiperf.json", "the summary of a load test"),
    ("loadtests", "aiperf", "profile_export_aiperf.csv", "the summary of a load test"),
    ("loadtests", "genai-perf", "profile_export_genai_perf.json", "the summary of a load test"),
    ("loadtests", "genai-perf", "profile_export_genai_perf.csv", "the summary of a load test"),
    ("loadtests", "genai-perf", "profile_export.json", "counts no tokens"),
    ("loadtests", "guidellm-csv", "benchmarks.csv", "the summary of a load test"),
    ("loadtests", "guidellm-yaml", "benchmarks.yaml", "a second run begins here"),
    ("loadtests", "inference-perf", "stage_0_lifecycle_metrics.json", "the summary of a load test"),
    ("loadtests", "inferencex", "agg_dsr1_1k1k_fp8_sglang_tp8_conc64_h200.json", "the summary of load tests"),
    ("loadtests", "k6-csv", "results.csv", "counts no tokens"),
    ("loadtests", "llm-d-benchmark-report", "benchmark_report.yaml", "without its requests"),
    ("loadtests", "llmperf", "m_550_150_individual_responses.json", "says no arrivals"),
    ("loadtests", "llmperf", "m_550_150_summary.json", "says no arrivals"),
    ("loadtests", "locust-csv", "run_stats.csv", "sums without requests"),
    ("loadtests", "locust-csv", "run_stats_history.csv", "sums without requests"),
    ("loadtests", "locust-csv", "run_failures.csv", "sums without requests"),
    ("loadtests", "mlperf-loadgen", "llama2-70b-99.9/Server/performance/run_1/mlperf_log_summary.txt", "LoadGen"),
    ("loadtests", "sglang-bench-serving", "sglang_0815_5_1024_1024.jsonl", "the summary of a load test"),
    ("loadtests", "trtllm-bench", "report.json", "without its requests"),
    ("loadtests", "vllm-latency-throughput", "latency.json", "says no arrivals"),
    ("loadtests", "vllm-latency-throughput", "throughput.json", "says no arrivals"),
    ("loadtests", "vllm-serve", "openai-infqps-concurrency4-Llama-3.1-8B-Instruct-20260815-111500.json",
     "a closed loop of `4` clients, 448 prompt and 5 output tokens a request"),
    ("gateway", "azure-openai-diagnostics", "PT1H.json", "bytes and no tokens"),
    ("gateway", "azure-openai-diagnostics", "metrics_PT1H.json", "sums of minutes"),
    ("gateway", "bedrock", "metric_data.json", "sums of minutes"),
    ("gateway", "bedrock", "metric_statistics.json", "sums of minutes"),
    ("gateway", "istio-access-log", "istio-proxy.log", "counts no tokens"),
]


@needs_cases
@pytest.mark.parametrize("kind, folder, name, text", REFUSED)
def test_what_is_no_trace_is_refused_with_the_reason(kind, folder, name, text, tmp_path):
    result = idlewatt("trace", "stats", folder_of(kind) / folder / name, cwd=tmp_path)
    assert result.returncode == 2, result.stdout
    assert result.stderr.count("\n") == 1 and text in result.stderr, result.stderr
    expected = result.stderr.split("(expected ")[1]
    if kind == "loadtests":
        # What works instead: a file that has the requests, or a workload of what the summary says.
        assert any(way in expected for way in ("workload", "--save-detailed", "profile_export.jsonl", "GuideLLM's report", "run: 0"))


@needs_cases
def test_every_case_has_a_test():
    """Each folder of these kinds is named by a test beside this one, but for three configs of models."""
    models = {"06-scaled-context", "07-sliding-window", "08-four-bit-weights"}
    tests = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path(__file__).parent.glob("test_*.py"))
    kinds = [TRACES, LOADTESTS, GATEWAY, INPUTS, cases("feeds")]
    missing = [folder for kind in kinds for folder in kind.iterdir() if folder.is_dir() and f'"{folder.name}"' not in tests]
    assert {folder.name for folder in missing} <= models


@needs_cases
def test_sglang_results_say_no_arrivals(tmp_path):
    path = LOADTESTS / "sglang-bench-serving" / "sglang_0815_5_1024_1024.jsonl"
    result = idlewatt("trace", "stats", path, "--run", "1", cwd=tmp_path)
    assert result.returncode == 2 and "no `start_times`" in result.stderr


@needs_cases
def test_bailians_times_are_seconds(tmp_path):
    result = idlewatt("trace", "stats", TRACES / "03-seconds-read-as-milliseconds" / "trace.jsonl", "--json", cwd=tmp_path)
    figures = json.loads(result.stdout)
    assert figures["last_arrival_s"] == 600.25
    assert figures["mean_rate_rps"] == pytest.approx(0.0183, abs=5e-5)
    assert figures["block_tokens"] == 16 and "taken for qwen-bailian" in figures["recognised"]


def prefix_tokens(scenario, tmp_path, *options):
    result = idlewatt("run", scenario, "--json", "-o", tmp_path / "out", "--force", *options, cwd=tmp_path, timeout=300)
    assert result.returncode == 0, result.stderr
    return {one["name"]: one["summary"]["prefix_tokens"] for one in json.loads(result.stdout)["variants"]}


@needs_cases
def test_the_prefix_cache_finds_what_is_there(tmp_path):
    folder = TRACES / "02-prefix-block-size-of-trace"
    assert prefix_tokens(folder / "scenario.yaml", tmp_path) == {"default": 5104, "told": 5104}
    text = (folder / "scenario.yaml").read_text()
    for name in ("two.csv", "two.h5"):  # what is carried through conversions
        assert idlewatt("trace", "convert", folder / "two.jsonl", name, cwd=tmp_path).returncode == 0
        (tmp_path / "s.yaml").write_text(text.replace("{format: mooncake, path: two.jsonl}", "{path: " + name + "}"))
        assert prefix_tokens(tmp_path / "s.yaml", tmp_path) == {"default": 5104, "told": 5104}
    wrong = idlewatt("run", folder / "scenario.yaml", "-o", tmp_path / "wrong", "--variant", "told", "--set",
                     "pools.p.prefix_cache.block_tokens=16", cwd=tmp_path)
    assert wrong.returncode == 2 and "`block_tokens` is 16, but the trace's hashes are of blocks of 512" in wrong.stderr


@needs_cases
def test_pretty_printed_results_are_no_trace(tmp_path):
    result = idlewatt("trace", "stats", INPUTS / "15-pretty-printed-json" / "result.json", cwd=tmp_path)
    assert result.returncode == 2 and "no known trace is JSON that begins like" in result.stderr
    assert "workloads/FORMATS.md" in result.stderr and "`columns`" in result.stderr


@needs_cases
def test_a_client_of_servegen_has_the_rates_and_the_lengths_of_its_files(tmp_path):
    folder = TRACES / "servegen-client"
    rows, said = convert(folder / "chunk-7-trace.csv", tmp_path)
    assert "taken for servegen" in said
    for window in csv.DictReader((folder / "expected.csv").open()):
        start, end = float(window["start_s"]), float(window["end_s"])
        assert sum(start <= float(row["arrival_s"]) < end for row in rows) == float(window["expected_requests"])
    lengths = [row for row in csv.DictReader((folder / "expected_lengths.csv").open()) if row["from_s"] == "0"]
    for row in lengths:
        name = {"input_tokens": "prompt_tokens", "output_tokens": "output_tokens"}[row["field"]]
        found = [int(one[name]) for one in rows]
        assert sum(found) / len(found) == pytest.approx(float(row["mean_tokens"]), rel=0.1)
        assert (min(found), max(found)) == (int(row["least"]), int(row["most"]))
    assert convert(folder / "chunk-7-trace.csv", tmp_path)[0] == rows
    (tmp_path / "chunk-8-trace.csv").write_text((folder / "chunk-7-trace.csv").read_text())
    alone = idlewatt("trace", "stats", "chunk-8-trace.csv", cwd=tmp_path)
    assert alone.returncode == 2 and "chunk-8-dataset.json" in alone.stderr


@needs_cases
def test_sessions_without_a_start_are_spread_where_one_says_so(tmp_path):
    path = TRACES / "weka-agentic" / "traces.jsonl"
    rows, said = convert(path, tmp_path)
    assert "2 sessions say no start and all begin at time 0" in said
    assert [row["arrival_s"] for row in rows if not row["after"]] == ["0", "0"]
    rows, said = convert(path, tmp_path, "--sessions-every", "1 min")
    assert "say no start" not in said
    assert [row["arrival_s"] for row in rows if not row["after"]] == ["0", "60"]


@needs_cases
def test_requests_that_wait_come_after_their_answers(tmp_path):
    """The simulated fleet decides when; conversions and copies of the trace keep who waits for whom."""
    (tmp_path / "s.yaml").write_text("""title: agents
horizon: 10 min
requests: true
traffic: [{source: {path: TRACE}, model: llama-3-8b}]
racks: [{servers: 1 x hgx-h100, uplink: 100 Gbps}]
pools: {chat: {model: llama-3-8b, precision: bf16, servers: hgx-h100, replicas: {start: 1, min: 1, max: 1}}}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
""")
    text = (tmp_path / "s.yaml").read_text()
    summaries = []
    trace = TRACES / "mooncake-agentic" / "agentic.jsonl"
    for name in ("a.csv", "a.h5"):
        assert idlewatt("trace", "convert", trace, name, cwd=tmp_path).returncode == 0
    for name in (str(trace), "a.csv", "a.h5"):
        (tmp_path / "s.yaml").write_text(text.replace("TRACE", name))
        result = idlewatt("run", "s.yaml", "-o", "out", "--force", "--json", cwd=tmp_path, timeout=300)
        assert result.returncode == 0, result.stderr
        summaries.append(json.loads(result.stdout)["variants"][0]["summary"])
    assert summaries[0]["requests_served"] == 6
    assert summaries[0] == summaries[1] == summaries[2]
    (tmp_path / "s.yaml").write_text(text.replace("{path: TRACE}", f"{{path: {trace}}}") .replace(
        "model: llama-3-8b}]", "model: llama-3-8b, scale: 3, repeat: {times: 2, every: 1 min}}]"))
    result = idlewatt("run", "s.yaml", "-o", "out", "--force", "--json", cwd=tmp_path, timeout=300)
    assert json.loads(result.stdout)["variants"][0]["summary"]["requests_served"] == 36, result.stderr
