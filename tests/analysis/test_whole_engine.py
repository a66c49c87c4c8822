"""LLM-Inference-Bench through the program itself: batches of equal requests, from their arrival to the last token."""

import pytest

pytest.importorskip("scipy")
pytest.importorskip("yaml")

import idlewatt as results  # noqa: E402
from calibration import data, fit_bench  # noqa: E402

# An A100 as large as no KV cache ever needs.
LARGE = """
accelerators:
  a100-sxm-40:
    memory: {value: 400 GB, status: derived, source: "made up: without limit"}
"""


def scenario(cases, engine):
    """A variant for each (batch, length, tp)."""
    lines = ["title: LLM-Inference-Bench", "horizon: 10 min", "sample_every: 1 min", "requests: true",
             "traffic:", "  - {source: {format: azure-llm, path: none.csv}, model: llama-3-8b}",
             "site: {pue: 1.0, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}",
             "racks:", "  - {servers: 1 x hgx-a100-40, uplink: 100 Gbps, switch: 0 W}", "pools:", "  bench:",
             "    model: llama-3-8b", "    servers: hgx-a100-40", "    precision: bf16", f"    engine: {engine}",
             "    replicas: {start: 1, min: 1, max: 1}",
             f"    batching: {{policy: continuous, max_sequences: 64, token_budget: {fit_bench.PREFILL_TOKENS}}}",
             "variants:"]
    for batch, length, tp in cases:
        lines += [f"  {batch}x{length} tp{tp}:",
                  f"    traffic.0.source.path: {batch}x{length}.csv", f"    pools.bench.tensor_parallel: {tp}"]
    return "\n".join(lines) + "\n"


@pytest.fixture
def run(idlewatt, tmp_path):
    """Seconds that the program takes for each case, {(batch, length, tp): seconds}, and its preemptions."""

    def seconds(cases, engine="vllm-2025", catalogue=None):
        text = scenario(cases, engine)
        if catalogue:
            (tmp_path / "catalogue.yaml").write_text(catalogue, encoding="utf-8")
            text += "catalog: [catalogue.yaml]\n"
        (tmp_path / "bench.yaml").write_text(text, encoding="utf-8")
        for batch, length, _ in cases:
            rows = [f"2024-01-01 00:00:00.0000000,{length},{length}"] * batch
            (tmp_path / f"{batch}x{length}.csv").write_text(
                "\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *rows]) + "\n", encoding="utf-8")
        answer = idlewatt("run", "bench.yaml", "-o", "out", cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        out = {}
        for batch, length, tp in cases:
            one = results.open(tmp_path / "out" / f"{batch}x{length}-tp{tp}.h5")
            assert one.summary["requests_served"] == batch
            out[batch, length, tp] = one.requests.end_s.max() - one.requests.arrival_s.min(), one.summary["preemptions"]
        return out

    return seconds


def measured(batch, length, tp, engine="vLLM"):
    try:
        table = data.bench(engine)
    except FileNotFoundError as error:
        pytest.skip(str(error))
    row = table[(table.batch == batch) & (table.length == length) & (table.tp == tp)]
    return row.seconds.iloc[0]


def check(answers, engine, bar):
    for case, (seconds, _) in answers.items():
        assert seconds == pytest.approx(measured(*case, engine), rel=bar), case


def test_vllm(run):
    cases = [(1, 128, 1), (1, 2048, 1), (16, 512, 1), (32, 1024, 1), (64, 128, 1), (64, 1024, 1), (1, 512, 2),
             (32, 1024, 2), (64, 2048, 2)]
    measured(*cases[0])
    check(run(cases), "vLLM", 0.08)


def test_tensorrt_llm(run):
    cases = [(1, 1024, 1), (32, 512, 1), (64, 1024, 1), (32, 512, 2), (64, 1024, 4)]
    measured(*cases[0])
    check(run(cases, "tensorrt-llm-2024"), "TensorRT-LLM", 0.05)


def test_the_limit_of_the_kv_cache_makes_the_plateau(run):
    case = (64, 2048, 1)
    took = measured(*case)
    limited, preemptions = run([case])[case]
    unlimited, none = run([case], catalogue=LARGE)[case]
    assert preemptions > 0 and none == 0
    assert limited == pytest.approx(took, rel=0.10)
    assert unlimited < 0.90 * took
