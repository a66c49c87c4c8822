"""`parallelism:` of a pool: experts over accelerators, attention by data, on one server or several."""

import json

import pytest
from support import idlewatt

SCENARIO = """title: A mixture of experts on several accelerators
seed: 3
horizon: 120 s
sample_every: 10 s
traffic:
  - {source: chat.yaml, model: deepseek-r1, slo: {ttft: 5 s, tpot: 200 ms}}
site: {pue: 1.2, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks:
  - {servers: [SERVERS x hgx-h200], uplink: 400 Gbps}
pools:
  chat:
    model: deepseek-r1
    precision: fp8
    servers: hgx-h200
    LAYOUT
    replicas: {start: 1, min: 1, max: 1}
    batching: {policy: continuous, max_sequences: 64}
"""

WORKLOAD = """
name: chat
duration: 100 s
mean_rate: 2 /s
prompt_tokens: {quantiles: {0: 10, 1: 800}, source: a test}
output_tokens: {quantiles: {0: 5, 1: 60}, source: a test}
"""


def write(folder, layout, servers=1, text=SCENARIO):
    (folder / "chat.yaml").write_text(WORKLOAD)
    (folder / "s.yaml").write_text(text.replace("SERVERS", str(servers)).replace("LAYOUT", layout))


def run(folder, layout, servers=1, command="run", text=SCENARIO):
    write(folder, layout, servers, text)
    return idlewatt(command, "s.yaml", *(["--json"] if command == "run" else []), cwd=folder)


def summary(folder, layout, servers=1, text=SCENARIO):
    result = run(folder, layout, servers, text=text)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["variants"][0]["summary"]


def physics(folder, *options):
    result = idlewatt("physics", "--model", "deepseek-r1", "--server", "hgx-h200", "--precision", "fp8", "--json", *options, cwd=folder)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_degrees_of_one_change_nothing(tmp_path):
    before = summary(tmp_path, "tensor_parallel: 8")
    assert summary(tmp_path, "parallelism: {tensor: 8}") == before
    assert summary(tmp_path, "parallelism: {tensor: 8, pipeline: 1, data_attention: 1, expert: 1}") == before
    assert summary(tmp_path, "tensor_parallel: 8\n    parallelism: {expert: 1, redundant_experts: 0}") == before


@pytest.mark.parametrize("layout, servers", [
    ("parallelism: {data_attention: 8, expert: 8}", 1),
    ("parallelism: {tensor: 8, expert: 8}", 1),
    ("parallelism: {tensor: 4, data_attention: 2, expert: 4}", 1),
    ("parallelism: {data_attention: 16, expert: 16}", 2),
    ("parallelism: {tensor: 2, data_attention: 8, expert: 16, redundant_experts: 32, expert_imbalance: 1.3}", 2),
    ("parallelism: {tensor: 4, pipeline: 2, data_attention: 2, expert: 8}", 2),
    ("parallelism: {data_attention: 12, expert: 4}", 2),
    ("parallelism: {tensor: 16, expert: 16}", 2),
    ("parallelism: {tensor: 16, expert: 16, kv_split: 16}", 2),
    ("parallelism: {tensor: 8, kv_split: 8}", 1),
    ("parallelism: {tensor: 4, context: 4, expert: 16}", 2),
    ("parallelism: {tensor: 2, data_attention: 4, context: 2, expert: 16, kv_split: 2}", 2)])
def test_every_layout_serves_and_its_books_balance(tmp_path, layout, servers):
    result = summary(tmp_path, layout, servers)
    assert result["requests_in"] > 100
    assert result["requests_served"] == result["requests_in"]
    assert result["accelerator_hours"] == pytest.approx(8 * servers / 30)
    assert summary(tmp_path, layout, servers) == result


def test_a_replica_over_two_servers_ends_when_one_of_them_fails(tmp_path):
    layout = "parallelism: {data_attention: 16, expert: 16}"
    faults = "faults: {events: [{at: 30 s, crash: rack0/hgx-h200/1, for: 10 s}]}\n"
    write(tmp_path, layout, 2, SCENARIO.replace("pools:\n", faults + "pools:\n"))
    result = idlewatt("run", "s.yaml", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)["variants"][0]["summary"]
    assert answer["requests_served"] < answer["requests_in"]


