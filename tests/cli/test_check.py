"""`idlewatt check` reports all that is wrong with a file, a line each, and gives it to tools as JSON."""

import json
import re

import pytest

from support import idlewatt

GOOD = """\
title: A test
traffic:
  - {source: chat.yaml, model: llama-3-8b, slo: {ttft: 1 s, tpot: 100 ms}}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks:
  - {servers: 1 x hgx-a100-80, uplink: 100 Gbps}
pools:
  chat:
    model: llama-3-8b
    precision: bf16
    servers: hgx-a100-80
    replicas: {start: 2, min: 1, max: 8}
    batching: {policy: continuous, max_sequences: 64}
"""

WORKLOAD = """\
name: chat
duration: 1 h
mean_rate: 1 /s
prompt_tokens: {quantiles: {0: 2, 1: 1000}, source: a test}
output_tokens: {quantiles: {0: 1, 1: 100}, source: a test}
"""

CLAIM = """\
title: A claim
claim:
  says: Steps take a while.
  given: {least: {vlaue: 30, source: nobody}}
  physics: {step: {model: llama-3-8b, precision: bf17, servers: hgx-a100-80, batch: 0, context: 1000}}
  find: {time: {is: physics.step.step_s, untis: s}}
  shows: [It does.]
  verdict: [{when: otherwise, is: holds}]
"""


@pytest.fixture
def check(tmp_path):
    (tmp_path / "chat.yaml").write_text(WORKLOAD)

    def run(text, *options, command="check"):
        (tmp_path / "s.yaml").write_text(text)
        return idlewatt(command, "s.yaml", *options, cwd=tmp_path)

    return run


def wrong(*changes):
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


TEN_KEYS = wrong(
    ("title:", "titel:"), ("slo:", "slos:"), ("pue:", "peu:"), ("carbon:", "carbno:"), ("uplink:", "uplnik:"), ("precision:", "precison:"),
    ("replicas: {start: 2", "replicas: {strat: 2"), ("max_sequences", "max_seqs"),
) + "horizn: 1 h\nfaults: {crash: {mtbf: 1 d, mttr: 1 h}}\n"  # fmt: skip


@pytest.mark.parametrize("command", ["check", "run"])
def test_ten_wrong_keys_are_ten_lines(check, command):
    result = check(TEN_KEYS, command=command)
    assert result.returncode == 2 and result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 10, result.stderr
    assert all(re.match(r"s\.yaml:\d+:\d+: unknown key `\w+` in .*; did you mean `\w+`\?$", line) for line in lines), result.stderr
    places = [tuple(map(int, line.split(":")[1:3])) for line in lines]
    assert places == sorted(places)


def test_a_good_scenario_has_no_problem(check):
    assert check(GOOD).returncode == 0
    result = check(GOOD, "--json")
    assert result.returncode == 0 and json.loads(result.stdout) == [] and result.stderr == ""


def test_json_has_each_problem_with_its_place(check):
    result = check(TEN_KEYS, "--json")
    assert result.returncode == 2 and result.stderr == ""
    problems = json.loads(result.stdout)
    assert len(problems) == 10
    assert problems[0] == {
        "file": "s.yaml", "line": 1, "column": 1, "variant": None, "message": problems[0]["message"],
    }  # fmt: skip
    assert all(problem["message"].startswith("unknown key") for problem in problems)


def test_json_names_the_origin_of_an_override(check):
    problems = json.loads(check(GOOD + "variants: {a: {pools.chat.precision: fp7}}\n", "--set", "site.pue=0.1", "--json").stdout)
    by_origin = {problem["file"]: problem for problem in problems}
    assert by_origin["--set site.pue=0.1"]["line"] is None
    assert by_origin["s.yaml"]["variant"] == "a" and by_origin["s.yaml"]["line"] == 14


def test_problems_of_other_files_stand_beside_those_of_the_scenario(check, tmp_path):
    (tmp_path / "trace.csv").write_text("arrival_s,prompt_tokens,output_tokens\n0,10,10\n1,ten,10\n")
    (tmp_path / "chat.yaml").write_text(WORKLOAD.replace("1 h", "1").replace("mean_rate: 1 /s", "mean_rate: 1"))
    text = wrong(("pue: 1.5", "pue: 0.5")).replace("site:", "  - {source: {path: trace.csv}, model: llama-3-8b}\nsite:")
    lines = check(text).stderr.splitlines()
    assert [re.match(r"[\w.]+:\d+", line)[0] for line in lines] == ["s.yaml:5", "chat.yaml:2", "chat.yaml:3"], lines


def test_wrong_things_of_a_claim_are_all_reported(check):
    result = check(CLAIM)
    lines = result.stderr.splitlines()
    assert result.returncode == 2 and len(lines) == 4, result.stderr
    for line, said in zip(lines, ["`vlaue`", "precision `bf17`", "`batch`: `0`", "`untis`"]):
        assert said in line


def test_one_mistake_is_one_line(check):
    for old, new in [("bf16", "bf61"), ("1 x hgx-a100-80", "1 x hgx-a100-8"), ("100 Gbps", "100"), ("racks:", "rakcs:"), ("max: 8", "max: 9")]:
        result = check(wrong((old, new)))
        assert result.returncode == 2 and result.stderr.count("\n") == 1, result.stderr


def test_what_an_engine_gives_a_pool_is_shown(check):
    text = wrong(("1 x hgx-a100-80", "1 x hgx-h100"), ("    servers: hgx-a100-80", "    servers: hgx-h100\n    engine: vllm-2026"),
                 ("max_sequences: 64", "max_sequences: 64}\n    kv_cache_dtype: fp8\n    memory_utilisation: 85 %  # {"))
    pool = next(line for line in check(text).stdout.splitlines() if line.startswith("  pool chat"))
    assert "KV cache in fp8, with vllm-2026 (rules of vLLM 0.30) in 85 % of memory" in pool
    assert "batching continuous (8,192 tokens, 64 sequences)" in pool and "prefix cache lru" in pool
    pool = next(line for line in check(GOOD).stdout.splitlines() if line.startswith("  pool chat"))
    assert "llama-3-8b in bf16 with vllm-2025 on hgx-a100-80" in pool
    assert "batching continuous, queue" in pool and "prefix cache none" in pool
