"""The scoreboard: how servings are put together from steps, what the page says of them, and a set through the program."""

import os

import pytest

pytest.importorskip("yaml")

from scoreboard import coverage, page, program, servings, sets  # noqa: E402


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


def test_draws_follow_the_triangle_of_a_figure():
    figure = {"value": "2 GB/s", "range": ["1 GB/s", "5 GB/s"], "status": "assumed", "source": "x"}
    values = [float(text.split(" ")[0]) for text in coverage.drawn(("servers", "x", "disk"), figure, 400)]
    assert all(1 <= v <= 5 for v in values)
    # A quarter of the triangle lies below its peak; its mean is a third of the sum of its corners.
    assert sum(v < 2 for v in values) == 100
    assert sum(values) / 400 == pytest.approx(8 / 3, rel=0.005)
    assert values != [float(t.split(" ")[0]) for t in coverage.drawn(("servers", "y", "disk"), figure, 400)]


def test_powers_out_of_order_are_lowered():
    node = {"idle_loaded": {"value": "100 W"}, "idle_empty": {"value": "60 W"}}
    drawn = coverage.in_order({("idle_empty",): "90 W", ("idle_loaded",): "80 W"}, node)
    assert drawn == {("idle_empty",): "80 W", ("idle_loaded",): "80 W"}
    assert coverage.in_order({("idle_loaded",): "50 W"}, node)[("idle_empty",)] == "50 W"


def test_covered_measurements_are_counted():
    numpy = pytest.importorskip("numpy")
    rows = [row(1.0, 1.1), row(1.0, 0.8), row(2.0, 2.0)]
    predictions = numpy.linspace([0.9, 0.7, 1.9], [1.1, 0.9, 2.1], 21)
    text = coverage.text(rows, predictions)
    assert "| request | transfer | 3 | 67 | 18 |" in text
    assert "| a set (transfer) | a device | a model | request | 3 | 67 | 18 |" in text


def test_each_draw_is_a_catalogue_that_the_program_reads(tmp_path, monkeypatch):
    if not os.environ.get("IDLEWATT_BINARY"):
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")
    monkeypatch.setenv("IDLEWATT", os.environ["IDLEWATT_BINARY"])
    answers = set()
    for place in coverage.catalogues(program.catalogue.PLATFORMS, tmp_path, 2):
        with program.with_platforms(place):
            answers.add(program.physics(program.Configuration("llama-3-8b", "h100-1", "vllm-2026"))["decode"][0]["step_s"])
    assert len(answers) == 2