def test_prefill_and_decode_pools_may_be_laid_out_differently(tmp_path):
    pools = SCENARIO.replace("""  chat:
    model: deepseek-r1
    precision: fp8
    servers: hgx-h200
    LAYOUT
""", """  prompts:
    model: deepseek-r1
    precision: fp8
    servers: hgx-h200
    role: prefill
    decode: chat
    LAYOUT
    replicas: {start: 1, min: 1, max: 1}
  chat:
    model: deepseek-r1
    precision: fp8
    servers: hgx-h200
    role: decode
    parallelism: {data_attention: 16, expert: 16}
""")
    found = {}
    for layout in ("tensor_parallel: 8", "parallelism: {tensor: 2, data_attention: 4, expert: 8}",
                   "parallelism: {tensor: 4, context: 2, expert: 8, kv_split: 4}"):
        found[layout] = summary(tmp_path, layout, 3, pools)
        assert found[layout]["requests_served"] == found[layout]["requests_in"] > 100
        # Prompts of 10 to 800 tokens, 70.3 kB of latent vectors each: what is sent does not depend on the layout.
        assert found[layout]["kv_transfers"] > 100
        assert found[layout]["kv_sent_gb"] == pytest.approx(found["tensor_parallel: 8"]["kv_sent_gb"])


@pytest.mark.parametrize("layout, place, message", [
    ("parallelism: {data_attention: 8, expert: 6}", "15:46",
     "`expert` is 6, which does not divide the 8 accelerators of a stage, `tensor` x `data_attention`; expected one of "
     "`1`, `2`, `4`, `8`"),
    ("parallelism: {data_attention: 12, expert: 12}", "15:47",
     "`expert` is 12, which does not divide the 256 routed experts of `deepseek-r1`; expected one of `1`, `2`, `4`, or "
     "`redundant_experts: 8`"),
    ("parallelism: {data_attention: 8, expert: 8, expert_imbalance: 9}", "15:67",
     "`expert_imbalance` is 9, more than all tokens on one of 8 ranks; expected 1 to 8"),
    ("parallelism: {data_attention: 8, expert_imbalance: 1.2}", "15:56",
     "`expert_imbalance` is of experts that are spread over ranks, and `expert` is 1; expected `expert` above 1, or no "
     "`expert_imbalance`"),
    ("tensor_parallel: 8\n    parallelism: {tensor: 8, expert: 8}", "16:27",
     "`tensor_parallel` and `tensor` of `parallelism` say the same degree; expected one of the two"),
    ("parallelism: {tensor: 12}", "15:27",
     "`tensor` is 12, and a `hgx-h200` has 8 accelerators, of which a rank takes a part of one or all of several; "
     "expected one of `1`, `2`, `4`, `8`, `16`, `32`, `64`, `128`"),
    ("parallelism: {tensor: 8, kv_split: 3}", "15:40",
     "`kv_split` is 3, and 8 of the 8 accelerators of a rank hold the same keys and values of `deepseek-r1`; expected "
     "one of `1`, `2`, `4`, `8`"),
    ("parallelism: {tensor: 8, context: 2, expert: 12}", "15:50",
     "`expert` is 12, which does not divide the 16 accelerators of a stage, `tensor` x `data_attention` x `context`; "
     "expected one of `1`, `2`, `4`, `8`, `16`"),
    ("parallelism: {data_attention: 2, expert: 2}", "12:12",
     "does not fit"),
    ("parallelism: {ranks: 2}", "15:19", "unknown key `ranks`")])
def test_what_is_illegal_is_refused_with_what_would_be_legal(tmp_path, layout, place, message):
    result = run(tmp_path, layout, 4, "check")
    assert result.returncode == 2
    assert result.stderr.startswith(f"s.yaml:{place}: "), result.stderr
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_is_proposed_instead_fits(tmp_path):
    result = run(tmp_path, "parallelism: {data_attention: 2, expert: 2}", 4, "check")
    assert "expected `data_attention: 8` with `expert: 8`" in result.stderr
    assert run(tmp_path, "parallelism: {data_attention: 8, expert: 8}", 4, "check").returncode == 0


