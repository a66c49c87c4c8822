"""Whatever is wrong with the input: one line that names the place, status 2, and nothing written."""

import re

import pytest
from support import copy_data, everything_in, idlewatt


def refused(result):
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert result.stderr.endswith("\n") and result.stderr.count("\n") == 1, result.stderr
    for word in ("terminate", "abort", "exception", "Backtrace"):
        assert word not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["rnu"], "unknown subcommand `rnu` (did you mean `run`?)"),
        (["--versoin"], "unknown option `--versoin` (did you mean `--version`?)"),
        (["run"], "SCENARIO is missing"),
        (["run", "a.yaml", "b.yaml"], "unexpected argument `b.yaml`"),
        (["run", "a.yaml", "--jsn"], "unknown option `--jsn` (did you mean `--json`?)"),
        (["run", "a.yaml", "-x"], "unknown option `-x`"),
        (["run", "a.yaml", "--json=yes"], "option `--json` takes no value"),
        (["run", "a.yaml", "--jobs"], "option `--jobs` needs a value: N"),
        (["run", "a.yaml", "--jobs", "0"], "--jobs: `0` is not a whole number from 1 on"),
        (["run", "a.yaml", "--seed", "-1"], "--seed: `-1` is not a whole number from 0 on"),
        (["run", "a.yaml", "--seed", "99999999999999999999"], "is not a whole number"),
        (["run", "a.yaml", "--seed", "1", "--seed", "2"], "option `--seed` is given 2 times"),
        (["run", "a.yaml", "--set", "seed"], "--set: `seed` is no PATH=VALUE"),
        (["run", "a.yaml", "--", "--verbose"], "after `--` come SimGrid's"),
        (["run", "a.yaml"], "a.yaml: "),
        (["run", "a.yaml", "--", "--cfg=bogus:1"], "SimGrid does not take `--cfg=bogus:1`: Bad config key: bogus"),
        (["run", "a.yaml", "--", "--cfg=cpu/optim"], "SimGrid does not take `--cfg=cpu/optim`"),
        (["run", "a.yaml", "--", "--log=bogus"], "SimGrid does not take `--log=bogus`"),
        (["check", "a.yaml", "--markdown"], "unknown option `--markdown`"),
        (["check", "a.yaml", "--", "--cfg=a:b"], "takes nothing after `--`"),
        (["help", "chek"], "no subcommand `chek` (did you mean `check`?)"),
        (["version", "1"], "unexpected argument `1`"),
    ],
)
def test_command_line(tmp_path, arguments, expected):
    if expected.startswith(("--jobs", "--seed", "after", "SimGrid")) or "whole number" in expected:
        copy_data(tmp_path)
        arguments = [str(tmp_path / "data/single.yaml") if a == "a.yaml" else a for a in arguments]
    before = everything_in(tmp_path)
    assert expected in refused(idlewatt(*arguments, cwd=tmp_path))
    assert everything_in(tmp_path) == before


