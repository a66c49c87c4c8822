"""The report page in a browser: every chart drawn, nothing asked of a network, nothing in the console."""

import os
import pathlib

import pytest

pytest.importorskip("matplotlib")

import idlewatt  # noqa: E402
from browser import PROGRAM, Browser  # noqa: E402
from idlewatt import report  # noqa: E402
from test_report import EVIL, decoded, edges_of  # noqa: E402

pytestmark = pytest.mark.skipif(not PROGRAM, reason="no Chromium here; on Debian: apt-get install chromium")
SCREENSHOTS = os.environ.get("IDLEWATT_SCREENSHOTS")
"""a folder to keep them in, for people to look at"""
DRAWN = "Object.fromEntries([...document.querySelectorAll('[data-chart]')].map(e => [e.dataset.chart, e.querySelectorAll('svg.chart path, svg.chart image').length]))"
ONCE = {"arrivals-0", "demand-0", "replicas-0", "flow", "map", "cost", "carbon"}


@pytest.fixture(scope="module")
def browser():
    one = Browser()
    yield one
    one.close()


@pytest.fixture(scope="module")
def page(small_runs, tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report.page(small_runs), encoding="utf-8")
    return path


def assert_quiet(opened, path: pathlib.Path) -> None:
    assert opened.complaints() == []
    assert [url for url in opened.requests() if not url.startswith("data:")] == [path.resolve().as_uri()]
    assert opened.run("document.documentElement.dataset.drawn") == "yes"