@pytest.mark.parametrize("key, message", [
    ("expert: 2", "`expert` is 2, and `llama-3-8b` has no routed experts; expected 1, or a mixture of experts"),
    ("data_attention: 2", "`data_attention` is 2, and `llama-3-8b` has no routed experts, so that its ranks would share "
                          "nothing; expected 1, and more `replicas`")])
def test_a_dense_model_has_nothing_to_spread(tmp_path, key, message):
    text = SCENARIO.replace("deepseek-r1", "llama-3-8b")
    result = run(tmp_path, f"parallelism: {{{key}}}", 1, "check", text)
    assert result.returncode == 2
    assert message in result.stderr and result.stderr.startswith("s.yaml:15:"), result.stderr


@pytest.mark.parametrize("model, key, why", [
    ("gpt-oss-120b", "context: 2", "`context` is 2, and `gpt-oss-120b` has layers that read a part of the context"),
    ("deepseek-v3.2", "kv_split: 8", "`kv_split` is 8, and `deepseek-v3.2` has layers that read a part of the context"),
    ("qwen3-next-80b-a3b", "context: 2",
     "`context` is 2, and `qwen3-next-80b-a3b` has layers that carry a state from token to token"),
    ("llama-3.1-70b", "kv_split: 2",
     "`kv_split` is 2, and no two of the 8 accelerators of a rank hold the same KV heads of `llama-3.1-70b`; expected one "
     "of `1`")])
def test_tokens_are_divided_where_engines_divide_them(tmp_path, model, key, why):
    text = SCENARIO.replace("deepseek-r1", model).replace("    precision: fp8\n", "")
    result = run(tmp_path, f"parallelism: {{tensor: 8, {key}}}", 4, "check", text)
    assert result.returncode == 2 and result.stderr.startswith("s.yaml:14:") and why in result.stderr, result.stderr


def test_room_for_replicas_counts_their_ranks(tmp_path):
    layout = "parallelism: {data_attention: 16, expert: 16}"
    assert run(tmp_path, layout, 2, "check").returncode == 0
    result = run(tmp_path, layout, 1, "check")
    assert result.returncode == 2
    assert "1 replicas of 16 ranks of 1, and 0 fit on 1 x hgx-h200 of 8 accelerators" in result.stderr


