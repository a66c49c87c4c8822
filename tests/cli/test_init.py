"""A newcomer's case: from a question to a fleet, without a file to begin with."""

import json
import os
import pty
import re
import select
import shlex
import subprocess
import time

import pytest
from support import IDLEWATT, environment, everything_in, idlewatt

ANSWERS = ["--model", "llama-3-8b", "--requests-per-day", "40000", "--slo", "ttft p99 < 1.5 s", "--servers", "l4-1, a100-80-1"]


def run(*arguments, cwd, status=0):
    result = idlewatt(*arguments, cwd=cwd, timeout=300)
    assert result.returncode == status, result
    return result.stdout


def talk(cwd, arguments, answers):
    """Runs a command in a terminal of its own, and answers each line that waits for an answer."""
    master, slave = pty.openpty()
    process = subprocess.Popen([IDLEWATT, *arguments], stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=environment(), close_fds=True)
    os.close(slave)
    said, waiting, deadline = "", list(answers), time.monotonic() + 120
    while time.monotonic() < deadline:
        readable, _, _ = select.select([master], [], [], 0.2)
        if readable:
            try:
                piece = os.read(master, 65536).decode()
            except OSError:  # the terminal is closed with the program
                break
            if not piece:
                break
            said += piece
            if re.search(r"(\?|\)|\]) $", said) and waiting:
                os.write(master, (waiting.pop(0) + "\n").encode())
        elif process.poll() is not None:
            break
    os.close(master)
    assert not waiting, (said, waiting)
    return process.wait(timeout=60), said.replace("\r\n", "\n")


def test_from_a_question_to_a_fleet_in_five_commands_and_no_edit(tmp_path):
    status, said = talk(tmp_path, ["init", "chatbot.yaml"],
                        ["llama-3", "llama-3-8b", "40000", "ttft p99 < 1.5 s", "l4-1, a100-80", "l4-1, a100-80-1", "", "", "", "", ""])  # fmt: skip
    assert status == 0, said
    assert "`llama-3` is not one of" not in said.split("Which model?")[0]
    assert "`llama-3` is not one of " in said and "llama-3-8b" in said, "a part of a name lists what has it"
    assert "`a100-80` is not one of " in said and "a100-80-1" in said
    assert "Written: chatbot.yaml and chatbot-traffic.yaml\nNext: idlewatt size chatbot.yaml" in said
    text = run("size", "chatbot.yaml", cwd=tmp_path)
    first, command = text.splitlines()[0], re.search(r"to run it: idlewatt (.*)", text)[1]
    assert re.match(r"variant=\S+: \d+ replicas? on \d+ x (l4-1|a100-80-1)$", first)
    shown = run(*shlex.split(command), cwd=tmp_path)
    assert "✓ met" in shown and "Results in out/chatbot-size/" in shown
    both = run("run", "chatbot.yaml", cwd=tmp_path)
    assert "SLO: ttft p99 < 1.5 s, answered > 99 %\n" in both and "\nChoose a100-80-1: the only one that meets the SLO.\n" in both
    page = idlewatt("report", "out/chatbot", "-o", "chatbot.html", cwd=tmp_path)
    if page.returncode != 0:
        pytest.skip(page.stderr)
    assert "Choose <strong>a100-80-1</strong>" in (tmp_path / "chatbot.html").read_text()


def test_options_answer_instead(tmp_path):
    out = run("init", *ANSWERS, "--prompt-tokens", "600", cwd=tmp_path)
    assert out.startswith("Written: my-fleet.yaml and my-fleet-traffic.yaml\n")
    scenario = (tmp_path / "my-fleet.yaml").read_text()
    assert "slo: {ttft: 1.5 s}" in scenario and "replicas: 2" in scenario
    checked = run("check", "my-fleet.yaml", cwd=tmp_path)
    requests = int(re.search(r"traffic: ([\d,]+) requests", checked)[1].replace(",", ""))
    assert abs(requests - 40_000) < 800, "four standard deviations of a Poisson process"
    prompt = int(re.search(r"on average ([\d,]+) prompt", checked)[1].replace(",", ""))
    assert 585 < prompt < 610
    before = everything_in(tmp_path)
    again = idlewatt("init", *ANSWERS, cwd=tmp_path)
    assert again.returncode == 2 and "my-fleet.yaml: is there already" in again.stderr
    assert everything_in(tmp_path) == before
    run("init", *ANSWERS, "--force", cwd=tmp_path)


def test_a_config_of_hugging_face_is_a_model(tmp_path):
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
              "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
              "head_dim": 64, "max_position_embeddings": 8192, "tie_word_embeddings": True, "torch_dtype": "bfloat16"}  # fmt: skip
    (tmp_path / "models/mine").mkdir(parents=True)
    (tmp_path / "models/mine/config.json").write_text(json.dumps(config))
    run("init", "fleets.yaml", "--model", "models/mine/config.json", "--requests-per-day", "1k", "--servers", "t4-1", cwd=tmp_path)
    assert "catalog: [models/mine/config.json]" in (tmp_path / "fleets.yaml").read_text()
    assert "pool chat: mine in fp16" in run("check", "fleets.yaml", cwd=tmp_path), "a T4 has no bf16"


