"""`step_times:` of a pool: measured steps in place of the catalogue's physics."""

import json

import pytest
from support import copy_data, idlewatt

HEADER = "batch,tokens,context,ms,watts\n"
ROWS = "4,0,100,10,90\n0,100,0,30,110\n"
REPLICA = ("--model", "test-3b", "--server", "test-2", "--engine", "test-engine", "--catalog", "data/catalog.yaml")


def table_of_physics(tmp_path):
    copy_data(tmp_path)
    lists = ("--batch", "1..16+1", "--context", "64..2048", "--prompt", "16..2048", "--computed", "0..2048+512")
    found = idlewatt("physics", *REPLICA, *lists, "--csv", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    (tmp_path / "data" / "steps.csv").write_text(found.stdout, encoding="utf-8")


def summary(tmp_path, *arguments):
    options = ("--variant", "one replica", "--json", *arguments)
    result = idlewatt("run", "data/small.yaml", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["variants"][0]["summary"]


def test_a_table_of_the_physics_gives_nearly_the_same_run(tmp_path):
    table_of_physics(tmp_path)
    own = summary(tmp_path)
    measured = summary(tmp_path, "--set", "pools.chat.step_times=steps.csv")
    assert measured["requests_served"] == own["requests_served"] > 0
    for measure in ("facility_energy_kwh", "ttft_s_p50", "tpot_s_p50", "output_tokens"):
        assert measured[measure] == pytest.approx(own[measure], rel=0.03), measure
    # Nobody knows what no step could go below.
    assert own["lower_bound_kwh"] > 0
    assert measured["lower_bound_kwh"] == 0 and measured["regret_share"] is None


def test_the_table_decides(tmp_path):
    table_of_physics(tmp_path)
    table = tmp_path / "data" / "steps.csv"
    header, *rows = table.read_text(encoding="utf-8").splitlines()
    slower = [",".join([*row.split(",")[:3], str(2 * float(row.split(",")[3])), row.split(",")[4]]) for row in rows]
    (tmp_path / "data" / "slow.csv").write_text("\n".join([header, *slower]) + "\n", encoding="utf-8")
    fast = summary(tmp_path, "--set", "pools.chat.step_times=steps.csv")
    slow = summary(tmp_path, "--set", "pools.chat.step_times=slow.csv")
    assert slow["tpot_s_p50"] > 1.5 * fast["tpot_s_p50"]


def test_physics_shows_a_table(tmp_path):
    table_of_physics(tmp_path)
    lists = ("--batch", "3,16", "--context", "100,1000", "--prompt", "300", "--json")
    own = json.loads(idlewatt("physics", *REPLICA, *lists, cwd=tmp_path).stdout)
    found = json.loads(idlewatt("physics", *REPLICA, *lists, "--step-times", "data/steps.csv", cwd=tmp_path).stdout)
    assert found["step_times"] == "data/steps.csv" and own["step_times"] is None
    assert found["memory"] == own["memory"]
    for row, other in zip(found["decode"] + found["prefill"], own["decode"] + own["prefill"]):
        assert row["step_s"] == pytest.approx(other["step_s"], rel=0.02)
        assert row["accelerator_power_w"] == pytest.approx(other["accelerator_power_w"], rel=0.02)
        assert "linear_s" in other and "linear_s" not in row


def test_check_names_the_table_and_says_where_it_ends(tmp_path):
    copy_data(tmp_path)
    (tmp_path / "data" / "short.csv").write_text(HEADER + ROWS, encoding="utf-8")
    result = idlewatt("check", "data/small.yaml", "--set", "pools.chat.step_times=short.csv", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "data/short.csv: warning: it holds batches up to 4, and pool `chat` may run 16" in result.stderr
    assert "the steps of data/short.csv" in result.stdout


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", "steps.csv: is empty (expected a header such as `batch,tokens,context,ms,watts`)"),
        ("batch,tokens,context\n", "steps.csv:1:1: column ms is missing"),
        ("batch,tokens,context,ms,volts\n", "steps.csv:1:25: unexpected column `volts`"),
        (HEADER + "4,0,100,10\n", "steps.csv:2:11: watts is missing"),
        (HEADER + "4,0,100,0,90\n", "steps.csv:2:9: ms is `0` (expected a number above 0 to 10000000)"),
        (HEADER + "4,0,-1,5,90\n", "steps.csv:2:5: context is `-1` (expected a number of tokens from 0 to"),
        (HEADER + "4,0,1,5,nan\n", "steps.csv:2:9: watts is `nan`"),
        (HEADER + "x,0,1,5,90\n", "steps.csv:2:1: batch is `x`"),
        (HEADER + "4,0,1,5,90,7\n", "steps.csv:2:11: unexpected `,7` after watts"),
        (HEADER + "4,8,1,5,90\n", "steps.csv:2:1: batch is 4 and tokens is 8 (expected a decode step"),
        (HEADER + ROWS + "4,0,100,11,90\n", "steps.csv:4:1: a step of this batch, tokens and context stands in line 2 too"),
        (HEADER + "4,0,100,10,90\n", "steps.csv: has no prefill steps (expected rows such as `0,512,0,38.5`"),
        ("tokens,batch,ms,context\n100,0,30,0\n", "steps.csv: has no decode steps"),
    ],
)
def test_bad_tables(tmp_path, text, expected):
    copy_data(tmp_path)
    (tmp_path / "data" / "steps.csv").write_text(text, encoding="utf-8")
    result = idlewatt("check", "data/small.yaml", "--set", "pools.chat.step_times=steps.csv", cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == "" and result.stderr.count("\n") == 1
    assert expected in result.stderr, result.stderr


def test_a_table_has_its_own_clock_and_must_exist(tmp_path):
    copy_data(tmp_path)
    (tmp_path / "data" / "steps.csv").write_text(HEADER + ROWS, encoding="utf-8")
    both = ("--set", "pools.chat.step_times=steps.csv", "--set", "pools.chat.power_cap=100 W")
    result = idlewatt("check", "data/small.yaml", *both, cwd=tmp_path)
    assert result.returncode == 2 and "`step_times` go with no `power_cap`" in result.stderr, result.stderr
    result = idlewatt("physics", *REPLICA, "--step-times", "none.csv", cwd=tmp_path)
    assert result.returncode == 2 and "--step-times none.csv: there is no file `none.csv`" in result.stderr
