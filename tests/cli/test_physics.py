"""`idlewatt physics`: tables that add up, agree with each other, and refuse what cannot be."""

import csv
import io
import itertools
import json
import pathlib
import shutil

import pytest
from support import idlewatt

L4 = ("--model", "llama-3-8b", "--accelerator", "l4")
A100 = ("--model", "llama-3-8b", "--accelerator", "a100-sxm-80")


def answered(tmp_path, *arguments):
    result = idlewatt("physics", *arguments, cwd=tmp_path)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return result.stdout


def answer(tmp_path, *arguments):
    return json.loads(answered(tmp_path, *arguments, "--json"))


def refused(tmp_path, *arguments):
    result = idlewatt("physics", *arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_model_and_accelerator_are_enough(tmp_path):
    text = answered(tmp_path, *L4)
    for word in ("llama-3-8b in bf16 with vllm-2025 on one l4", "KV blocks", "decode", "prefill", "idle, loaded"):
        assert word in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "in fp16" in answered(tmp_path, "--model", "llama-3-8b", "--server", "t4-4", "--tensor-parallel", "2")


@pytest.mark.parametrize("degree", [1, 4])
def test_json_adds_up(tmp_path, degree):
    lists = ("--batch", "1..64,48", "--context", "512,2048", "--prompt", "100..500+200")
    found = answer(tmp_path, *A100, "--tensor-parallel", degree, *lists)
    memory = found["memory"]
    parts = sum(memory[key] for key in ("weight_bytes", "activation_bytes", "reserve_bytes", "kv_bytes"))
    assert parts == pytest.approx(memory["usable_bytes"], rel=1e-12)
    assert memory["kv_tokens"] == 16 * memory["kv_blocks"]
    block = 16 * memory["kv_bytes_per_token"]
    assert 0 <= memory["kv_bytes"] - memory["kv_blocks"] * block < block
    batches = [1, 2, 4, 8, 16, 32, 48, 64]
    assert [(r["batch"], r["context_tokens"]) for r in found["decode"]] == list(itertools.product(batches, [512, 2048]))
    assert [r["prompt_tokens"] for r in found["prefill"]] == [100, 300, 500]
    for row in found["decode"] + found["prefill"]:
        tokens = row.get("batch") or row["prompt_tokens"]
        assert row["tokens_per_s"] * row["step_s"] == pytest.approx(tokens, rel=1e-12)
        energy = degree * row["accelerator_power_w"] * row["step_s"]
        assert row["energy_per_token_j"] * tokens == pytest.approx(energy, rel=1e-12)
        assert row["accelerator_power_w"] <= found["idle"]["board_limit_w"] * (1 + 1e-9)
        named = sum(row[key] for key in ("overhead_s", "linear_s", "attention_s", "links_s", "layers_s"))
        assert named == pytest.approx(row["step_s"], rel=1e-4)  # ticks per token of context
        assert (row["links_s"] > 0) == (degree > 1)


def test_a_kv_cache_in_eight_bits(tmp_path):
    of = ("--batch", "64", "--context", "4096")
    sixteen, eight = (answer(tmp_path, *L4, "--kv-cache-dtype", kv, *of) for kv in ("auto", "fp8"))
    assert eight["kv_cache_dtype"] == "fp8" and sixteen["kv_cache_dtype"] == "auto"
    assert eight["memory"]["kv_bytes_per_token"] == sixteen["memory"]["kv_bytes_per_token"] / 2
    assert eight["memory"]["kv_tokens"] == pytest.approx(2 * sixteen["memory"]["kv_tokens"], abs=16)
    assert eight["decode"][0]["attention_s"] < 0.6 * sixteen["decode"][0]["attention_s"]
    assert eight["decode"][0]["energy_per_token_j"] < sixteen["decode"][0]["energy_per_token_j"]
    assert "KV cache in fp8" in answered(tmp_path, *L4, "--kv-cache-dtype", "fp8")


def test_the_share_of_memory_that_an_engine_takes(tmp_path):
    engine, given = (answer(tmp_path, *A100, *more)["memory"] for more in ((), ("--memory-utilisation", "50%")))
    assert given["usable_bytes"] == pytest.approx(given["accelerator_bytes"] / 2)
    less = engine["usable_bytes"] - given["usable_bytes"]
    assert given["kv_bytes"] == pytest.approx(engine["kv_bytes"] - less)


def test_a_config_json_is_a_model(tmp_path):
    config = pathlib.Path(__file__).parents[1] / "unit/scenario/huggingface/llama-3-70b.json"
    shutil.copy(config, tmp_path / "config.json")
    rest = ("--server", "hgx-a100-80", "--tensor-parallel", "4")
    named, read = (answer(tmp_path, "--model", model, *rest) for model in ("llama-3-70b", "config.json"))
    assert read["decode"] == named["decode"] and read["prefill"] == named["prefill"]
    (tmp_path / "config.json").write_text('{"model_type": "rwkv"}')
    assert "config.json:1:16: unknown model_type `rwkv`" in refused(tmp_path, "--model", "config.json", *rest)
    assert "nowhere.json: cannot be read" in refused(tmp_path, "--model", "nowhere.json", *rest)


def test_csv_holds_the_same_steps(tmp_path):
    lists = ("--batch", "1,8", "--context", "100,1000", "--prompt", "300")
    found = answer(tmp_path, *L4, *lists)
    rows = list(csv.DictReader(io.StringIO(answered(tmp_path, *L4, *lists, "--csv"))))
    steps = found["decode"] + found["prefill"]
    assert len(rows) == len(steps) == 5
    for row, step in zip(rows, steps):
        assert int(row["batch"]) == step.get("batch", 0) and int(row["tokens"]) == step.get("prompt_tokens", 0)
        assert int(row["context"]) == step.get("context_tokens", 0)
        assert float(row["ms"]) == pytest.approx(1e3 * step["step_s"], rel=1e-12)
        assert float(row["watts"]) == pytest.approx(step["accelerator_power_w"], rel=1e-12)


def test_steps_that_memory_does_not_hold_are_marked(tmp_path):
    found = answer(tmp_path, *L4, "--batch", "1,64", "--context", "1024")
    tokens = found["memory"]["kv_tokens"]
    assert [row["fits_kv_blocks"] for row in found["decode"]] == [1024 <= tokens, 64 * 1024 <= tokens] == [True, False]
    text = answered(tmp_path, *L4, "--batch", "1,64")
    assert "more tokens than the KV blocks hold" in text
    assert "more tokens than the KV blocks hold" not in answered(tmp_path, *L4, "--batch", "1")


def test_a_cap_slows_and_saves(tmp_path):
    free = answer(tmp_path, *A100, "--prompt", "2048", "--batch", "32")
    capped = answer(tmp_path, *A100, "--prompt", "2048", "--batch", "32", "--power-cap", "250W")
    assert capped["power_cap_w"] == 250
    prefill = capped["prefill"][0]
    assert prefill["accelerator_power_w"] <= 250 * (1 + 1e-9) and 250 < free["prefill"][0]["accelerator_power_w"]
    assert prefill["clock_hz"] < free["prefill"][0]["clock_hz"]
    slower = {kind: capped[kind][0]["step_s"] / free[kind][0]["step_s"] for kind in ("decode", "prefill")}
    assert 1 <= slower["decode"] < slower["prefill"]


def test_own_catalogue_entries_count(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "accelerators:\n  l4: {memory: {value: 48 GB, range: [40 GB, 56 GB], status: assumed, source: a wish}}\n", encoding="utf-8"
    )
    found = answer(tmp_path, *L4, "--catalog", "mine.yaml")
    assert found["memory"]["accelerator_bytes"] == 48e9
    assert found["memory"]["kv_blocks"] > 2 * answer(tmp_path, *L4)["memory"]["kv_blocks"]
    (tmp_path / "wrong.yaml").write_text("accelerators:\n  l4: {memry: 3}\n", encoding="utf-8")
    assert refused(tmp_path, *L4, "--catalog", "wrong.yaml").startswith("wrong.yaml:2:8: unknown key `memry`")


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["--accelerator", "l4"], "--model is missing; expected a config.json, or one of"),
        (["--model", "llama-3-8b"], "--accelerator is missing; expected either"),
        ([*L4, "--server", "l4-8"], "both --accelerator and --server are given"),
        (["--model", "llam-3-8b", "--accelerator", "l4"], "did you mean `llama-3-8b`?"),
        (["--model", "llama-3-8b", "--accelerator", "l5"], "unknown accelerator `l5`"),
        (["--model", "llama-3-8b", "--server", "l4-9"], "did you mean `l4-1`?"),
        ([*L4, "--engine", "vlm-2025"], "did you mean `vllm-2025`?"),
        (["--model", "llama-3-8b", "--accelerator", "t4", "--precision", "bf16"],
         "`t4` cannot compute in `bf16`; expected one of `fp16`, `int8`"),
        ([*A100, "--precision", "fp8"], "`a100-sxm-80` cannot compute in `fp8`; expected one of `fp16`, `bf16`"),
        ([*A100, "--kv-cache-dtype", "fp8"], "`a100-sxm-80` has no arithmetic in `fp8`, so its attention cannot read"),
        ([*A100, "--memory-utilisation", "20%"], "`llama-3-8b` in bf16 does not fit"),
        ([*L4, "--precision", "bf17"], "unknown precision `bf17`"),
        (["--model", "llama-3-70b", "--accelerator", "a100-sxm-80"],
         "does not fit: 141.1 GB of weights"),
        (["--model", "llama-3-70b", "--accelerator", "a100-sxm-80"],
         "expected `--tensor-parallel 2` or `--precision int8`"),
        ([*L4, "--tensor-parallel", "3"], "does not divide the 32 attention heads"),
        ([*L4, "--tensor-parallel", "12"], "a `l4-8` has 8 accelerators, of which a rank takes a part of one or all of several; expected one of `1`, `2`, `4`, `8`, `16`, `32`"),
        ([*L4, "--pipeline-parallel", "99"], "has 32 layers"),
        ([*L4, "--power-cap", "10W"], "expected 40 to 72 W"),
        ([*L4, "--power-cap", "50"], "`50` has no unit"),
        ([*L4, "--clock-limit", "5GHz"], "expected 210 to 2040 MHz"),
        ([*L4, "--batch", "0"], "--batch 0: `0` is not between 1 and 65536"),
        ([*L4, "--batch", "1,x"], "`x` is no whole number"),
        ([*L4, "--batch", "1,,2"], "`` is no whole number"),
        ([*L4, "--batch", "9..2"], "`9..2` goes down"),
        ([*L4, "--batch", "1..65536+1"], "more than 1000 numbers"),
        ([*L4, "--prompt", "99999999999999999999"], "is not between 1 and 8192"),
        ([*L4, "--context", "8193"], "--context 8193: `8193` is not between 1 and 8192"),
        ([*L4, "--json", "--csv"], "both --json and --csv"),
        ([*L4, "--catalog", "none.yaml"], "none.yaml: cannot be read"),
    ],
)
def test_refusals(tmp_path, arguments, expected):
    assert expected in refused(tmp_path, *arguments)


