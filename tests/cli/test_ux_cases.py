"""A newcomer's case from start to end: each try of ../shared/cases/ux, with its right answer."""

import json
import re
import shlex
import shutil

import pytest
from support import cases, everything_in, idlewatt

UX = cases("ux")
INPUTS = cases("inputs")
pytestmark = pytest.mark.skipif(UX is None or INPUTS is None, reason="no ../shared/cases/ux")
KINDS = "l4-1,a100-80-1,a100-40-1,h100-1,a100-pcie-80-1"


@pytest.fixture
def folder(tmp_path):
    """The case's files where a run may write beside them."""
    for name in ("base.yaml", "q.yaml", "support-day.yaml", "support2.yaml"):
        shutil.copyfile(UX / name, tmp_path / name)
    (tmp_path / "qwen2.5-14b").mkdir()
    shutil.copyfile(UX / "qwen2.5-14b" / "config.json", tmp_path / "qwen2.5-14b" / "config.json")
    return tmp_path


def size(folder, *arguments, status=0):
    result = idlewatt("size", *arguments, cwd=folder)
    assert result.returncode == status, result.stderr
    return result.stdout


def test_size_finds_what_trying_everything_finds(folder):
    slo = ("--slo", "ttft p99 < 1.7 s", "--servers", KINDS)
    found = size(folder, "base.yaml", *slo)
    tried = size(folder, "base.yaml", *slo, "--exhaustive", "--replicas", "1-12")
    assert found.splitlines()[:2] == tried.splitlines()[:2]
    assert "servers=l4-1: 3 replicas on 3 x l4-1" in found
    # The answer does not hang on one seed.
    for seed in (2, 3):
        assert size(folder, "base.yaml", *slo, "--set", f"seed={seed}").startswith("servers=l4-1: 3 replicas")


def test_the_command_that_size_prints_reproduces_its_answer_and_nothing_else(folder):
    text = size(folder, "support2.yaml", "--slo", "ttft p99 < 1.5 s", "--servers", "l4-1,a100-80-1")
    cost = re.search(r"cost ([\d.]+) USD for 24 h", text)[1]
    command = re.search(r"to run it: idlewatt (.*)", text)[1]
    result = idlewatt(*shlex.split(command), "--json", cwd=folder)
    assert result.returncode == 0, result.stderr
    variants = json.loads(result.stdout)["variants"]
    assert len(variants) == 1 and variants[0]["summary"]["cost_usd"] == pytest.approx(float(cost), rel=1e-3)
    # A fleet that fails a seed says so, and all costs are of one length of time.
    assert re.search(r"servers=l4-1 +meets it with the first seed; .* fail another seed", text)
    assert "cost a month" in text and text.count("for 24 h") == 1


def test_size_says_what_its_costs_leave_out_and_whose_rents_they_mix(folder):
    options = ("base.yaml", "--slo", "ttft p99 < 1.7 s", "--servers", "l4-1,a100-80-1")
    text = " ".join(size(folder, *options).split())
    assert "Rents of more than one provider or region are compared: l4-1 at AWS us-east-1; a100-80-1 at GCP us-central1" in text
    assert "leaves out" not in text
    scenario = (folder / "base.yaml").read_text()
    (folder / "base.yaml").write_text(scenario.replace("uplink: 10 Gbps", "uplink: 10 Gbps, ownership: owned"))
    notes = json.loads(size(folder, *options, "--json"))["notes"]
    assert any("leaves out the purchase of owned servers: a100-80-1 (each" in note and "l4-1 (each 8,000 USD" in note for note in notes)


def test_a_comparison_says_which_run_leaves_its_purchase_out(folder):
    owned = ("--set", "racks=[{servers: 4 x l4-1, uplink: 10 Gbps, ownership: owned}]")
    assert idlewatt("run", "base.yaml", "-o", "rented", cwd=folder).returncode == 0
    assert idlewatt("run", "base.yaml", *owned, "-o", "owned", cwd=folder).returncode == 0
    note = "owned/run.h5: The bill leaves out the purchase of owned servers: 4 x l4-1."
    assert note in idlewatt("compare", "rented/run.h5", "owned/run.h5", cwd=folder).stdout
    table = idlewatt("compare", "rented/run.h5", "owned/run.h5", "--json", cwd=folder)
    assert note in table.stderr and json.loads(table.stdout)["baseline"]


def test_size_that_finds_nothing_ends_with_1_and_says_what_comes_nearest(folder):
    text = size(folder, "support2.yaml", "--slo", "ttft p99 < 0.01 s", status=1)
    assert "misses it with" in text and "Pareto front" in text


def test_uncertainty_is_as_wide_as_one_of_its_figures_makes_it(folder):
    """34.3 and 45.7 % of the L4's `compute_efficiency` give 1.659 and 1.313 s as the README had it."""
    ends = []
    for share in (0.343, 0.457):
        figure = f"{{value: {share}, status: derived, source: an end of its range}}"
        (folder / "end.yaml").write_text(f"accelerators: {{l4: {{compute_efficiency: {figure}}}}}\n")
        result = idlewatt("run", "base.yaml", "--set", "catalog=[end.yaml]", "--json", "-o", f"out{share}", cwd=folder)
        ends.append(json.loads(result.stdout)["variants"][0]["summary"]["ttft_s_p99"])
    result = idlewatt("run", "base.yaml", "--uncertainty", "40", "--json", "-o", "drawn", cwd=folder)
    measure = json.loads(result.stdout)["uncertainty"]["variants"][0]["measures"]["ttft_s_p99"]
    assert measure["p95"] - measure["p5"] > 0.5 * (ends[0] - ends[1]) > 0