def test_check_and_physics_say_how_a_replica_is_laid_out(tmp_path):
    checked = run(tmp_path, "parallelism: {data_attention: 16, expert: 16}", 2, "check")
    assert "16 ranks of 1 accelerator, experts over 16" in checked.stdout
    result = idlewatt("physics", "--model", "deepseek-r1", "--server", "hgx-h200", "--precision", "fp8", "--data-attention", "16",
                      "--expert-parallel", "16", "--expert-imbalance", "1.25", "--redundant-experts", "16", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    first = result.stdout.split("\n")[0]
    assert "attention by data over 16 ranks and 400 GB/s of each hgx-h200" in first
    assert "experts over 16 ranks with 16 redundant, the busiest with 1.25 times the mean" in first


def test_attention_by_data_holds_more_and_decodes_large_batches_faster(tmp_path):
    heads = physics(tmp_path, "--tensor-parallel", "8", "--batch", "512", "--context", "2048")
    ranks = physics(tmp_path, "--data-attention", "8", "--expert-parallel", "8", "--batch", "512", "--context", "2048")
    assert "data_attention" not in heads and ranks["data_attention"] == ranks["expert_parallel"] == 8
    # Eight copies of the latent vectors against one, on a little less memory.
    assert 4 < ranks["memory"]["kv_tokens"] / heads["memory"]["kv_tokens"] < 8
    assert ranks["decode"][0]["step_s"] < 0.8 * heads["decode"][0]["step_s"]
    # A prompt alone is one rank's work.
    assert ranks["prefill"][-1]["step_s"] > 1.5 * heads["prefill"][-1]["step_s"]


def test_size_tries_layouts_and_gives_each_the_servers_that_it_needs(tmp_path):
    search = """search:
  layout:
    heads: {pools.chat.parallelism: {tensor: 8}}
    ranks: {pools.chat.parallelism: {data_attention: 16, expert: 16}}
"""
    write(tmp_path, "parallelism: {tensor: 8}", 2, SCENARIO + search)
    result = idlewatt("size", "s.yaml", "--replicas", "1-2", "--slo", "ttft p99 < 1 h, answered > 0 %", "--json",
                      "--minimize", "energy", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["best"]["candidate"] in ("layout=heads", "layout=ranks")


def test_prompts_of_a_step_are_spread_over_ranks(tmp_path):
    layout = ("--data-attention", "8", "--expert-parallel", "8", "--prompt", "2048", "--batch", "1")
    one, eight, nine = (physics(tmp_path, *layout, *more)["prefill"][0]
                        for more in ((), ("--together", "8"), ("--together", "9")))
    assert "prompts" not in one and eight["prompts"] == 8
    # Eight prompts are one for each rank; a ninth doubles what the slowest rank attends to.
    assert eight["attention_s"] == pytest.approx(one["attention_s"])
    assert nine["attention_s"] == pytest.approx(2 * one["attention_s"])
    assert eight["tokens_per_s"] > 4 * one["tokens_per_s"]
    refused = idlewatt("physics", "--model", "llama-3-8b", "--accelerator", "l4", "--together", "1,2", cwd=tmp_path)
    assert refused.returncode == 2 and "expected one number of prompts" in refused.stderr


def test_long_prompts_are_faster_over_context_ranks(tmp_path):
    def answer(*layout):
        result = idlewatt("physics", "--model", "llama-3.1-70b", "--server", "hgx-h200", "--precision", "fp8", "--json",
                          "--prompt", "100000", "--batch", "4", "--context", "100000", "--tensor-parallel", "2", *layout,
                          cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)
    one, four = answer(), answer("--context-parallel", "4")
    assert four["context_parallel"] == 4 and "context_parallel" not in one
    assert 3 < one["prefill"][0]["step_s"] / four["prefill"][0]["step_s"] < 4
    assert four["prefill"][0]["links_s"] > one["prefill"][0]["links_s"] / 4
    assert four["memory"]["kv_tokens"] == pytest.approx(4 * one["memory"]["kv_tokens"], rel=1e-3)
    assert four["memory"]["kv_bytes_per_token"] == one["memory"]["kv_bytes_per_token"] / 4
    assert four["decode"][0]["attention_s"] == pytest.approx(one["decode"][0]["attention_s"] / 4)


def test_split_keys_and_values_leave_room_for_more_of_them(tmp_path):
    repeated = physics(tmp_path, "--tensor-parallel", "8", "--batch", "64", "--context", "65536")
    split = physics(tmp_path, "--tensor-parallel", "8", "--kv-split", "8", "--batch", "64", "--context", "65536")
    assert split["memory"]["kv_tokens"] == pytest.approx(8 * repeated["memory"]["kv_tokens"], rel=1e-3)
    assert split["decode"][0]["links_s"] > repeated["decode"][0]["links_s"]


def test_a_prompt_that_one_rank_cannot_hold_is_served_by_context_ranks(tmp_path):
    # A rank of two H100s keeps some 65,000 tokens of a 70B model in 60 % of their memory; four hold four times as many.
    text = (SCENARIO.replace("deepseek-r1", "llama-3.1-70b").replace("hgx-h200", "hgx-h100").replace("SERVERS", "1"))
    (tmp_path / "chat.yaml").write_text(WORKLOAD.replace("{0: 10, 1: 800}", "{0: 110000, 1: 110000}")
                                        .replace("2 /s", "0.05 /s"))
    served = {}
    for layout in ("parallelism: {tensor: 2}", "parallelism: {tensor: 2, context: 4}"):
        (tmp_path / "s.yaml").write_text(text.replace("LAYOUT", "memory_utilisation: 60 %\n    " + layout))
        result = idlewatt("run", "s.yaml", "--json", cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        found = json.loads(result.stdout)["variants"][0]["summary"]
        served[layout] = found["requests_served"] / found["requests_in"]
    assert list(served.values())[1] > 0.5 and list(served.values())[0] == 0


def test_a_group_over_racks_shares_their_uplinks(tmp_path):
    racks = "  - {servers: [SERVERS x hgx-h200], uplink: 400 Gbps}\n"
    layout = "parallelism: {data_attention: 16, expert: 16}"
    step = {}
    for name, text in {"one rack": racks.replace("SERVERS", "2"),
                       "two racks": 2 * racks.replace("SERVERS", "1"),
                       "thin uplinks": 2 * racks.replace("SERVERS", "1").replace("400 Gbps", "50 Gbps")}.items():
        step[name] = summary(tmp_path, layout, 2, SCENARIO.replace(racks, text))["tpot_s_p50"]
    # The network of an HGX is 400 GB/s, eight times the uplink of its rack.
    assert step["one rack"] < step["two racks"] < step["thin uplinks"]


def test_a_prompt_longer_than_one_rank_can_hold_is_rejected(tmp_path):
    # 8 ranks of 88 % of 80 GB hold some 25,000 tokens each, and 200,000 together.
    text = (SCENARIO.replace("deepseek-r1", "glm-4.6").replace("hgx-h200", "hgx-h100")
            .replace("LAYOUT", "memory_utilisation: 88 %\n    parallelism: {data_attention: 8, expert: 8}"))
    (tmp_path / "chat.yaml").write_text(WORKLOAD.replace("{0: 10, 1: 800}", "{0: 100000, 1: 100000}").replace("2 /s", "0.1 /s"))
    (tmp_path / "s.yaml").write_text(text.replace("SERVERS", "1"))
    result = idlewatt("run", "s.yaml", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)["variants"][0]["summary"]
    assert found["requests_served"] == 0 and found["requests_rejected_too_long"] == found["requests_in"] > 0


RULES = SCENARIO.replace("    batching: {policy: continuous, max_sequences: 64}\n", "    engine: vllm-2026\n    BATCHING\n")


@pytest.mark.parametrize("layout, batching, limits", [
    ("parallelism: {tensor: 8}", "", "(8,192 tokens, 1,024 sequences)"),
    ("parallelism: {data_attention: 8, expert: 8}", "", "(65,536 tokens, 8,192 sequences)"),  # the engine's, of each rank
    ("parallelism: {tensor: 8}", "batching: {policy: continuous, token_budget: 512}", "(512 tokens, 511 sequences)"),
    ("parallelism: {tensor: 8}", "batching: {policy: continuous, max_sequences: 9000}", "(9,001 tokens, 9,000 sequences)")])
def test_limits_that_a_pool_does_not_say_are_the_engines_and_give_way_to_those_it_says(tmp_path, layout, batching, limits):
    result = run(tmp_path, layout, 1, "check", RULES.replace("BATCHING", batching))
    assert result.returncode == 0, result.stderr
    assert limits in result.stdout


def test_memory_is_kept_for_the_limits_that_a_pool_says(tmp_path):
    # The engine's own limits would keep 1.9 GB more, which are not there.
    text = RULES.replace("deepseek-r1", "llama-3.1-8b").replace("hgx-h200", "hgx-h100").replace("fp8", "bf16")
    small = "batching: {policy: continuous, max_sequences: 16, token_budget: 256}"
    assert run(tmp_path, "memory_utilisation: 25 %", 1, "check", text.replace("BATCHING", small)).returncode == 0
    refused = run(tmp_path, "memory_utilisation: 25 %", 1, "check", text.replace("BATCHING", ""))
    assert refused.returncode == 2 and "does not fit" in refused.stderr


def test_what_is_proposed_for_a_map_of_degrees_is_a_key_of_the_map(tmp_path):
    refused = run(tmp_path, "parallelism: {tensor: 2, expert: 2}", 1, "check")
    assert "expected `tensor: 8`" in refused.stderr
    assert run(tmp_path, "parallelism: {tensor: 8, expert: 2}", 1, "check").returncode == 0


def test_there_are_no_more_second_copies_than_experts(tmp_path):
    refused = run(tmp_path, "parallelism: {data_attention: 8, expert: 8, redundant_experts: 264}", 1, "check")
    assert "`redundant_experts` is 264, and `deepseek-r1` has 256 routed experts to have a second copy" in refused.stderr


def test_the_exchange_between_experts_takes_the_links_of_its_group(tmp_path):
    # Eight L40S share the way: 1.98 GB/s, where two of them have 19.1.
    def links_ms(*layout):
        result = idlewatt("physics", "--model", "mixtral-8x7b", "--server", "l40s-8", "--batch", "64", "--prompt", "2048",
                          "--together", "8", "--json", *layout, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)["prefill"][0]["links_s"]
    assert links_ms("--data-attention", "8", "--expert-parallel", "8") > 0.5