def test_pipeline_needs_to_know_its_network(tmp_path):
    stages = answer(tmp_path, *A100, "--pipeline-parallel", "2", "--batch", "1", "--prompt", "512")
    alone = answer(tmp_path, *A100, "--batch", "1", "--prompt", "512")
    assert stages["server"] == "hgx-a100-80" and stages["decode"][0]["links_s"] > 0
    assert stages["decode"][0]["step_s"] > alone["decode"][0]["step_s"]


def config(tmp_path, **more):
    shape = {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
             "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
             "max_position_embeddings": 131072, "tie_word_embeddings": False}
    (tmp_path / "config.json").write_text(json.dumps(shape | more))
    return "--model", "config.json", "--accelerator", "h100-sxm"


def test_a_window_bounds_reads_and_memory(tmp_path):
    question = ("--batch", "16", "--context", "30000")
    whole = answer(tmp_path, *config(tmp_path), *question)["decode"][0]
    window = answer(tmp_path, *config(tmp_path, sliding_window=4096), *question)["decode"][0]
    assert window["attention_s"] == pytest.approx(whole["attention_s"] * 4096 / 30000, rel=1e-4)
    assert window["fits_kv_blocks"] and not whole["fits_kv_blocks"]
    # Up to the window there is no difference.
    short = ("--batch", "16", "--context", "4096")
    windowed = answer(tmp_path, *config(tmp_path, sliding_window=4096), *short)["decode"]
    assert windowed == answer(tmp_path, *config(tmp_path), *short)["decode"]


def test_a_checkpoint_has_its_own_precision(tmp_path):
    awq = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}
    found = answer(tmp_path, *config(tmp_path, quantization_config=awq), "--batch", "1")
    assert found["precision"] == "int4"
    assert found["memory"]["weight_bytes"] == pytest.approx(5.73e9, rel=2e-3)
    assert found["shape"]["weight_bytes"] == found["memory"]["weight_bytes"]
    said = refused(tmp_path, *config(tmp_path, quantization_config=awq), "--precision", "bf16")
    assert "stored as `int4` (awq" in said and "expected `int4`" in said
