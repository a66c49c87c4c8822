"""Claims: what `idlewatt run` makes of them, how a verdict turns with a number, and that their page is what it prints."""

import json
import pathlib
import re
import shutil

import pytest
from support import everything_in, idlewatt

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARTICLE = ROOT / "scenarios/article"
FILES = sorted(path.name for path in ARTICLE.glob("[0-9]*.yaml"))

SMALL = """\
title: A small claim
seed: 1
traffic:
  - {source: WORKLOADS/chat-hour.yaml, scale: 0.05, model: llama-3-8b}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
horizon: 10 min
racks:
  - {servers: 1 x a100-80-1, uplink: 100 Gbps}
pools:
  chat: {model: llama-3-8b, precision: bf16, servers: a100-80-1, replicas: {start: 1, min: 1, max: 1}}
variants:
  kept: {}
  eight bits: {pools.chat.precision: int8}
claim:
  says: A replica that waits draws more than 75 W.
  find:
    idle: {is: catalog.accelerators.a100_sxm_80.idle_loaded, unit: W}
    saved: {is: 100 * (1 - run.eight_bits.it_energy_kwh / run.kept.it_energy_kwh), unit: "%"}
  shows: ["It draws {idle}; 8 bits save {saved}."]
  verdict:
    - {when: idle > 75 && saved > 0, is: holds, because: It draws more.}
    - {when: otherwise, is: does not hold}
"""


@pytest.fixture
def claim(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("WORKLOADS", str(ROOT / "workloads")))
    return path


