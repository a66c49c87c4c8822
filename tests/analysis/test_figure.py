"""The package idlewatt: what it opens, what it refuses, and that its pictures hold the energy of the file."""

import contextlib
import io
import os
import pathlib
import random
import subprocess
import sys

import h5py
import numpy as np
import pytest

pytest.importorskip("matplotlib")

import idlewatt  # noqa: E402
from conftest import seal, unseal  # noqa: E402
from idlewatt import clock, words  # noqa: E402
from idlewatt.__main__ import main  # noqa: E402
from idlewatt.plot import compare_power, power_over_time, save  # noqa: E402
from idlewatt.stack import BUSY, FACILITY, SERVERS_WASTE, SERVERS_WORK, WASTE, power_stack  # noqa: E402

ANALYSIS = pathlib.Path(idlewatt.__file__).parents[1]
EXACT = 1e-9
ODD_NAME = 'a100 $x_1$ \\frac{ <b>&"\n\x07 \u7535\u529b \U0001f50c %s {} ' + "long " * 30


def every_state(file: h5py.File) -> None:
    """A run with energy in all states, a facility and idle waste; energies are those of its time series."""
    series = file["timeseries"]
    power = series["power_w"]
    draws = np.random.default_rng(1)
    watts = draws.uniform(0.0, 300.0, power.shape)
    times = draws.uniform(0.0, 60.0, power.shape)
    power[:] = watts
    series["accelerator_time_s"][:] = times
    series["rack_power_w"][:] += watts.sum() / len(watts)
    seconds = np.diff(series["time_bnds"][:], axis=1)
    it_kwh = float((series["rack_power_w"][:] * seconds).sum()) / 3.6e6
    file["summary/it_energy_kwh"][()] = it_kwh
    file["summary/facility_energy_kwh"][()] = 1.37 * it_kwh
    file["summary/accelerator_energy_kwh"][()] = float((watts.sum(axis=(1, 2)) * seconds[:, 0]).sum()) / 3.6e6
    file["summary/idle_waste_kwh"][()] = 0.61 * 1.37 * it_kwh
    file["summary/idle_waste_share"][()] = 0.61
    file["summary/under_use_kwh"][()] = 0.1 * it_kwh


def drawn_kwh(figure) -> dict[str, float]:
    """Areas of the layers as they stand in the picture: kW x s."""
    areas: dict[str, float] = {}
    for axes in figure.axes:
        for patch in axes.patches:
            if patch.get_gid():
                top, edges, base = patch.get_data()
                areas[patch.get_gid()] = areas.get(patch.get_gid(), 0.0) + float((top - base) @ np.diff(edges)) / 3600
    return areas


