"""What `idlewatt catalog` shows, and that the committed reference page is what it prints."""

import json
import pathlib
import re
import subprocess

import pytest
from support import IDLEWATT, environment, idlewatt

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ["accelerators", "servers", "models", "engines", "policies"]


def shown(tmp_path, *arguments):
    result = idlewatt("catalog", *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stderr == "" and not re.search(r" +$", result.stdout, re.MULTILINE)
    return result.stdout


def test_overview_counts_and_names_every_kind(tmp_path):
    text = shown(tmp_path)
    for word in KINDS + ["a100-sxm-80", "hgx-a100-80", "llama-3-8b", "vllm-2025", "autoscaling", "hpa", "continuous"]:
        assert word in text


def test_json_holds_everything_whatever_the_entry(tmp_path):
    everything = json.loads(shown(tmp_path, "--json"))
    assert list(everything) == KINDS
    for kind in KINDS[:4]:
        files = {path.stem for path in (ROOT / "platforms" / kind).glob("*.yaml")}
        assert len(everything[kind]) == len(files)
        for entry in everything[kind]:
            assert json.loads(shown(tmp_path, kind, entry["name"], "--json")) == {kind: [entry]}
            for key, figure in entry["figures"].items():
                assert set(figure) - {"range"} == {"value", "unit", "status", "source"}
                # The whole numbers of a model's shape share one source and have no ranges.
                if figure["status"] == "assumed" and (kind != "models" or "parameters" in key or key == "training"):
                    assert figure["range"][0] <= figure["value"] <= figure["range"][1]
            page = shown(tmp_path, entry["name"])
            for key, figure in entry["figures"].items():
                assert re.search(rf"^  {re.escape(key)}(\n +|  .*)\S.*{figure['status']}(, .+ to .+)?$", page, re.MULTILINE), page
    for family in everything["policies"].values():
        for policy in family["policies"]:
            page = shown(tmp_path, "policies", policy["name"])
            said = " ".join(page.split())  # long helps are broken over lines
            assert policy["summary"] in said
            for parameter in policy["parameters"]:
                assert re.search(rf"^  {re.escape(parameter['name'])}  ", page, re.MULTILINE), page
                assert " ".join(parameter["help"].split()) in said


def test_a_part_of_a_name_lists_matches(tmp_path):
    found = json.loads(shown(tmp_path, "models", "qwen", "--json"))["models"]
    names = [entry["name"] for entry in found]
    assert len(names) > 2 and all("qwen" in name for name in names)
    assert [entry["name"] for entry in json.loads(shown(tmp_path, "models", "--json"))["models"]
            if "qwen" in entry["name"]] == names


def test_an_entry_is_made_from_a_config(tmp_path):
    config = ROOT / "tests/unit/scenario/huggingface/llama-2-7b.json"
    made = shown(tmp_path, "--from-config", config, "--name", "mine", "--title", "My own", "--source", "a test")
    (tmp_path / "models.yaml").write_text("models:\n  mine:\n" + "".join(
        f"    {line}\n" for line in made.splitlines() if line and not line.startswith(("#", "name:"))))
    assert "title: My own" in made and "layers: 32" in made
    result = idlewatt("physics", "--model", "mine", "--accelerator", "a100-sxm-80", "--catalog", "models.yaml", "--json",
                      cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["memory"]["kv_bytes_per_token"] == 524288
    result = idlewatt("catalog", "--from-config", config, cwd=tmp_path)
    assert result.returncode == 2 and "expected --name" in result.stderr


def test_lists_show_units_and_mark_what_is_assumed(tmp_path):
    text = shown(tmp_path, "accelerators")
    for word in ("GB", "TB/s", "TFLOPS", "W"):
        assert word in text.split()
    assert re.search(r"^  t4 .*\d\?", text, re.MULTILINE) and "? assumed" in text
    assert "USD/h" in shown(tmp_path, "servers")


@pytest.mark.parametrize("arguments", [[], ["servers"], ["vllm-2025"], ["policies"], ["policies", "hpa"]])
def test_narrow_terminals(tmp_path, arguments):
    result = subprocess.run([IDLEWATT, "catalog", *arguments], cwd=tmp_path, env=environment(COLUMNS="60"),
                            capture_output=True, text=True, timeout=600)
    assert max(map(len, result.stdout.splitlines())) <= 60


def test_another_folder(tmp_path):
    for kind in KINDS[:4]:
        (tmp_path / kind).mkdir()
    assert json.loads(shown(tmp_path, "--platforms", ".", "--json"))["servers"] == []
    assert "policies" in shown(tmp_path, "--platforms", ".")
    shown(tmp_path, "accelerators", "--platforms", ".")
    result = idlewatt("catalog", "--platforms", "nowhere", cwd=tmp_path)
    assert result.returncode == 2 and "nowhere/accelerators" in result.stderr
    result = idlewatt("catalog", "accelerators", "l4", "--platforms", ".", cwd=tmp_path)
    assert result.returncode == 2 and "no accelerator `l4`" in result.stderr


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["acelerators"], "no kind `acelerators` (did you mean `accelerators`?)"),
        (["hpaa"], "no kind `hpaa` (did you mean `hpa`?)"),
        (["policies", "hpq"], "no policy `hpq` (did you mean `hpa`?)"),
        (["accelerators", "a100-sxm-88"], "no accelerator `a100-sxm-88` (did you mean `a100-sxm-80`?)"),
        (["models", "l4"], "no model `l4` (expected "),
        (["a", "b", "c"], "unexpected argument `c`"),
        (["--markdown", "l4"], "--markdown writes the whole page"),
    ],
)
def test_unknown_names(tmp_path, arguments, expected):
    result = idlewatt("catalog", *arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert expected in result.stderr and result.stderr.count("\n") == 1


def test_the_committed_reference_page_is_up_to_date(tmp_path):
    same = shown(tmp_path, "--markdown") == (ROOT / "platforms/README.md").read_text()
    assert same, "out of date: idlewatt catalog --markdown > platforms/README.md"


def test_the_committed_page_of_engines_is_up_to_date(tmp_path):
    same = shown(tmp_path, "engines", "--markdown") == (ROOT / "platforms/ENGINES.md").read_text()
    assert same, "out of date: idlewatt catalog engines --markdown > platforms/ENGINES.md"


def test_the_page_of_engines_has_each_rule_with_its_key_and_source(tmp_path):
    page = shown(tmp_path, "engines", "--markdown")
    part = page[page.index("## `vllm-2026`"):]
    part = part[:part.index("\n## ", 1)] if "\n## " in part[1:] else part
    assert "Rules of vLLM 0.30: vllm-project/vllm" in part
    assert "8,192 tokens, 1,024 sequences from 70 GiB of memory on, but for `a100-pcie-80`, `a100-sxm-80`" in part
    assert "`batching.token_budget`" in part and "get_batch_defaults" in part
    assert "`memory_utilisation` | 92 %, published |" in part
    assert "`profile_tokens`" not in part  # memory is kept for the limits instead
    assert "No version's rules" in page[page.index("## `vllm-2025`"):][:300]
