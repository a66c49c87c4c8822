"""The search for the right size, against trying everything."""

import json
import random

import pytest
from support import copy_data, everything_in, idlewatt

SLO = "ttft p99 < 300 ms, tpot p99 < 40 ms"


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    return tmp_path


def size(folder, *arguments, slo=SLO, status=0):
    result = idlewatt("size", "data/single.yaml", "--slo", slo, *arguments, cwd=folder, timeout=240)
    assert result.returncode == status, result
    return result.stdout


# Each space is small enough to try all of it.
@pytest.mark.parametrize("minimize, space", [
    ("cost", ["--servers", "test-2,test-4", "--replicas", "1-12"]),
    ("energy", ["--servers", "test-2,test-4", "--max-sequences", "2,8,16", "--replicas", "1-8"]),
    ("carbon", ["--axis", "pools.chat.batching.max_sequences={from: 1, to: 64, points: 4, scale: log, whole: true}",
                "--replicas", "1-12"]),
])
def test_the_same_answer_as_trying_everything(folder, minimize, space):
    common = [*space, "--minimize", minimize, "--set", "traffic.scale=4", "--json"]
    quick = json.loads(size(folder, *common))
    full = json.loads(size(folder, *common, "--exhaustive"))
    print(f"{minimize}: {quick['runs']} runs, {quick['work']:.1f} of work; everything: {full['runs']} runs, "
          f"{full['work']:.1f} of work; ratio {full['work'] / quick['work']:.1f}")
    assert quick["best"] is not None and quick["best"] == full["best"]
    assert quick["work"] < 0.8 * full["work"]


def test_the_answer_in_words_can_be_run(folder):
    out = size(folder, "--servers", "test-2,test-4", "--replicas", "1-12", "--set", "traffic.scale=4")
    first = out.splitlines()[0]
    assert "servers=test-" in first and " on " in first
    assert "meets the SLO with each of 3 seeds:" in out and "ttft p99 < 300 ms: " in out
    assert "Nothing tried beats these in both (Pareto front):" in out and "times as much." in out
    answer = json.loads(size(folder, "--servers", "test-2,test-4", "--replicas", "1-12", "--set", "traffic.scale=4",
                             "--json"))
    changes = [word for change in answer["best"]["overrides"] for word in ("--set", change)]
    run = idlewatt("run", "data/single.yaml", *changes, "--set", "traffic.scale=4", "--json", cwd=folder)
    assert run.returncode == 0, run
    summary = json.loads(run.stdout)["variants"][0]["summary"]
    assert summary["ttft_s_p99"] < 0.3 and summary["tpot_s_p99"] < 0.04


def test_the_space_may_stand_in_the_scenario(folder):
    path = folder / "data/single.yaml"
    path.write_text(path.read_text() + "search:\n  fleet:\n    small: {pools.chat.servers: test-2}\n"
                                       "    large: {pools.chat.servers: test-4}\n")
    answer = json.loads(size(folder, "--replicas", "1-12", "--set", "traffic.scale=4", "--json"))
    assert answer["best"]["candidate"] in ("fleet=small", "fleet=large")
    assert idlewatt("check", "data/single.yaml", cwd=folder).returncode == 0


def test_a_replica_of_several_stages_gets_servers_for_all_of_them(folder):
    out = size(folder, "--replicas", "1-4", "--servers", "test-2", "--tensor-parallel", "2",
               "--axis", "pools.chat.pipeline_parallel=3", slo="ttft p99 < 1 h, answered > 0 %")
    assert "1 replica on 3 x test-2" in out


def test_an_slo_that_nothing_meets(folder):
    out = size(folder, "--replicas", "1-4", slo="ttft p99 < 1 us", status=1)
    assert out.startswith("No candidate meets the SLO with up to 4 replicas.\n  nearest: 4 replicas on ")
    assert "misses it with 4" in out