def test_no_subcommand_prints_the_help(tmp_path):
    result = idlewatt(cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == "" and "Usage: idlewatt SUBCOMMAND" in result.stderr


# Each replaces one text of small.yaml; the message has to name that line.
BROKEN = [
    ("seed: 7", "seed: many", "seed"),
    ("sample_every: 30 s", "sample_every: 30", "expected a time such as"),
    ("sample_every: 30 s", "sampel_every: 30 s", "did you mean `sample_every`?"),
    ("ttft: 500 ms", "ttft: -1 s", "ttft"),
    ("model: test-3b\n    slo", "model: test-3\n    slo", "did you mean `test-3b`?"),
    ("source: minutes.yaml", "source: hours.yaml", "there is no file"),
    ("pue: 1.5", "pue: 0.5", "pue"),
    ("electricity: 0.10 USD/kWh", "electricity: 0.10", "USD/kWh"),
    ("1 x test-4", "1 test-4", "servers"),
    ("max: 4", "max: 40", "expected at most 4"),
    ("policy: static", "policy: statik", "did you mean `static`?"),
    ("max_sequences: 16", "max_sequences: 0", "max_sequences"),
    ("precision: bf16", "precision: int8", "int8"),
    ("replicas: {start: 4", "replicas: {start: 4, start: 3", "start"),
    ("  chat:\n", "  chat: [\n", ""),
    ("racks:", "swapping: {policy: lur}\nracks:", "did you mean `lru`?"),
    ("racks:", "swapping: {policy: none, to: nothing}\nracks:", "unknown key `to`"),
    ("racks:", "swapping: {policy: lru, to: disk}\nracks:", "expected one of `host-memory`, `nothing`"),
    ("racks:", "swapping: {policy: lru, host_memory: 120 %}\nracks:", "`host_memory`"),
    ("racks:", "swapping: {policy: lru, residence: 2}\nracks:", "`residence`: `2` has no unit"),
    ("    precision: bf16", "    count: 0\n    precision: bf16", "`count` of pool `chat`"),
    ("    precision: bf16", "    pinned: maybe\n    precision: bf16", "`pinned`"),
    ("    precision: bf16", "    count: 2\n    precision: bf16", "may ask for 8 accelerators"),
    ("    slo:", "    popularity: {zipf: -1}\n    slo:", "`zipf`"),
    ("    slo:", "    popularity: zipf\n    slo:", "`popularity`"),
]


@pytest.mark.parametrize("old, new, expected", BROKEN, ids=[new.strip() for _, new, _ in BROKEN])
@pytest.mark.parametrize("subcommand", ["run", "check"])
def test_scenario(tmp_path, subcommand, old, new, expected):
    scenario = copy_data(tmp_path) / "small.yaml"
    text = scenario.read_text()
    assert text.count(old) >= 1
    scenario.write_text(text.replace(old, new, 1))
    before = everything_in(tmp_path)
    message = refused(idlewatt(subcommand, "data/small.yaml", cwd=tmp_path))
    assert re.match(r"data/small\.yaml:\d+:\d+: ", message), message
    assert expected in message
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(
    "assignment, expected",
    [
        ("pools.chat.replicas.start=many", "--set pools.chat.replicas.start=many"),
        ("pools.chta.replicas.start=1", "pools.chta.replicas.start=1"),
        ("sample_every=1", "expected a time such as"),
    ],
)
def test_set_names_its_origin(tmp_path, assignment, expected):
    copy_data(tmp_path)
    before = everything_in(tmp_path)
    assert expected in refused(idlewatt("run", "data/small.yaml", "--set", assignment, cwd=tmp_path))
    assert everything_in(tmp_path) == before


def test_unknown_variant(tmp_path):
    copy_data(tmp_path)
    message = refused(idlewatt("run", "data/small.yaml", "--variant", "one replca", cwd=tmp_path))
    assert "has no variant `one replca` (did you mean `one replica`?)" in message
    message = refused(idlewatt("run", "data/single.yaml", "--variant", "x", cwd=tmp_path))
    assert "has no variants" in message


def test_trace_that_breaks_in_the_middle_leaves_nothing(tmp_path):
    data = copy_data(tmp_path)
    rows = [f"2023-11-16 18:{15 + i // 60:02}:{i % 60:02}.0000000,100,20" for i in range(100)]
    rows[70] = "2023-11-16 18:16:10.0000000,many,20"
    (data / "trace.csv").write_text("\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *rows]) + "\n")
    scenario = data / "small.yaml"
    scenario.write_text(scenario.read_text().replace("source: minutes.yaml", "source: {format: azure-llm, path: trace.csv}"))
    before = everything_in(tmp_path)
    message = refused(idlewatt("run", "data/small.yaml", cwd=tmp_path))
    assert "trace.csv:72" in message
    assert everything_in(tmp_path) == before
