"""A small model that drafts for a large one, as scenarios and messages have it."""

import json

import pytest
from support import idlewatt

SCENARIO = """
title: Drafts
seed: 1
horizon: 60 s
traffic:
  - {source: chat.yaml, model: llama-3-70b, slo: {ttft: 2 s, tpot: 100 ms}}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks:
  - {servers: 1 x hgx-a100-80, uplink: 100 Gbps}
pools:
  chat:
    model: llama-3-70b
    precision: bf16
    servers: hgx-a100-80
    tensor_parallel: 4
    replicas: {start: 1, min: 1, max: 1}
    batching: {policy: continuous, max_sequences: 16}
    speculative: SPECULATIVE
"""
CHAT = """
name: chat
duration: 60 s
mean_rate: 0.3 /s
arrivals: {process: poisson}
prompt_tokens: {quantiles: {0: 100, 1: 500}, source: a test}
output_tokens: {quantiles: {0: 50, 1: 150}, source: a test}
"""


def scenario(tmp_path, speculative, change=lambda text: text):
    (tmp_path / "chat.yaml").write_text(CHAT)
    file = tmp_path / "drafts.yaml"
    text = SCENARIO.replace("SPECULATIVE", speculative) if speculative else SCENARIO.split("    speculative:")[0]
    file.write_text(change(text))
    return file


def summary(file, tmp_path):
    result = idlewatt("run", file, "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["variants"][0]["summary"]


def test_drafts_shorten_the_time_per_token(tmp_path):
    plain = summary(scenario(tmp_path, None), tmp_path)
    drafted = summary(scenario(tmp_path, "{draft: llama-3-8b, tokens: 2, acceptance: 80 %}"), tmp_path)
    refused = summary(scenario(tmp_path, "{draft: llama-3-8b, tokens: 2, acceptance: 0 %}"), tmp_path)
    assert drafted["tpot_s_p50"] < 0.8 * plain["tpot_s_p50"]
    assert refused["tpot_s_p50"] > plain["tpot_s_p50"]
    assert drafted["facility_energy_kwh"] > drafted["lower_bound_kwh"] > 0


@pytest.mark.parametrize(
    "speculative, message",
    [
        ("{draft: llama-3-8, tokens: 2, acceptance: 0.5}", "did you mean `llama-3-8b`?"),
        ("{draft: llama-2-7b, tokens: 2, acceptance: 0.5}", "expected a draft model of the same vocabulary"),
        ("{draft: llama-3-8b, tokens: 0, acceptance: 0.5}", "`tokens`"),
        ("{draft: llama-3-8b, tokens: 2, acceptance: 1.0}", "expected"),
        ("{draft: llama-3-8b, tokens: 2}", "acceptance"),
        ("{draft: llama-3-8b, token: 2, acceptance: 0.5}", "did you mean `tokens`?"),
    ],
)
def test_mistakes_get_one_line(tmp_path, speculative, message):
    result = idlewatt("check", scenario(tmp_path, speculative), cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr and len(result.stderr.splitlines()) == 1, result.stderr
    assert "drafts.yaml:18:" in result.stderr


def test_both_models_must_fit(tmp_path):
    file = scenario(
        tmp_path, "{draft: llama-3-70b, tokens: 2, acceptance: 0.5}", lambda text: text.replace("parallel: 4", "parallel: 2")
    )
    result = idlewatt("check", file, cwd=tmp_path)
    assert result.returncode == 2 and "does not fit" in result.stderr, result.stderr