def test_a_bare_path_of_a_trace(folder):
    rows = "".join(f"{i},100,10\n" for i in range(1000))
    (folder / "t1.csv").write_text("arrival_s,prompt_tokens,output_tokens\n" + rows)
    (folder / "s.yaml").write_text((folder / "base.yaml").read_text().replace("support-day.yaml", "t1.csv"))
    result = idlewatt("check", "s.yaml", cwd=folder)
    assert result.returncode == 0 and "1,000 requests" in result.stdout, result.stderr


def test_a_trace_is_not_cut_onto_itself(folder):
    assert idlewatt("trace", "generate", "support-day.yaml", "-o", "gen.csv", cwd=folder).returncode == 0
    before = (folder / "gen.csv").read_bytes()
    cut = ("trace", "cut", "gen.csv", "gen.csv", "--from", "9 h", "--to", "10 h")
    result = idlewatt(*cut, cwd=folder)
    assert result.returncode == 2 and "--force" in result.stderr
    assert (folder / "gen.csv").read_bytes() == before
    assert idlewatt("trace", "generate", "support-day.yaml", "-o", "gen.csv", cwd=folder).returncode == 2
    assert idlewatt(*cut, "--force", cwd=folder).returncode == 0
    assert 0 < len((folder / "gen.csv").read_bytes()) < len(before)


def test_one_variant_again_leaves_the_others(folder):
    assert idlewatt("run", "support2.yaml", cwd=folder).returncode == 0
    again = idlewatt("run", "support2.yaml", "--variant", "l4", "--force", cwd=folder)
    assert again.returncode == 0
    assert "also names 2 runs of before: a100.h5 and t4.h5" in " ".join(again.stdout.split())
    compared = idlewatt("compare", "out/support2", cwd=folder)
    assert compared.returncode == 0 and all(name in compared.stdout.splitlines()[0] for name in ("l4", "a100", "t4"))
    report = idlewatt("report", "out/support2", "-o", "page.html", cwd=folder)
    assert report.returncode == 0, report.stderr
    page = re.sub(r"<[^>]+>", "", (folder / "page.html").read_text(encoding="utf-8"))
    assert re.search(r"Choose\s+a100\s*: the only one that meets its SLO", page)
    assert "100,000,000 requests a month are 82" in idlewatt("bill", "out/support2/l4.h5", "--volume", "100M", cwd=folder).stderr


def test_a_config_of_hugging_face_beside_the_scenario(folder):
    result = idlewatt("check", "q.yaml", cwd=folder)
    assert result.returncode == 0 and "qwen2.5-14b in fp8" in result.stdout, result.stderr
    (folder / "bare.yaml").write_text(
        (folder / "q.yaml").read_text().replace("{models: {qwen2.5-14b: {huggingface: qwen2.5-14b/config.json}}}", "qwen2.5-14b/config.json"))
    result = idlewatt("check", "bare.yaml", cwd=folder)
    assert result.returncode == 0 and "qwen2.5-14b in fp8" in result.stdout, result.stderr


def test_all_mistakes_at_once(folder):
    text = (folder / "base.yaml").read_text()
    text = text.replace("uplink: 10 Gbps", "uplink: 10 gigabit").replace("model: llama-3-8b\n    precision", "model: llama-3-9b\n    precision")
    text = text.replace("servers: l4-1\n", "servers: l5-1\n").replace("0.2 USD/kWh", "0.2")
    (folder / "wrong.yaml").write_text(text)
    result = idlewatt("check", "wrong.yaml", cwd=folder)
    assert result.returncode == 2
    lines = [line for line in result.stderr.splitlines() if line.startswith("wrong.yaml:")]
    assert len(lines) == 4 and len({line.split(":")[1] for line in lines}) == 4, result.stderr
    # What is plain need not be said.
    short = (folder / "base.yaml").read_text().replace("replicas: {start: 4, min: 1, max: 4}", "replicas: 4").replace("    precision: bf16\n", "")
    (folder / "short.yaml").write_text(short)
    assert idlewatt("check", "short.yaml", cwd=folder).returncode == 0


def test_documents_of_other_kinds_beside_a_manifest(folder):
    shutil.copyfile(INPUTS / "17-many-documents" / "hpa.yaml", folder / "hpa.yaml")
    text = (folder / "base.yaml").read_text() + "    autoscaling: {manifest: hpa.yaml}\n"
    (folder / "scaled.yaml").write_text(text.replace("replicas: {start: 4, min: 1, max: 4}", "replicas: {start: 4}"))
    result = idlewatt("check", "scaled.yaml", cwd=folder)
    assert result.returncode == 0 and "autoscaling" in result.stdout, result.stderr
    (folder / "hpa.yaml").write_text((folder / "hpa.yaml").read_text() + "\n---\n" + (folder / "hpa.yaml").read_text())
    twice = idlewatt("check", "scaled.yaml", cwd=folder)
    assert twice.returncode == 2 and twice.stderr.count("\n") == 1, twice.stderr


def test_nothing_is_written_beside_the_scenario_by_check(folder):
    before = everything_in(folder)
    assert idlewatt("check", "support2.yaml", cwd=folder).returncode == 0
    assert everything_in(folder) == before