def answer(path, tmp_path, *options):
    result = idlewatt("run", path, "--json", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["claims"]


def test_a_claim_is_a_scenario_with_a_verdict(claim, tmp_path):
    result = idlewatt("run", claim, cwd=tmp_path)
    assert result.returncode == 0 and result.stderr == ""
    for text in ("kept", "eight bits", "facility energy", "what idlewatt finds", "It draws 86.3 W;", "holds.", "It draws more."):
        assert text in result.stdout
    assert everything_in(tmp_path / "out/small") == ["eight-bits.h5", "index.h5", "kept.h5"]
    (one,) = answer(claim, tmp_path)
    assert one["verdict"] == one["text"] == "holds" and one["claim"].startswith("A replica that waits")
    assert one["quantities"]["idle"] == {"value": 86.3, "unit": "W", "is": "catalog.accelerators.a100_sxm_80.idle_loaded"}


def test_the_verdict_turns_with_a_number_of_the_catalogue(claim, tmp_path):
    changed = "catalog.accelerators.a100-sxm-80.idle_loaded={value: 70 W, status: measured, source: another board}"
    assert answer(claim, tmp_path)[0]["verdict"] == "holds"
    assert answer(claim, tmp_path, "--set", changed)[0]["verdict"] == "does not hold"
    platforms = pathlib.Path(shutil.copytree(ROOT / "platforms", tmp_path / "platforms"))
    board = platforms / "accelerators/a100-sxm-80.yaml"
    board.write_text(re.sub(r"idle_loaded:\n  value: 86.3 W", "idle_loaded:\n  value: 70 W", board.read_text()))
    assert answer(claim, tmp_path, "--platforms", platforms)[0]["verdict"] == "does not hold"


def test_uncertainty_says_how_well_a_verdict_stands(claim, tmp_path):
    (one,) = answer(claim, tmp_path, "--uncertainty", "5")
    assert one["draws"] == {"left_out": 0, "holds": 5, "holds only if": 0, "does not hold": 0}
    saved = one["quantities"]["saved"]
    assert saved["low"] < saved["value"] < saved["high"], "joules per operation in 8 bits are assumed"
    assert one["quantities"]["idle"]["low"] == one["quantities"]["idle"]["high"] == 86.3, "this one is not"
    assert answer(claim, tmp_path, "--uncertainty", "5", "-j", "1") == [one]
    # A threshold in the middle of what is drawn: some draws say so, some say otherwise.
    claim.write_text(claim.read_text().replace("saved > 0,", f"saved > {saved['value']},"))
    (two,) = answer(claim, tmp_path, "--uncertainty", "8")
    assert two["draws"]["holds"] > 0 and two["draws"]["does not hold"] > 0
    text = idlewatt("run", claim, "--uncertainty", "8", cwd=tmp_path).stdout
    assert "Of 8 draws of the figures with a range" in " ".join(text.split())


def test_a_list_of_claims_has_a_folder_for_each(claim, tmp_path):
    (tmp_path / "all.yaml").write_text("title: All of them\nclaims: [small.yaml]\n")
    result = idlewatt("run", "all.yaml", cwd=tmp_path)
    assert result.returncode == 0 and "All of them" in result.stdout and "facility energy" not in result.stdout
    assert everything_in(tmp_path / "out/all") == ["small", "small/eight-bits.h5", "small/index.h5", "small/kept.h5"]
    checked = idlewatt("check", "all.yaml", cwd=tmp_path)
    assert checked.returncode == 0 and "2 simulations" in checked.stdout and "1 claim" in checked.stdout


def test_a_claim_with_nothing_to_simulate_writes_nothing(tmp_path):
    (file,) = (name for name in FILES if name.startswith("11-"))
    (tmp_path / "all.yaml").write_text(f"title: One\nclaims: [{ARTICLE / file}]\n")
    for path in (ARTICLE / file, tmp_path / "all.yaml"):
        result = idlewatt("run", path, "--json", "-o", tmp_path / "out", cwd=tmp_path)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        assert len(json.loads(result.stdout)["claims"]) == 1
    assert everything_in(tmp_path) == ["all.yaml"]


def place_of(text):
    line = SMALL[: SMALL.index(text)].count("\n")
    return f":{line + 1}:{SMALL.splitlines()[line].index(text) + 1}: "


@pytest.mark.parametrize(
    "right, wrong, at, said",
    [
        ("run.eight_bits", "run.eigth_bits", "run.eight_bits.it", "did you mean `run.eight_bits.it_energy_kwh`?"),
        ("idle_loaded", "idle_loded", "catalog.acc", "did you mean `catalog.accelerators.a100_sxm_80.idle_loaded`?"),
        ("idle > 75", "idle >", "75 &&", "`&&` is out of place"),
        ("idle > 75", "idle = 75", "> 75 &&", "expected `==`"),
        ("is: holds,", "is: perhaps,", "holds, because", "`perhaps` is no verdict"),
        ("{saved}", "{svaed}", "saved}", "did you mean `saved`?"),
        ("  says: A", "  say: A", "says: A", "did you mean `says`?"),
        ("when: otherwise", "when: 1 > 0", "otherwise", "expected one that always applies"),
    ],
)
def test_a_mistake_is_one_line_before_anything_runs(claim, tmp_path, right, wrong, at, said):
    claim.write_text(claim.read_text().replace(right, wrong, 1))
    for command in ("check", "run"):
        result = idlewatt(command, claim, cwd=tmp_path)
        assert result.returncode == 2 and result.stdout == "" and said in result.stderr
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith(f"{claim}{place_of(at)}"), result.stderr
    assert not (tmp_path / "out").exists()


def test_options_that_mean_nothing_for_claims_are_refused(claim, tmp_path):
    for options in (["--variant", "kept"], ["--json", "--markdown"]):
        result = idlewatt("run", claim, *options, cwd=tmp_path)
        assert result.returncode == 2 and result.stderr.count("\n") == 1
    result = idlewatt("run", ROOT / "scenarios/quickstart.yaml", "--markdown", cwd=tmp_path)
    assert result.returncode == 2 and "`claims:`" in result.stderr


def test_a_verdict_of_the_article_turns_with_the_catalogue(tmp_path):
    """Claim 5 says that a loaded model draws much; a board that draws little is another matter."""
    idle = "catalog.accelerators.a100-sxm-80.idle_loaded={value: 20 W, status: measured, source: another board}"
    empty = "catalog.accelerators.a100-sxm-80.idle_empty={value: 15 W, status: measured, source: another board}"
    quick = ["--set", "horizon=1 h"]
    claim = ARTICLE / "05-idle.yaml"
    (as_it_is,) = answer(claim, tmp_path, *quick)
    (changed,) = answer(claim, tmp_path, *quick, "--set", idle, "--set", empty)
    assert as_it_is["verdict"] != "does not hold" and changed["verdict"] == "does not hold"


def test_the_article_is_complete():
    listed = re.findall(r"^  - (\S+)$", (ARTICLE / "all.yaml").read_text(), re.M)
    assert sorted(listed) == listed == FILES


def test_the_page_of_the_article_is_what_is_printed(tmp_path):
    result = idlewatt("run", "scenarios/article/all.yaml", "--markdown", "-o", tmp_path / "out", cwd=ROOT, timeout=600)
    assert result.returncode == 0, result.stderr
    assert (ARTICLE / "README.md").read_text() == result.stdout, (
        "out of date: idlewatt run scenarios/article/all.yaml --markdown > scenarios/article/README.md"
    )