def test_without_an_slo_the_scenarios_own_is_met(folder):
    own = idlewatt("size", "data/single.yaml", "--replicas", "1-4", "--json", cwd=folder, timeout=240)
    assert own.returncode == 0, own
    conditions = json.loads(own.stdout)["slo"]
    assert conditions[:2] == ["ttft p99 < 500 ms", "tpot p99 < 50 ms"]


# Three hours whose first sixteenth is its quietest part, and a burst in the middle that decides.
BURST = """\
name: burst
duration: 3 h
mean_rate: 1 /s
flash_crowds:
  - {at: 90 min, height: %d, rise: 1 min, decay: 3 min}
prompt_tokens: {lognormal: {median: 300, sigma: 0.8, clip: [10, 2000]}, source: made up}
output_tokens: {lognormal: {median: 100, sigma: 0.8, clip: [10, 400]}, source: made up}
"""


@pytest.mark.parametrize("height", [6, 14, 30])
def test_bursts_after_the_start_decide(folder, height):
    (folder / "data/burst.yaml").write_text(BURST % height)
    path = folder / "data/single.yaml"
    path.write_text(path.read_text().replace("minutes.yaml", "burst.yaml"))
    common = ["--servers", "test-2,test-4", "--max-sequences", "4,16", "--replicas", "1-10", "--json", "--seeds", "2"]
    quick, full = (json.loads(size(folder, *common, *extra)) for extra in ([], ["--exhaustive"]))
    assert quick["best"] is not None and quick["best"] == full["best"]
    assert {trial["candidate"] for trial in quick["tried"] if trial["share"] == 1.0} == {
        trial["candidate"] for trial in full["tried"]}, "nobody is dropped for what it does at the start"


@pytest.mark.parametrize("arguments, expected", [
    (["--set", "traffic.slo={}"], "idlewatt size: no SLO to meet"),
    (["--slo", "ttfd p99 < 1 s"], "unknown measure `ttfd p99`"),
    (["--slo", SLO, "--minimize", "joules"], "--minimize: unknown objective `joules`"),
    (["--slo", SLO, "--replicas", "8-1"], "--replicas: `8-1` is no range"),
    (["--slo", SLO, "--servers", "test-3"], "unknown server `test-3`"),
    (["--slo", SLO, "--accelerators", "test-gpv"], "unknown accelerator `test-gpv` (did you mean `test-gpu`?)"),
    (["--slo", SLO, "--pool", "caht"], "--pool: the scenario has no pool `caht`"),
    (["--slo", SLO, "--axis", "pools.chat.speed=1,2"], "unknown key `speed` in pool `chat`"),
    (["--slo", SLO, "--axis", "pools.chat.precision"], "no field and values"),
    (["--slo", SLO, "--kv-cache-dtype", "fp8"], "the first of them, kv_cache_dtype=fp8: accelerator `test-gpu` has no"),
    (["--slo", SLO, "--tensor-parallel", "64"], "no candidate can run the model; the first of them, "),
    (["--slo", SLO, "--servers", "test-2", "--axis", "pools.chat.servers=test-4"], "is given twice"),
])
def test_bad_input(folder, arguments, expected):
    before = everything_in(folder)
    result = idlewatt("size", "data/single.yaml", *arguments, cwd=folder)
    assert result.returncode == 2, result
    assert result.stderr.count("\n") == 1 and expected in result.stderr, result.stderr
    assert everything_in(folder) == before


RANDOM_SPACE = """\
title: A random space
seed: {seed}
traffic:
  - {{source: load.yaml, model: llama-3-8b, slo: {{ttft: {ttft_ms} ms, tpot: {tpot_ms} ms}}}}
site: {{pue: 1.4, electricity: 0.2 USD/kWh, carbon: 350 g/kWh}}
pools:
  chat: {{model: llama-3-8b, precision: {precision}, servers: l4-1, replicas: 1}}
"""
RANDOM_LOAD = """\
name: load
duration: 3 h
mean_rate: {rate:.3f} /s
hour_profile: [{profile}]
prompt_tokens: {{lognormal: {{median: {prompt}, sigma: 0.8, clip: [10, 6000]}}, source: made up}}
output_tokens: {{lognormal: {{median: {output}, sigma: 0.6, clip: [5, 1000]}}, source: made up}}
"""


