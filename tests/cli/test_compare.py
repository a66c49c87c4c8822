"""`idlewatt compare` as its user sees it."""

import csv
import io
import json
import pathlib

import pytest

from support import copy_data, idlewatt

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """small.yaml with three seeds, in folders 1, 2 and 3."""
    folder = tmp_path_factory.mktemp("compare")
    data = copy_data(folder)
    for seed in "123":
        arguments = ["--set", "horizon=100 s", "--seed", seed, "-o", folder / seed]
        assert idlewatt("run", data / "small.yaml", *arguments, cwd=folder).returncode == 0
    return folder


def rows(results, *arguments):
    run = idlewatt("compare", *arguments, "--csv", cwd=results)
    assert (run.returncode, run.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(run.stdout)))


def test_two_runs(results):
    shown = idlewatt("compare", "1/four-replicas.h5", "1/one-replica.h5", cwd=results)
    assert (shown.returncode, shown.stderr) == (0, "")
    head, *lines = shown.stdout.splitlines()
    assert head.split() == ["four", "replicas", "one", "replica", "difference"]
    energy = next(line for line in lines if "facility energy" in line)
    assert "Wh" in energy and "%)" in energy and "±" not in shown.stdout
    assert "preemptions" not in shown.stdout
    assert "preemptions" in idlewatt("compare", "1/four-replicas.h5", "1/one-replica.h5", "--all", cwd=results).stdout


def test_repetitions_have_intervals_of_paired_differences(results):
    shown = idlewatt("compare", "1", "2", "3", cwd=results).stdout
    assert "±" in shown and "95 % confidence interval" in shown
    table = rows(results, "1", "2", "3")
    energies = {}
    for seed in "123":
        for variant in ("four replicas", "one replica"):
            path = f"{seed}/{variant.replace(' ', '-')}.h5"
            one = rows(results, path, "1/no-batching.h5")
            energies[variant, seed] = next(float(row["mean"]) for row in one if row["measure"] == "facility_energy_kwh")
    differences = [energies["one replica", seed] - energies["four replicas", seed] for seed in "123"]
    mean = sum(differences) / 3
    deviation = (sum((value - mean) ** 2 for value in differences) / 2) ** 0.5
    row = next(row for row in table if row["measure"] == "facility_energy_kwh" and row["runs_of"] == "one replica")
    assert row["pairs"] == row["seeds"] == "3" and row["unit"] == "kWh"
    assert float(row["difference"]) == pytest.approx(mean, rel=1e-12)
    assert float(row["difference_ci95"]) == pytest.approx(4.3027 * deviation / 3**0.5, rel=1e-4)


def test_json_and_markdown(results):
    answer = json.loads(idlewatt("compare", "1", "2", "--json", cwd=results).stdout)
    assert answer["baseline"] == "four replicas"
    assert [group["name"] for group in answer["groups"]] == ["four replicas", "one replica", "no batching"]
    assert answer["groups"][1]["seeds"] == [1, 2]
    assert answer["groups"][1]["measures"]["ttft_s_p99"]["difference"]["pairs"] == 2
    page = idlewatt("compare", "1", "--markdown", cwd=results).stdout
    assert page.startswith("| measure | unit | four replicas | one replica | difference |")


def test_what_cannot_be_compared_is_one_line(results):
    cut = results / "cut.h5"
    cut.write_bytes((results / "1/one-replica.h5").read_bytes()[:20000])
    (results / "text.h5").write_text("no HDF5")
    (results / "void").mkdir(exist_ok=True)
    for arguments, expected in [
        (["cut.h5", "1"], "cut.h5: is cut off"),
        (["text.h5", "1"], "text.h5: not an HDF5 file"),
        (["none.h5", "1"], "none.h5: no such file"),
        (["void", "1"], "void: holds no finished run"),
        (["1/one-replica.h5"], "expected at least two"),
        (["1", "--csv", "--json"], "only one of"),
        ([], "RUN.h5|DIR is missing"),
    ]:
        run = idlewatt("compare", *arguments, cwd=results)
        assert (run.returncode, run.stdout) == (2, ""), arguments
        assert expected in run.stderr and run.stderr.count("\n") == 1


def test_rents_of_two_providers_are_not_mixed_in_silence(results):
    """a100-80-1 is priced by another provider than hgx-a100-80, and each has a result file of its own."""
    scenario = ROOT / "scenarios" / "quickstart.yaml"
    racks = "racks=[{servers: 8 x a100-80-1, uplink: 100 Gbps, switch: 150 W}]"
    for folder, more in (("one", ()), ("other", ("--set", "pools.chat.servers=a100-80-1", "--set", racks))):
        run = idlewatt("run", scenario, "--variant", "a100 static", "--set", "horizon=100 s", *more, "-o", folder, cwd=results)
        assert run.returncode == 0, run.stderr
    said = idlewatt("compare", "one", "other", cwd=results)
    assert said.returncode == 0, said.stderr
    assert "Rents of more than one provider or region are compared: " in said.stdout
    assert "hgx-a100-80 at AWS us-east-1" in said.stdout and "a100-80-1 at " in said.stdout
    assert "Rents of" not in idlewatt("compare", "1/four-replicas.h5", "1/one-replica.h5", cwd=results).stdout

    page = idlewatt("report", "one", "other", "-o", "mixed.html", cwd=results)
    assert page.returncode == 0, page.stderr
    assert "Rents of more than one provider or region are compared: " in (results / "mixed.html").read_text("utf-8")