def own_process(*arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "idlewatt", "figure", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ANALYSIS), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def figure_command(*arguments) -> subprocess.CompletedProcess:
    """The same within this process, which is faster: an exception that a user would see fails the test."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            status = main(["figure", *map(str, arguments)])
        except SystemExit as end:
            status = end.code
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def assert_refused(result: subprocess.CompletedProcess, *words: str) -> None:
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def test_open_gives_series_summary_requests_and_provenance(samples):
    run = idlewatt.open(samples / "sample.h5")
    assert run.timeseries.power_w.dims == ("time", "pool", "state")
    assert run.summary["ttft_s_p99"] == 0.99
    assert run.summary.units["ttft_s_p99"] == "s"
    assert run.summary.units["it_energy_kwh"] == "kWh"
    assert run.requests["outcome"].value_counts()["rejected"] == 1000
    assert run.requests.loc[run.requests["outcome"] == "rejected", "pool"].isna().all()
    assert set(run.requests["pool"].dropna()) == {"chat", "code"}
    assert run.provenance.variant == run.variant == "l4 hpa"
    assert run.provenance.seed == 2**64 - 1
    assert run.provenance.overrides[0] == "pools.chat.replicas.start=8"
    assert run.provenance.scenario.startswith("title: ")
    assert run.provenance.figures["path"].tolist() == ["accelerators.l4.idle_empty", "site.pue"]
    assert idlewatt.open(samples / "no_requests.h5").requests is None


@pytest.mark.parametrize("name", ["sample.h5", "no_requests.h5"])
def test_stack_is_the_ledgers_energy(samples, name):
    run = idlewatt.open(samples / name)
    stack = power_stack(run)
    accelerators = [layer for layer in stack.layers_w if layer not in (SERVERS_WORK, SERVERS_WASTE, FACILITY)]
    assert stack.energy_kwh() == pytest.approx(run.summary["it_energy_kwh"], rel=EXACT)
    assert stack.energy_kwh(*accelerators) == pytest.approx(run.summary["accelerator_energy_kwh"], rel=EXACT)
    assert sum(drawn_kwh(power_over_time(run)).values()) == pytest.approx(run.summary["it_energy_kwh"], rel=EXACT)


def test_stack_with_all_states_waste_and_facility(altered):
    run = idlewatt.open(altered(every_state))
    summary, stack = run.summary, power_stack(run)
    around = (SERVERS_WORK, SERVERS_WASTE, FACILITY)
    it_layers = [layer for layer in stack.layers_w if layer != FACILITY]
    assert list(stack.layers_w) == [*BUSY, SERVERS_WORK, *WASTE, SERVERS_WASTE, "failed", "off", FACILITY]
    assert all((watts >= 0).all() for watts in stack.layers_w.values())
    assert stack.energy_kwh() == pytest.approx(summary["facility_energy_kwh"], rel=EXACT)
    assert stack.energy_kwh(*it_layers) == pytest.approx(summary["it_energy_kwh"], rel=EXACT)
    assert stack.energy_kwh(*(layer for layer in stack.layers_w if layer not in around)) == pytest.approx(
        summary["accelerator_energy_kwh"], rel=EXACT
    )
    waste = stack.energy_kwh(*WASTE, SERVERS_WASTE) * summary["facility_energy_kwh"] / summary["it_energy_kwh"]
    assert waste == pytest.approx(summary["idle_waste_kwh"], rel=EXACT)
    drawn = drawn_kwh(power_over_time(run))
    for layer in stack.layers_w:
        assert drawn[layer] == pytest.approx(stack.energy_kwh(layer), rel=EXACT)


@pytest.mark.parametrize("bins", [1, 2, 7, 100, 599, 600, 10_000])
def test_coarser_bins_hold_the_same(altered, bins):
    stack = power_stack(idlewatt.open(altered(every_state)))
    coarse = stack.coarser(bins)
    assert coarse.edges_s.size <= bins + 1
    assert coarse.edges_s[[0, -1]].tolist() == stack.edges_s[[0, -1]].tolist()
    for layer in stack.layers_w:
        assert coarse.energy_kwh(layer) == pytest.approx(stack.energy_kwh(layer), rel=EXACT)
    arrivals = [float(some.arrivals_per_s @ np.diff(some.edges_s)) for some in (stack, coarse)]
    assert arrivals[0] == pytest.approx(arrivals[1], rel=EXACT)


def test_comparison_draws_all_energy_of_all(samples, altered):
    paths = [samples / "sample.h5", altered(every_state), samples / "no_requests.h5"]
    runs = [idlewatt.open(path) for path in paths]
    drawn = sum(drawn_kwh(compare_power(runs)).values())
    assert drawn == pytest.approx(sum(power_stack(run).energy_kwh() for run in runs), rel=EXACT)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_equal_runs_give_equal_pictures(samples, tmp_path, suffix):
    for name in ["one", "two"]:
        save(power_over_time(idlewatt.open(samples / "sample.h5")), tmp_path / f"{name}.{suffix}")
    one, two = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ["one", "two"])
    assert len(one) > 1000
    assert one == two


def test_odd_names_are_drawn(altered, tmp_path):
    def rename(file):
        every_state(file)
        file.attrs["variant"] = file.attrs["title"] = ODD_NAME

    path = altered(rename)
    for suffix in ["png", "svg", "pdf"]:
        for arguments in [[path], [path, path]][: 2 if suffix == "png" else 1]:
            result = own_process(*arguments, "-o", tmp_path / f"out.{suffix}")
            assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_command_draws_files_and_folders(samples, tmp_path):
    assert figure_command(samples / "sample.h5", "-o", tmp_path / "one.png").returncode == 0
    folder = figure_command(samples, "-o", tmp_path / "two.png")
    assert folder.returncode == 0
    assert "gone.h5" in folder.stderr, "named by the index, and not there"
    assert (tmp_path / "one.png").stat().st_size > 10_000
    assert (tmp_path / "two.png").read_bytes().startswith(b"\x89PNG")


def test_unusable_files_are_refused_in_one_line(samples, altered, tmp_path):
    picture = tmp_path / "out.png"
    cut = tmp_path / "cut.h5"
    whole = (samples / "sample.h5").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    text = tmp_path / "text.h5"
    text.write_text("time,power\n0,1\n")
    (tmp_path / "void").mkdir()

    def unchanged(file):
        pass

    def flipped(file):
        file.attrs["seed"] += 1

    def worded(file):
        file.attrs["complete"] = "yes"

    def worded_version(file):
        file.attrs["format_version"] = "three"

    def foreign(file):
        del file.attrs["format_version"]

    def without_bounds(file):
        del file["timeseries/time_bnds"]

    for path, *expected in [
        (samples / "stopped.h5.part", "stopped.h5.part: ", "incomplete"),
        (cut, "cut.h5: ", "cut off"),
        (text, "text.h5: ", "not an HDF5 file"),
        (tmp_path / "none.h5", "none.h5: no such file"),
        (tmp_path / "void", "void: holds no finished run"),
        (samples / "index.h5", "index.h5: ", "index of several runs"),
        (samples / "empty.h5", "empty.h5: ", "empty"),
        (altered(unchanged, "newer.h5", version=4), "newer.h5: ", "format version 4, newer than 3"),
        (altered(unchanged, "older.h5", version=2), "older.h5: ", "format version 2, written by an older idlewatt"),
        (altered(flipped, "changed.h5", sealed=False), "changed.h5: ", "has no checksum at its end"),
        (altered(worded, "worded.h5"), "worded.h5: ", "incomplete"),
        (altered(worded_version, "version.h5"), "version.h5: ", "not a result"),
        (altered(foreign, "foreign.h5"), "foreign.h5: ", "not a result"),
        (altered(without_bounds, "bounds.h5"), "bounds.h5: cannot read"),
    ]:
        assert_refused(figure_command(path, "-o", picture), *expected)
        assert not picture.exists()


@pytest.mark.parametrize("name", ["power_w", "rack_power_w", "arrivals", "time_bnds"])
@pytest.mark.parametrize("sealed", [False, True])
def test_damaged_data_are_refused_in_one_line(samples, tmp_path, name, sealed):
    """Also when the checksum is that of the damaged file: what HDF5 then says becomes one line."""
    with h5py.File(samples / "no_requests.h5") as file:
        chunk = file["timeseries"][name].id.get_chunk_info(0)
    damaged = bytearray((samples / "no_requests.h5").read_bytes())
    damaged[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    path = tmp_path / "damaged.h5"
    path.write_bytes(damaged)
    if sealed:
        unseal(path)
        seal(path)
    problem = "damaged.h5: cannot read /timeseries" if sealed else "damaged.h5: is damaged"
    assert_refused(figure_command(path, "-o", tmp_path / "out.png"), problem)


@pytest.mark.parametrize("seed", range(20))
def test_mutated_files_are_refused_in_one_line(samples, tmp_path, seed):
    draws = random.Random(seed)
    damaged = bytearray((samples / "no_requests.h5").read_bytes())
    at = draws.randrange(len(damaged))
    length = draws.randrange(1, 400)
    damaged[at : at + length] = draws.randbytes(draws.choice([0, length, 2 * length]))
    path = tmp_path / "mutated.h5"
    path.write_bytes(damaged)
    with pytest.raises(idlewatt.RunError, match=r"mutated\.h5: ") as refusal:
        idlewatt.open(path)
    assert "\n" not in str(refusal.value)


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", pathlib.Path("/dev/zero")):
        with pytest.raises(idlewatt.RunError, match="is no regular file"):
            idlewatt.open(path)


def test_a_picture_replaces_a_link_and_follows_none(samples, tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "out.svg").symlink_to(tmp_path / "precious")
    assert figure_command(samples / "no_requests.h5", "-o", tmp_path / "out.svg").returncode == 0
    assert (tmp_path / "precious").read_text() == "mine" and not (tmp_path / "out.svg").is_symlink()
    (tmp_path / "folder.svg").mkdir()
    assert figure_command(samples / "no_requests.h5", "-o", tmp_path / "folder.svg").returncode == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.svg", "out.svg", "precious"]


def test_command_line_errors(samples, tmp_path):
    run = samples / "sample.h5"
    assert own_process(run).returncode == 2
    assert figure_command("-o", tmp_path / "out.png").returncode == 2
    assert figure_command(run, "-o", tmp_path / "out.docx").returncode == 2
    unwritable = figure_command(run, "-o", tmp_path / "no" / "such" / "folder" / "out.png")
    assert unwritable.returncode == 3
    assert "cannot be written" in unwritable.stderr
    assert "Traceback" not in unwritable.stderr


def test_missing_packages_are_named(samples, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError(\"No module named 'matplotlib'\")\n")
    path = os.pathsep.join([str(tmp_path), str(ANALYSIS)])
    result = own_process(samples / "sample.h5", "-o", tmp_path / "out.png", PYTHONPATH=path)
    assert_refused(result, "apt-get install", "python3-matplotlib")


@pytest.mark.parametrize(
    "hours, start, labels",
    [
        (24, "2024-01-01", ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "24:00"]),
        (1, "2023-11-16T18:15:46", ["18:20", "18:30", "18:40", "18:50", "19:00", "19:10"]),
        (48, "2024-02-28", ["28 Feb", "06:00", "12:00", "18:00", "29 Feb", "06:00", "12:00", "18:00", "1 Mar"]),
        (168, "2024-01-01", [f"{day} Jan" for day in range(1, 9)]),
    ],
)
def test_clock(hours, start, labels):
    places, names = clock.ticks(hours * 3600.0, np.datetime64(start, "s"))
    assert names == labels
    assert 0 <= places[0] and places[-1] <= hours * 3600


def test_words():
    assert [words.number(value) for value in [0, 1234, 145.9, 14.62, 0.1504, 1e-9]] == [
        "0", "1234", "146", "14.6", "0.150", "<0.0001",
    ]  # fmt: skip
    assert words.number(0.0961, like=146) == "<1"
    shares = [0, 0.0004, 0.003, 0.55, 1]
    assert [words.percent(share) for share in shares] == ["0 %", "<0.1 %", "0.3 %", "55 %", "100 %"]
    times = [0.399, 2.368, 300, float("nan")]
    assert [words.duration(time) for time in times] == ["399 ms", "2.37 s", "5.00 min", "–"]
    assert words.one_line("a\n b\x00", 9) == "a b"
    assert words.one_line("x" * 50, 10) == "x" * 9 + "…"
