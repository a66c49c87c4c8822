"""The scoreboard: how servings are put together from steps, what the page says of them, and a set through the program."""

import os

import pytest

pytest.importorskip("yaml")

from scoreboard import page, program, servings, sets  # noqa: E402


class EvenSteps:
    """10 ms a decode step at 300 W; 1 ms a prompt token at 700 W."""

    def decode(self, batch, context):
        return 0.010, 300.0

    def prefill(self, prompt, count):
        return 0.001 * prompt * count, 700.0


def test_a_held_batch_computes_its_prompts_then_decodes_in_step():
    found = servings.answer(servings.Serving(4, 100, 11), EvenSteps(), kv_tokens=10**6, limit=8192)
    assert found.step_s == 0.010
    assert found.first_s == pytest.approx(0.1)
    assert found.whole_s == pytest.approx(4 * 0.1 + 10 * 0.010)
    assert found.between_s == pytest.approx((0.5 - 0.1) / 10)
    assert found.tokens_per_s == pytest.approx(44 / 0.5)
    assert found.watts == pytest.approx((0.4 * 700 + 0.1 * 300) / 0.5)


def test_sequences_beyond_the_cache_wait():
    serving = servings.Serving(40, 100, 20)
    assert serving.held(kv_tokens=10**6) == 40
    assert servings.Serving(40, 100, 20, most=30).held(kv_tokens=10**6) == 30
    assert serving.held(kv_tokens=2200) == 20  # each needs 110 tokens at the mean
    all_at_once = servings.answer(serving, EvenSteps(), 10**6, 8192).whole_s
    half = servings.answer(serving, EvenSteps(), 2200, 8192).whole_s
    assert half == pytest.approx(2 * (20 * 0.1 + 19 * 0.010))
    assert half > all_at_once


def row(measured, predicted, why="", metric="request"):
    return sets.Row("a set", "transfer", "a device", "a model", metric, measured, predicted, why)


def test_the_page_has_errors_and_reasons():
    rows = [row(1.0, 1.1), row(1.0, 0.8), row(2.0, 2.0), row(1.0, None, "no such thing")]
    text = page.text(rows, [])
    assert "| a set (transfer) | a device | a model | request | 3 | 10.0 | 18.0 | +0.0 |" in text
    assert "| a set | a device | a model | 1 | no such thing |" in text
    assert "4 measurements: the program answers 3" in text


def test_a_set_goes_through_the_program(tmp_path, monkeypatch):
    if not os.environ.get("IDLEWATT_BINARY"):
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")
    monkeypatch.setenv("IDLEWATT", os.environ["IDLEWATT_BINARY"])
    program.physics.cache_clear()
    (tmp_path / "serving").mkdir()
    (tmp_path / "serving" / "trtllm.csv").write_text(
        "trtllm_version,model,gpu,precision,tp,isl,osl,total_output_tokens_per_s\n"
        "0.14.0,LLaMA v3.1 8B,H100 SXM 80GB,FP16,1,128,128,10000\n"
        "0.14.0,LLaMA v3.1 8B,H100 SXM 80GB,FP16,1,8000,1000,1000\n")
    rows, missing = sets.rows(tmp_path)
    assert [r.metric for r in rows] == ["tokens/s", "tokens/s"]
    assert 3000 < rows[0].predicted < 30000
    # Llama-3-8B takes 8192 tokens.
    assert rows[1].predicted is None and "8192" in rows[1].why
    assert "serving/silybench.csv" in missing
