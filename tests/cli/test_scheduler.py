"""Front ends, steps in flight, and load tests of a number of requests, as a scenario sets them."""

import json

import pytest
from support import copy_data, idlewatt

SCENARIO = """title: A load test
catalog: [data/catalog.yaml]
traffic:
  - {source: loop.yaml, model: test-3b}
horizon: 1 h
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
sample_every: 1 h
racks:
  - {servers: 1 x test-2, uplink: 100 Gbps}
pools:
  chat:
    model: test-3b
    precision: bf16
    servers: test-2
    engine: test-engine
    replicas: 1
    batching: {policy: continuous, max_sequences: 2}
"""
LOOP = """name: loop
duration: 1 h
clients: {count: 3, requests: 8}
prompt_tokens: {quantiles: {0: 100, 1: 100}, source: made up for tests}
output_tokens: {quantiles: {0: 20, 1: 20}, source: made up for tests}
"""


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "loop.yaml").write_text(LOOP, encoding="utf-8")
    return tmp_path


def run(folder, *sets):
    options = [word for one in sets for word in ("--set", one)]
    result = idlewatt("run", "s.yaml", "--force", "--json", *options, cwd=folder)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["variants"][0]["summary"]


def test_a_load_test_sends_its_number_of_requests_and_no_more(folder):
    assert run(folder)["requests_served"] == 8
    (folder / "loop.yaml").write_text(LOOP.replace("requests: 8", "requests: 2"), encoding="utf-8")
    assert run(folder)["requests_served"] == 2


def test_clients_without_a_think_time_need_a_number_of_requests(folder):
    (folder / "loop.yaml").write_text(LOOP.replace(", requests: 8", ""), encoding="utf-8")
    result = idlewatt("run", "s.yaml", cwd=folder)
    assert result.returncode == 2
    assert "loop.yaml:3" in result.stderr and "think_time" in result.stderr


def test_a_front_end_is_part_of_the_time_to_the_first_token(folder):
    bare = run(folder)
    slow = run(folder, "pools.chat.request_overhead=2 s")
    per_token = run(folder, "pools.chat.request_overhead_per_token=20 ms")
    # The first request of each client waits for nothing else.
    assert slow["ttft_s_p50"] == pytest.approx(bare["ttft_s_p50"] + 2, rel=0.2)
    assert per_token["ttft_s_p50"] == pytest.approx(slow["ttft_s_p50"], rel=0.05)
    assert slow["tpot_s_p50"] == pytest.approx(bare["tpot_s_p50"], rel=0.05)


def test_with_two_steps_in_flight_who_waits_for_a_seat_waits_longer(folder):
    # Of different lengths, so that a seat becomes free while somebody decodes.
    (folder / "loop.yaml").write_text(LOOP.replace("requests: 8", "requests: 60").replace("{0: 20, 1: 20}", "{0: 10, 1: 30}"),
                                      encoding="utf-8")
    one = run(folder, "pools.chat.steps_in_flight=1")
    two = run(folder, "pools.chat.steps_in_flight=2")
    assert run(folder) == one
    assert two["ttft_s_p50"] > one["ttft_s_p50"]
    assert two["requests_served"] == one["requests_served"] == 60


def test_an_engine_of_the_catalogue_has_them_too(folder):
    (folder / "data" / "mine.yaml").write_text(
        "engines:\n"
        "  mine:\n"
        "    like: test-engine\n"
        "    steps_in_flight: {value: 2, status: published, source: its documentation}\n"
        "    request_overhead: {value: 2 s, status: measured, source: mine}\n", encoding="utf-8")
    both = ("catalog=[data/catalog.yaml, data/mine.yaml]", "pools.chat.engine=mine")
    assert run(folder, *both) == run(folder, "pools.chat.steps_in_flight=2", "pools.chat.request_overhead=2 s")
    assert run(folder, *both, "pools.chat.steps_in_flight=1", "pools.chat.request_overhead=0 s") == run(folder)


@pytest.mark.parametrize("value", ["3", "1.5"])
def test_other_numbers_of_steps_in_flight_are_refused(folder, value):
    (folder / "data" / "mine.yaml").write_text(
        f"engines:\n  mine:\n    like: test-engine\n    steps_in_flight: {{value: {value}, status: published, source: mine}}\n",
        encoding="utf-8")
    for option in ("catalog=[data/catalog.yaml, data/mine.yaml]", f"pools.chat.steps_in_flight={value}"):
        result = idlewatt("run", "s.yaml", "--set", option, cwd=folder)
        assert result.returncode == 2
        assert "steps_in_flight" in result.stderr and "expected" in result.stderr
