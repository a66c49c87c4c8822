"""The report page, without a browser: what it says is what the files say, and what users named stays text."""

import base64
import html.parser
import json
import math
import os
import pathlib
import re
import shutil
import subprocess

import h5py
import numpy as np
import pytest

pytest.importorskip("matplotlib")

import idlewatt  # noqa: E402
from idlewatt import pareto, report, table  # noqa: E402
from idlewatt.answer import answer, names_of  # noqa: E402
from idlewatt.runs import Runs  # noqa: E402
from test_figure import assert_refused  # noqa: E402

BINARY = os.environ.get("IDLEWATT_BINARY")
EVIL = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)> <b>&amp; \u2028 ${1} `x`"


class Reader(html.parser.HTMLParser):
    """Elements and texts of a page; the scripts apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.scripts, self.text, self._within = [], [], "", None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._within = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._within = None

    def handle_data(self, data):
        if self._within == "script":
            self.scripts[-1] += data
        elif self._within != "style":
            self.text += data

    def data(self) -> dict:
        return json.loads(self.scripts[0])


def decoded(coded: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(coded["f8"]), "<f8")


def edges_of(coded: dict) -> np.ndarray:
    return np.append(np.arange(coded["bins"]) * coded["step"], coded["end"]) if "bins" in coded else decoded(coded)


@pytest.fixture(scope="module")
def small_page(small_runs) -> str:
    return report.page(small_runs)


@pytest.fixture(scope="module")
def reader(small_page) -> Reader:
    return Reader(small_page)


def test_areas_are_the_ledgers_energy(small_runs, reader):
    for run, detail in zip(small_runs, reader.data()["details"]):
        seconds = np.diff(edges_of(detail["edges"]))
        kwh = sum(float(decoded(layer["w"]) @ seconds) for layer in detail["layers"]) / 3.6e6
        assert kwh == pytest.approx(run.summary["facility_energy_kwh"], rel=1e-9)
        assert sum(flow["kwh"] for flow in detail["flows"] if flow["source"] == "meter") == pytest.approx(kwh, rel=1e-9)
        for hub in ("accelerators", "hosts"):
            into = sum(flow["kwh"] for flow in detail["flows"] if flow["target"] == hub)
            out = sum(flow["kwh"] for flow in detail["flows"] if flow["source"] == hub)
            assert out == pytest.approx(into, rel=2e-3), "but for flows too thin to be seen"
        assert decoded(detail["bill"]["cost"])[-1] == pytest.approx(run.summary["cost_usd"], rel=1e-9)
        assert decoded(detail["bill"]["carbon"])[-1] == pytest.approx(run.summary["carbon_kg"], rel=1e-9)


def test_latencies_are_the_summarys(small_runs, reader):
    for run, detail in zip(small_runs, reader.data()["details"]):
        found = {one["name"]: one for one in detail["latencies"]}
        assert set(found) == {"ttft", "tpot", "gap", "e2e", "queue"}
        assert found["ttft"]["limits"] == [0.5] and found["tpot"]["limits"] == [0.05]
        for name in ("ttft", "tpot", "e2e"):
            seconds, share = decoded(found[name]["seconds"]), decoded(found[name]["share"])
            assert share[0] == 1 and share[-1] == 0 and (np.diff(share) <= 0).all()
            for level in (50, 90, 99):
                at = int(np.searchsorted(-share, -(1 - level / 100) - 1e-12))
                quantile = run.summary[f"{name}_s_p{level}"]
                assert seconds[max(at - 2, 0)] <= quantile * 1.01 and quantile <= seconds[min(at + 1, seconds.size - 1)] * 1.01


def test_replicas_and_idle_power_are_the_files(small_runs, reader):
    run = small_runs[0]
    detail = reader.data()["details"][0]
    fleet = detail["fleets"][0]
    busy = next(decoded(one["count"]) for one in fleet["replicas"] if one["state"] == "busy")
    assert busy.tolist() == run.timeseries["replicas"].sel(pool="chat", replica_state="busy").values.tolist()
    assert decoded(fleet["running"]).tolist() == run.timeseries["running_sequences"].sel(pool="chat").values.tolist()
    idle = run.servers["idle_power_w"].values.T
    levels = np.frombuffer(base64.b64decode(detail["map"]["levels"]["u1"]), np.uint8).reshape(idle.shape)
    assert detail["map"]["names"] == run.servers["server"].values.tolist()
    assert detail["map"]["most"] == idle.max()
    assert np.abs(levels / 255 * idle.max() - idle).max() <= idle.max() / 500


def test_the_answer_is_the_summarys(small_runs, reader):
    texts = ["".join(piece for piece, _ in paragraph) for paragraph in answer(small_runs, names_of(small_runs))]
    first = small_runs[0].summary
    assert texts[0] == "Choose four replicas: the only one that meets its SLO."
    assert texts[1].startswith("Of ") and " that four replicas used, " in texts[1]
    assert f"{first['requests_in']:,.0f} requests" in texts[1]
    for text in texts:
        assert text in reader.text.replace("\u00a0", " ")


def test_who_meets_the_slo_is_ranked_by_cost(altered, samples):
    def run(name, **change):
        def whole(file):
            values = {"requests_in": 100.0, "requests_served": 100.0, "facility_energy_kwh": 10.0, "carbon_kg": 4.0,
                      "cost_usd": 10.0, "ttft_s_p99": 0.1, "tpot_s_p99": 0.01, "horizon_s": 60.0, **change}  # fmt: skip
            for key, value in values.items():
                file[f"summary/{key}"][()] = value

        one = idlewatt.open(altered(whole, f"{name}.h5"))
        one.__dict__["limits_s"] = {"ttft": [2.0, 1.0], "tpot": [0.1]}  # the samples have none
        return one

    def first(*runs):
        return "".join(piece for piece, _ in answer(runs, [run.path.stem for run in runs])[0])

    dear, cheap = run("dear", cost_usd=12.5, facility_energy_kwh=9.0, carbon_kg=3.0), run("cheap")
    late = run("late", cost_usd=1.0, ttft_s_p99=1000.0)
    assert first(dear, cheap, late) == (
        "Choose cheap: of the 2 that meet their SLO the cheapest; dear, the next, costs 25 % more; "
        "the most frugal is dear; the cleanest is dear."
    )
    assert first(late, run("lost", requests_served=90.0)) == "None meets its SLO."
    assert first(late) == "It misses its SLO." and first(cheap) == "It meets its SLO."


def test_answers_of_other_cases(altered, samples):
    def one(change):
        def whole(file):
            values = {"requests_in": 100.0, "requests_served": 100.0, "facility_energy_kwh": 10.0, "idle_waste_share": 0.5,
                      "slo_share": 0.9, "horizon_s": 60.0, **change}  # fmt: skip
            for name, value in values.items():
                file[f"summary/{name}"][()] = value

        return whole

    def said(*changes):
        runs = [idlewatt.open(altered(one(change), f"{index}.h5")) for index, change in enumerate(changes)]
        return " ".join("".join(piece for piece, _ in text) for text in answer(runs, [f"run {i}" for i in range(len(runs))]))

    assert "run 1 would have saved 4.00 kWh (40 %)" in said({}, {"facility_energy_kwh": 6.0})
    assert "run 1 comes nearest, and needs 1.00 kWh more" in said({}, {"facility_energy_kwh": 11.0})
    assert "differ in traffic" in said({}, {"requests_in": 99.0, "facility_energy_kwh": 6.0})
    assert "No other run answered as many" in said({}, {"requests_served": 50.0, "facility_energy_kwh": 1.0})
    assert "Others answered clearly more" in said({"requests_served": 50.0}, {})
    worse = said({}, {"facility_energy_kwh": 6.0, "slo_share": 0.5}, {"facility_energy_kwh": 8.0})
    assert "run 1 would have saved 4.00 kWh" in worse
    assert "Of those that keep as many within their limits: run 2 would have saved 2.00 kWh" in worse
    assert "None saves energy and keeps" in said({}, {"facility_energy_kwh": 6.0, "slo_share": 0.5})
    assert "Not a single request" in said({"requests_in": 0.0, "requests_served": 0.0, "slo_share": math.nan})


def test_names_stay_text(altered):
    def rename(file):
        file.attrs["variant"] = file.attrs["title"] = EVIL
        file["provenance"].attrs["overrides"] = [EVIL]
        del file["provenance/scenario"]
        file["provenance/scenario"] = EVIL
        file["timeseries/pool"][0] = EVIL
        file["servers/server"][0] = EVIL

    paths = [altered(rename, "one.h5"), altered(rename, "two.h5")]
    for runs in [Runs(paths[:1]), Runs(paths)]:
        reader = Reader(report.page(runs))
        assert len(reader.scripts) == 2, "the data and the program"
        assert not [tag for tag, _ in reader.tags if tag in ("img", "b") and "onerror" in str(tag)]
        assert "img" not in [tag for tag, _ in reader.tags]
        assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)
        assert EVIL in reader.text, "as its user wrote it"
        assert reader.data()["details"][0]["fleets"][0]["pool"] == EVIL


def test_the_page_needs_nothing_else(small_runs, small_page, reader):
    page = small_page
    assert not re.search(r"\b(src|href)=[\"']?(?!#|data:)[a-z]", page.replace('href="#', ""))
    assert [tag for tag, _ in reader.tags if tag in ("link", "iframe", "object", "base")] == []
    assert "default-src 'none'" in page
    assert report.page(small_runs) == page, "equal runs give equal pages"


def test_many_runs_are_rows_without_charts(small_runs):
    many = Runs(list(small_runs.paths) * 4)
    reader = Reader(report.page(many))
    assert len(reader.data()["details"]) == report.MOST_DETAILS
    assert len(reader.data()["runs"]) == len(many)
    assert ("table", {"class": "compare runs-are-rows"}) in reader.tags
    assert f"Charts of the first {report.MOST_DETAILS} of {len(many)} runs" in reader.text


def test_assumed_numbers_are_marked(small_runs, reader):
    figures = small_runs[0].provenance.figures
    marked = [tag for tag, attributes in reader.tags if tag == "tr" and attributes.get("class") == "assumed"]
    everything = {(row.path, row.value): row.status for run in small_runs for row in run.provenance.figures.itertuples()}
    assert len(marked) == sum(status == "assumed" for status in everything.values())
    assert figures["path"].iloc[0] in reader.text and "Five minutes of chat" in reader.text


def test_table_marks_what_is_fair(small_runs):
    rows = {row.name: row for row in table.rows_of(small_runs)}
    energy = rows["facility_energy_kwh"]
    assert energy.values == [run.summary["facility_energy_kwh"] for run in small_runs]
    assert rows["idle_waste_share"].unit == "%"
    assert rows["requests_in"].best == [False] * len(small_runs), "nothing is best where all are alike"
    assert sum(rows["ttft_s_p99"].best) >= 1
    served = [run.summary["requests_served"] for run in small_runs]
    for row in rows.values():
        if row.group not in ("requests",) and row.name != "slo_share":
            assert not any(best for best, count in zip(row.best, served) if count < 0.98 * max(served)), row.name


def test_front():
    points = [(1, 9), (2, 5), (3, 6), (4, 1), (2, 5), (0.5, math.nan), (9, 1)]
    assert pareto.front(points) == [0, 1, 4, 3]
    assert pareto.front([]) == []


def test_recorded_money_is_used_as_it_is(altered):
    def bill(file):
        series = file["timeseries"]
        for name, unit, each in [("cost_usd", "USD", 2.0), ("carbon_kg", "kg", 0.5)]:
            values = series.create_dataset(name, data=np.full(600, each))
            values.attrs["units"], values.attrs["cell_methods"] = unit, "time: sum"
            values.dims[0].attach_scale(series["time"])

    detail = Reader(report.page([idlewatt.open(altered(bill))])).data()["details"][0]
    assert decoded(detail["bill"]["cost"])[-1] == 1200.0
    assert decoded(detail["bill"]["carbon"])[-1] == 300.0


def test_the_page_says_how_replicas_are_laid_out(small_runs, tmp_path):
    scenario = pathlib.Path(__file__).parents[1] / "cli" / "data" / "small.yaml"
    for name, degrees in {"two": "{tensor: 2, context: 2}", "one": "{tensor: 1}"}.items():
        subprocess.run([BINARY, "run", scenario, "-o", tmp_path / name, "--set", f"pools.chat.parallelism={degrees}", "--set",
                        "pools.chat.servers=l4-4", "--set", "racks.0.servers=4 x l4-4"],
                       check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    page = report.page(idlewatt.open(tmp_path / "two"))
    assert "chat: tensor 2, context 2, 4 accelerators a replica" in page
    assert "Layout of replicas" not in report.page(idlewatt.open(tmp_path / "one"))


def test_runs_of_a_folder_open_lazily(small_runs, tmp_path):
    folder = tmp_path / "grid" / "points"
    folder.mkdir(parents=True)
    for index, path in enumerate(small_runs.paths):
        shutil.copy(path, folder / f"point-{index}.h5")
    (folder / "zz-broken.h5").write_text("no HDF5")
    runs = idlewatt.open(tmp_path / "grid")
    assert len(runs) == len(small_runs) + 1
    assert runs["one replica"].variant == "one replica" and runs[0].title.startswith("Five minutes")
    assert [run.variant for run in runs[:2]] == ["four replicas", "one replica"]
    frame = runs[:-1].frame()
    assert frame["facility_energy_kwh"].tolist() == [run.summary["facility_energy_kwh"] for run in small_runs]
    assert frame.attrs["units"]["ttft_s_p99"] == "s"
    with pytest.raises(idlewatt.RunError, match="zz-broken.h5: not an HDF5 file"):
        runs[-1]


def command(*arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "report", *map(str, arguments)], env={**os.environ, **environment}, capture_output=True,
                          text=True, check=False)  # fmt: skip


@pytest.mark.skipif(not BINARY, reason="IDLEWATT_BINARY does not name the program")
def test_the_program_writes_the_page(small_runs, small_page, samples, tmp_path):
    page = tmp_path / "page.html"
    result = command(*small_runs.paths, "-o", page)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert page.read_text() == small_page
    folder = command(samples, "-o", tmp_path / "folder.html")
    assert folder.returncode == 0 and "gone.h5" in folder.stderr
    cut = tmp_path / "cut.h5"
    cut.write_bytes(small_runs.paths[0].read_bytes()[:30_000])
    for path, *expected in [(cut, "cut.h5: ", "cut off"), (tmp_path / "none.h5", "no such file"),
                            (samples / "stopped.h5.part", "incomplete"), (samples / "empty.h5", "empty"),
                            (pathlib.Path(__file__), "not an HDF5 file")]:  # fmt: skip
        assert_refused(command(path, "-o", tmp_path / "not.html"), *expected)
    assert not (tmp_path / "not.html").exists() and not list(tmp_path.glob("*.part"))
    assert command(small_runs.paths[0], "-o", tmp_path / "no" / "page.html").returncode == 3


@pytest.mark.skipif(not BINARY, reason="IDLEWATT_BINARY does not name the program")
def test_the_program_says_what_to_install(small_runs, tmp_path):
    none = command(small_runs.paths[0], "-o", tmp_path / "page.html", IDLEWATT_PYTHON="/no/python")
    assert_refused(none, "cannot start Python 3", "apt-get install python3 ")
    (tmp_path / "h5py.py").write_text("raise ImportError(\"No module named 'h5py'\")\n")
    lacking = command(small_runs.paths[0], "-o", tmp_path / "page.html", PYTHONPATH=str(tmp_path))
    assert_refused(lacking, "apt-get install", "python3-h5py")


def test_files_without_what_is_optional_are_read(altered):
    def older(file):
        del file["servers"], file["latency"], file["timeseries/rack_idle_power_w"]
        for dataset in file["summary"].values():
            for name in ("group", "form", "headline"):
                del dataset.attrs[name]

    run = idlewatt.open(altered(older))
    reader = Reader(report.page([run]))
    assert reader.data()["details"][0]["map"] is None
    assert "or the file is of an older version" in reader.text
    assert h5py.is_hdf5(run.path)
