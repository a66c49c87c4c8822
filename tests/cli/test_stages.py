"""Models too large for a server: their stages stand on several."""

import json

import pytest
from support import idlewatt

# Shapes as their makers (or rumours) give them; the sizes are what matters here: 671 GB in fp8, 1.8 TB in fp8.
CATALOG = """
accelerators:
  h100-sxm:
    peak: {fp8: {value: 1979 TFLOPS, range: [1979 TFLOPS, 1979 TFLOPS], status: assumed, source: a test}}
    joules_per_flop: {fp8: {value: 0.3 pJ/FLOP, range: [0.3 pJ/FLOP, 0.3 pJ/FLOP], status: assumed, source: a test}}
models:
  large-mixture:
    title: As large as DeepSeek-V3
    parameters: {value: 671e9, range: [671e9, 671e9], status: assumed, source: a test}
    active_parameters: {value: 37e9, range: [37e9, 37e9], status: assumed, source: a test}
    layers: 61
    hidden: 7168
    heads: 128
    kv_heads: 128
    head_dim: 128
    intermediate: 18432
    vocabulary: 129280
    context_tokens: 16384
    latent_attention: {kv_rank: 512, rope_dim: 64, nope_dim: 128, value_dim: 128, query_rank: 1536}
    experts: {experts: 256, experts_per_token: 8, shared_experts: 1, intermediate: 2048, dense_layers: 3}
    status: assumed
    source: a test
  larger-mixture:
    title: As large as GPT-4 is said to be
    parameters: {value: 1.8e12, range: [1.8e12, 1.8e12], status: assumed, source: a test}
    active_parameters: {value: 280e9, range: [280e9, 280e9], status: assumed, source: a test}
    layers: 120
    hidden: 10240
    heads: 80
    kv_heads: 8
    head_dim: 128
    intermediate: 27000
    vocabulary: 100000
    context_tokens: 8192
    experts: {experts: 16, experts_per_token: 2, shared_experts: 0, intermediate: 27000, dense_layers: 0}
    gated_mlp: false
    status: assumed
    source: a test
"""

SCENARIO = """
title: A model on several servers
seed: 3
horizon: 120 s
sample_every: 10 s
requests: true
catalog: [catalog.yaml]
traffic:
  - {source: chat.yaml, model: MODEL, slo: {ttft: 5 s, tpot: 200 ms}}
site: {pue: 1.2, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks:
  - {servers: [SERVERS x hgx-h100], uplink: 400 Gbps}
pools:
  chat:
    model: MODEL
    precision: fp8
    servers: hgx-h100
    tensor_parallel: 8
    pipeline_parallel: STAGES
    replicas: {start: 1, max: REPLICAS}
    batching: {policy: continuous, max_sequences: 16}
"""

WORKLOAD = """
name: chat
duration: 100 s
mean_rate: 0.5 /s
prompt_tokens: {quantiles: {0: 10, 1: 800}, source: a test}
output_tokens: {quantiles: {0: 5, 1: 60}, source: a test}
"""


def run(folder, model, servers, stages, replicas=1, command="run"):
    text = SCENARIO
    for name, value in (("MODEL", model), ("SERVERS", servers), ("STAGES", stages), ("REPLICAS", replicas)):
        text = text.replace(name, str(value))
    (folder / "catalog.yaml").write_text(CATALOG)
    (folder / "chat.yaml").write_text(WORKLOAD)
    (folder / "stages.yaml").write_text(text)
    return idlewatt(command, "stages.yaml", *(["--json"] if command == "run" else []), cwd=folder)


@pytest.mark.parametrize("model, stages", [("large-mixture", 2), ("larger-mixture", 3)])
def test_a_model_runs_on_several_servers(tmp_path, model, stages):
    result = run(tmp_path, model, stages, stages)
    assert result.returncode == 0, result.stderr  # its books balance, or the run would say so
    summary = json.loads(result.stdout)["variants"][0]["summary"]
    assert summary["requests_in"] > 20
    assert summary["requests_served"] == summary["requests_in"]
    # All accelerators are the replica's; they draw at least what an H100 draws with weights loaded (over 100 W), and
    # each server its base.
    assert summary["accelerator_hours"] == pytest.approx(stages * 8 / 30)
    assert summary["accelerator_energy_kwh"] > stages * 8 * 0.1 / 30
    assert summary["it_energy_kwh"] > summary["accelerator_energy_kwh"] + stages * 1.2 / 30


def test_check_says_how_large_a_replica_is(tmp_path):
    result = run(tmp_path, "large-mixture", 2, 2, command="check")
    assert result.returncode == 0, result.stderr
    assert "2 stages of 8 accelerators a replica" in result.stdout


@pytest.mark.parametrize("model, stages", [("large-mixture", 2), ("larger-mixture", 3)])
def test_a_model_that_does_not_fit_is_told_what_would(tmp_path, model, stages):
    result = run(tmp_path, model, stages, 1)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "does not fit" in result.stderr
    assert f"`tensor_parallel: 8` with `pipeline_parallel: {stages}`, over {stages} servers" in result.stderr
    # What it says is so: as many fit, and one fewer does not.
    assert run(tmp_path, model, stages, stages, command="check").returncode == 0
    assert run(tmp_path, model, stages, stages - 1, command="check").returncode == 2


def test_room_for_replicas_counts_their_stages(tmp_path):
    assert run(tmp_path, "large-mixture", 5, 2, replicas=2, command="check").returncode == 0
    result = run(tmp_path, "large-mixture", 5, 2, replicas=3, command="check")
    assert result.returncode == 2
    assert "3 replicas of 2 stages of 8, and 2 fit on 5 x hgx-h100" in result.stderr