def test_fifty_random_spaces_agree_with_trying_everything(tmp_path):
    """Of three to five accelerators each; of every other one the burst that decides is behind the first sixteenth."""
    draw = random.Random(2026)
    servers = {"int8": ["l4-1", "a100-80-1", "a100-40-1", "a100-pcie-80-1", "t4-1"], "bf16": ["l4-1", "a100-80-1", "a100-40-1", "h100-1"]}
    winners, shares = set(), []
    for number in range(50):
        precision = draw.choice(["int8", "bf16"])
        chosen = draw.sample(servers[precision], draw.randint(3, len(servers[precision])))
        profile = [1, draw.choice([1, 3]), draw.choice([1, 2])] + [1] * 21
        scenario = RANDOM_SPACE.format(seed=number, ttft_ms=draw.choice([300, 1000, 3000]), precision=precision,
                                       tpot_ms=draw.choice([30, 60, 100, 200]))  # fmt: skip
        load = RANDOM_LOAD.format(rate=draw.uniform(0.1, 0.6), prompt=draw.randint(100, 900), output=draw.randint(30, 150),
                                  profile=", ".join(map(str, profile)))  # fmt: skip
        if number % 2:
            load += f"flash_crowds:\n  - {{at: {draw.randint(20, 160)} min, height: {draw.randint(3, 12)}, rise: 1 min, decay: 3 min}}\n"
        (tmp_path / "space.yaml").write_text(scenario)
        (tmp_path / "load.yaml").write_text(load)
        common = ["size", "space.yaml", "--servers", ",".join(chosen), "--replicas", "1-5", "--seeds", "2", "--json",
                  "--minimize", draw.choice(["cost", "energy"])]  # fmt: skip
        quick, full = (idlewatt(*common, *extra, cwd=tmp_path, timeout=240) for extra in ([], ["--exhaustive"]))
        assert quick.returncode == full.returncode and quick.returncode in (0, 1), (number, quick, full)
        quick, full = json.loads(quick.stdout), json.loads(full.stdout)
        for one in (quick["best"], full["best"]):
            if one is not None:
                one.pop("command")
        assert quick["best"] == full["best"], (number, scenario, load, common)
        winners.add(quick["best"] and quick["best"]["candidate"])
        shares.append(quick["work"] / full["work"])
    print(f"won: {winners}; work on average {sum(shares) / len(shares):.2f} of trying everything")
    assert len(winners) >= 4, "spaces of one answer would test little"


def test_variants_are_the_candidates_and_the_command_reproduces_the_answer(folder):
    path = folder / "data/single.yaml"
    path.write_text(path.read_text() + "variants:\n  small: {pools.chat.servers: test-2}\n  large: {pools.chat: {servers: test-4}}\n")
    before = idlewatt("run", "data/single.yaml", "-o", "out/single", cwd=folder)
    kept = everything_in(folder / "out/single")
    for arguments, option in ([[], "--variant"], [["--servers", "test-2,test-4"], "--no-variants"]):
        answer = json.loads(size(folder, *arguments, "--replicas", "1-12", "--set", "traffic.scale=4", "--json"))
        assert {trial["candidate"] for trial in answer["tried"]} == (
            {"servers=test-2", "servers=test-4"} if arguments else {"variant=small", "variant=large"})  # fmt: skip
        command = answer["best"]["command"]
        assert option in command
        run = idlewatt(*command, "--json", cwd=folder)
        assert run.returncode == 0, run
        assert len(json.loads(run.stdout)["variants"]) == 1
        assert json.loads(run.stdout)["variants"][0]["summary"]["cost_usd"] == pytest.approx(answer["best"]["objective"], rel=1e-9)
    assert before.returncode == 0 and everything_in(folder / "out/single") == kept, "nothing is overwritten"
