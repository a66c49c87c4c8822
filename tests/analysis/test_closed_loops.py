"""The calibration's closed loops against those that the program runs."""

import pytest

pytest.importorskip("numpy")
pytest.importorskip("scipy")
pytest.importorskip("pandas")
pytest.importorskip("yaml")

import os  # noqa: E402

from calibration import catalogue, closed_loops  # noqa: E402
from scoreboard import program  # noqa: E402


@pytest.mark.parametrize("clients,requests,prefill", [(6, 20, "chunked"), (40, 90, "chunked"), (6, 20, "first")])
def test_the_program_and_the_calibration_agree(monkeypatch, clients, requests, prefill):
    if not os.environ.get("IDLEWATT_BINARY"):
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")
    monkeypatch.setenv("IDLEWATT", os.environ["IDLEWATT_BINARY"])
    prompt, output = 700, 50
    here = program.Configuration("llama-3-8b", "h100-1", "vllm-2026")
    theirs = program.closed_loop(here, clients, requests, (prompt, prompt), (output, output), prefill).latencies
    engine = catalogue.engine("vllm-2026")
    rules = closed_loops.Rules(engine.request_overhead, engine.request_overhead_per_token,
                               prompts_alone=prefill == "first")
    steps = closed_loops.Steps(catalogue.model("llama-3-8b"), catalogue.accelerator("h100-sxm"), engine, clients)
    ours = closed_loops.run(steps, rules, clients, [(prompt, output)] * requests)
    assert ours.first == pytest.approx(theirs.first_s, rel=2e-3)
    assert ours.median_first == pytest.approx(theirs.median_first_s, rel=2e-3)
    assert ours.between == pytest.approx(theirs.between_s, rel=2e-3)
    assert ours.whole == pytest.approx(theirs.whole_s, rel=2e-3)