def test_what_does_not_fit_is_left_out(tmp_path):
    out = run("init", "--model", "llama-3-8b", "--requests-per-day", "1000", "--servers", "t4-1,l4-1", cwd=tmp_path)
    assert out.startswith("Left out: t4-1: model `llama-3-8b` in fp16 does not fit: ")
    assert "t4-1" not in (tmp_path / "my-fleet.yaml").read_text()


@pytest.mark.parametrize("arguments, message", [
    (["--requests-per-day", "1000"], "--model is missing; expected it, or a terminal to ask for it"),
    (["--model", "llama-3-8b"], "--requests-per-day is missing"),
    (["--model", "llama-3-8c", "--requests-per-day", "1000"], "unknown model `llama-3-8c`"),
    (["--model", "llama-3-8b", "--requests-per-day", "many"], "--requests-per-day: `many` is no number above 0"),
    (["--model", "llama-3-8b", "--requests-per-day", "10", "--slo", "cost < 3"], "--slo: `cost < 3` limits neither"),
    (["--model", "llama-3-8b", "--requests-per-day", "10", "--servers", ","], "--servers: no server is named"),
    (["--model", "llama-3-8b", "--requests-per-day", "10", "--carbon", "400"], "`400` has no unit"),
    (["--model", "deepseek-v3", "--requests-per-day", "10", "--servers", "t4-1"], "the model fits on none of the servers"),
    (["--model", "none/config.json", "--requests-per-day", "10"], "none/config.json"),
])  # fmt: skip
def test_bad_answers_write_nothing(tmp_path, arguments, message):
    result = idlewatt("init", *arguments, cwd=tmp_path)
    assert result.returncode == 2 and message in result.stderr, result
    assert result.stderr.count("\n") == 1 and "/idlewatt-" not in result.stderr, result.stderr
    assert everything_in(tmp_path) == []


def test_size_without_a_scenario(tmp_path):
    arguments = ["size", *ANSWERS, "--replicas", "1-10", "--json"]
    answer = json.loads(run(*arguments, cwd=tmp_path))
    assert answer["best"] is not None
    ran = json.loads(run(*answer["best"]["command"], "--json", cwd=tmp_path))
    assert ran["answer"]["runs"][0]["meets"] is True
    assert json.loads(run(*arguments, cwd=tmp_path)) == answer, "again"
    mixed = idlewatt("size", "out/size-llama-3-8b/scenario.yaml", "--model", "llama-3-8b", cwd=tmp_path)
    assert mixed.returncode == 2 and "--model: the scenario states this already" in mixed.stderr


def test_max_rate(tmp_path):
    run("init", *["ttft p99 < 4 s" if one.startswith("ttft") else one for one in ANSWERS], cwd=tmp_path)
    limits = json.loads(run("size", "my-fleet.yaml", "--max-rate", "--seeds", "2", "--json", "--set", "horizon=3 h", cwd=tmp_path))["max_rates"]
    assert [one["variant"] for one in limits] == ["l4-1", "a100-80-1"]
    assert limits[1]["scale"] > 2 * limits[0]["scale"]
    for one in limits:
        assert one["scale"] < one["misses_at"] <= 1.01 * one["scale"]
        common = ["run", "my-fleet.yaml", "--variant", one["variant"], "--set", "horizon=3 h", "--json", "-o", "out/rate"]
        below = json.loads(run(*common, "--set", f"traffic.scale={one['scale']!r}", cwd=tmp_path))
        assert below["answer"]["runs"][0]["meets"] is True
        assert below["variants"][0]["summary"]["requests_in"] == one["summary"]["requests_in"]
        verdicts = [json.loads(run(*common, "--seed", str(seed), "--set", f"traffic.scale={one['misses_at']!r}", cwd=tmp_path))
                    ["answer"]["runs"][0]["meets"] for seed in (1, 2)]  # fmt: skip
        assert False in verdicts
    text = run("size", "my-fleet.yaml", "--max-rate", "--seeds", "1", "--set", "horizon=3 h", cwd=tmp_path)
    assert re.search(r"a100-80-1: \S+ requests/s in the mean, \S+ a day, \S+ times the scenario's; beyond it ttft p99 ", text)
    none = idlewatt("size", "my-fleet.yaml", "--max-rate", "--slo", "ttft p99 < 1 us", "--seeds", "1", "--set", "horizon=3 h", cwd=tmp_path)
    assert none.returncode == 1 and "none: not even a thousandth of the traffic meets it" in none.stdout