@pytest.mark.parametrize("width, dark", [(1280, False), (1280, True), (390, False), (390, True)])
def test_every_chart_is_drawn(browser, page, small_runs, tmp_path, width, dark):
    opened = browser.open(page, width, 900, dark)
    assert_quiet(opened, page)
    drawn = opened.run(DRAWN)
    runs = len(small_runs)
    expected = ONCE | {f"power-{index}" for index in range(runs)} | {"pareto"}
    expected |= {f"latency-{name}" for name in ("ttft", "tpot", "gap", "e2e", "queue")}
    assert set(drawn) == expected
    assert all(count > 0 for count in drawn.values()), drawn
    assert all(drawn[name] == runs for name in ("cost", "carbon", "latency-ttft")), "a line for each run"
    assert opened.run("document.querySelectorAll('circle.point').length") == runs
    assert opened.run("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    background = opened.run("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(26, 26, 26)" if dark else "rgb(255, 255, 255)")
    folder = pathlib.Path(SCREENSHOTS) if SCREENSHOTS else tmp_path
    picture = folder / f"report-{width}-{'dark' if dark else 'light'}.png"
    opened.screenshot(picture)
    assert picture.stat().st_size > 30_000


def test_what_is_drawn_is_the_ledgers_energy(browser, page, small_runs):
    opened = browser.open(page, 1280, 900)
    for index, run in enumerate(small_runs):
        joules = float(opened.run(f"document.querySelector('[data-chart=power-{index}]').dataset.integral"))
        assert joules / 3.6e6 == pytest.approx(run.summary["facility_energy_kwh"], rel=1e-9)
    flow = float(opened.run("document.querySelector('[data-chart=flow]').dataset.total"))
    assert flow == pytest.approx(small_runs[0].summary["facility_energy_kwh"], rel=1e-9)


def test_what_readers_do(browser, page, small_runs):
    opened = browser.open(page, 1280, 900)
    # Another run in the charts of one run.
    before = opened.run("document.querySelector('[data-chart=flow]').dataset.total")
    opened.run("(() => { const pick = document.querySelector('select.pick'); pick.value = 1; pick.dispatchEvent(new Event('change')) })()")
    total = float(opened.run("document.querySelector('[data-chart=flow]').dataset.total"))
    assert str(total) != before and total == pytest.approx(small_runs[1].summary["facility_energy_kwh"], rel=1e-9)
    # A part of the time, at all charts over time; and everything again.
    opened.run("zoomTo(60, 180)")
    joules = float(opened.run("document.querySelector('[data-chart=power-0]').dataset.integral"))
    assert 0 < joules / 3.6e6 < 0.8 * small_runs[0].summary["facility_energy_kwh"]
    assert opened.run("!document.querySelector('button.whole').hidden")
    opened.run("document.querySelector('button.whole').click()")
    joules = float(opened.run("document.querySelector('[data-chart=power-0]').dataset.integral"))
    assert joules / 3.6e6 == pytest.approx(small_runs[0].summary["facility_energy_kwh"], rel=1e-9)
    # Sorting by a measure.
    row = "[...document.querySelectorAll('tr.measure')].find(r => r.textContent.startsWith('facility energy'))"
    cells = f"[...{row}.querySelectorAll('td[data-v]')].map(c => Number(c.dataset.v))"
    opened.run(f"{row}.querySelector('button.sort').click()")
    wanted = sorted(run.summary["facility_energy_kwh"] for run in small_runs)
    assert opened.run(cells) == wanted
    heads = opened.run("[...document.querySelectorAll('table.compare thead th')].slice(1).map(t => t.textContent)")
    by_energy = sorted(small_runs, key=lambda run: run.summary["facility_energy_kwh"])
    assert heads == [run.variant for run in by_energy]
    opened.run(f"{row}.querySelector('button.sort').click()")
    assert opened.run(cells) == wanted[::-1]
    # Hints for the keyboard.
    opened.run("document.querySelector('[data-chart=power-0] svg').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}))")
    assert "kW" in opened.run("document.querySelector('.hint').textContent")
    # Other measures against each other.
    opened.run("(() => { const s = document.querySelectorAll('#pareto select')[0]; s.value = 'cost_usd'; s.dispatchEvent(new Event('change')) })()")
    assert "cost" in opened.run("document.querySelector('[data-chart=pareto]').textContent")
    assert_quiet(opened, page)


def test_names_with_html_are_text(browser, altered, tmp_path):
    def rename(file):
        file.attrs["variant"] = file.attrs["title"] = EVIL
        file["timeseries/pool"][0] = EVIL
        file["servers/server"][0] = EVIL

    path = tmp_path / "evil.html"
    path.write_text(report.page([idlewatt.open(altered(rename))]), encoding="utf-8")
    opened = browser.open(path, 1280, 900)
    assert_quiet(opened, path)
    assert opened.run("document.title") != "broken"
    assert opened.run("document.querySelectorAll('img').length") == 0
    assert "onerror=alert(1)" in opened.run("document.querySelector('#fleet').textContent")


def test_a_run_without_requests(browser, altered, tmp_path):
    def silent(file):
        del file["latency"]
        for name in ("requests_in", "requests_served"):
            file[f"summary/{name}"][()] = 0.0
        for name in ("slo_share", "ttft_s_p99", "wh_per_request"):
            file[f"summary/{name}"][()] = float("nan")
        for name in ("arrivals", "queue_length", "running_sequences", "completions"):
            file[f"timeseries/{name}"][:] = 0

    path = tmp_path / "silent.html"
    path.write_text(report.page([idlewatt.open(altered(silent))]), encoding="utf-8")
    opened = browser.open(path, 1280, 900)
    assert_quiet(opened, path)
    assert "Not a single request came in" in opened.run("document.body.textContent")
    assert opened.run(DRAWN)["power-0"] > 0


def test_decoding_is_python_s(browser, page, small_runs):
    opened = browser.open(page, 1280, 900)
    detail = opened.run("DATA.details[0]")
    assert opened.run("Array.from(decode(DATA.details[0].edges))") == edges_of(detail["edges"]).tolist()
    layer = detail["layers"][0]["w"]
    assert opened.run("Array.from(decode(DATA.details[0].layers[0].w))") == decoded(layer).tolist()
