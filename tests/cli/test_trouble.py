"""Terminals, Ctrl-C, full disks, processes that die."""

import json
import os
import pathlib
import pty
import random
import select
import signal
import subprocess
import time

import pytest
from support import IDLEWATT, copy_data, environment, everything_in, idlewatt

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
WORKLOAD = str(pathlib.Path(__file__).resolve().parents[2] / "workloads" / "chat-spiky-day.yaml")


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    return tmp_path


def start(folder, *arguments, **options):
    return subprocess.Popen([IDLEWATT, *arguments], cwd=folder, env=environment(), stdin=subprocess.DEVNULL, text=True,
                            start_new_session=True, **options)


def wait_until(condition, seconds=600.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def children_of(process):
    text = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in text.split()]


def start_long(folder, *arguments):
    process = start(folder, "run", "data/long.yaml", "--jobs", "2", *arguments, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    # While a run goes on, nobody can foresee the name of its part; when it is interrupted, the part is called so.
    wait_until(lambda: all(len(list((folder / "out/long").glob(f"{name}.h5.*.part"))) == 1 for name in "ab"))
    time.sleep(0.5)
    return process, [folder / "out/long/a.h5.part", folder / "out/long/b.h5.part"]


def check_readable(part):
    assert part.read_bytes()[:8] == HDF5_SIGNATURE
    if pathlib.Path("/usr/bin/h5dump").exists():
        subprocess.run(["/usr/bin/h5dump", "-H", part], check=True, stdout=subprocess.DEVNULL, timeout=600)


@pytest.mark.parametrize("to_all", [True, False], ids=["terminal", "parent only"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_keeps_what_there_is(folder, number, to_all):
    process, parts = start_long(folder)
    if to_all:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 130, err
    assert out == ""
    assert err.count("\n") == 1 and err.startswith("interrupted; kept "), err
    for part in parts:
        assert f"out/long/{part.name} (" in err and " of 300 d simulated)" in err
        check_readable(part)


def test_interrupt_of_a_terminal_session_leaves_no_process(folder):
    process, _ = start_long(folder)
    workers = children_of(process)
    assert len(workers) == 2
    process.kill()  # the parent cannot clean up: the workers must notice
    process.communicate(timeout=600)
    wait_until(lambda: not any(is_alive(worker) for worker in workers))


def is_alive(number):
    try:
        return pathlib.Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_that_dies_is_one_line_and_the_others_go_on(folder):
    scenario = folder / "data/long.yaml"
    text = scenario.read_text()
    scenario.write_text(text.replace("  b: {pools.chat.replicas.start: 2}", "  b: {horizon: 1 d}"))
    process, _ = start_long(folder, "--json")
    first, second = sorted(children_of(process))
    os.kill(first, signal.SIGKILL)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 1
    assert err.count("\n") == 1 and "variant `a` failed: its process died by signal 9" in err, err
    assert '"name": "b"' in out and (folder / "out/long/b.h5").exists()
    assert not is_alive(second)


def terminal():
    """A pseudo-terminal; a bare chroot has none."""
    try:
        return pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal on this machine: {error}")


def test_progress_on_a_terminal_is_one_line(folder):
    ours, theirs = terminal()
    process = start(folder, "run", "data/long.yaml", stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    text = b""
    end = time.monotonic() + 600
    while b" left" not in text and time.monotonic() < end:
        if select.select([ours], [], [], 0.2)[0]:
            text += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    while select.select([ours], [], [], 10)[0]:
        try:
            text += os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
    process.communicate(timeout=600)
    os.close(ours)
    drawn, _, rest = text.rpartition(b"\r\033[K")
    for words in (b"0 of 2 variants, ", b" %: ", b" of 600 d, ", b" requests/s, ", b" left"):
        assert words in drawn
    assert b"\n" not in drawn, "the line is drawn over itself"
    assert rest.strip().startswith(b"interrupted")


def test_no_progress_with_json_even_on_a_terminal(folder):
    ours, theirs = terminal()
    process = start(folder, "run", "data/small.yaml", "--json", stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    process.communicate(timeout=600)
    assert process.returncode == 0
    try:
        assert os.read(ours, 4096) == b""
    except OSError:
        pass  # nothing was ever written
    os.close(ours)


@pytest.mark.parametrize("no_color", [None, "1"])
def test_bold_only_on_a_terminal_that_wants_it(folder, no_color):
    ours, theirs = terminal()
    extra = {"NO_COLOR": no_color} if no_color else {}
    process = subprocess.Popen([IDLEWATT, "run", "data/small.yaml"], cwd=folder, env=environment(**extra),
                               stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    text = b""
    while True:
        try:
            text += os.read(ours, 65536)
        except OSError:
            break
    process.communicate(timeout=600)
    os.close(ours)
    assert b"idle waste" in text
    assert (b"\033[1m" in text) == (no_color is None)


def refused_to_write(result):
    assert result.returncode == 3, result
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_output_folder_is_a_file(folder):
    (folder / "taken").write_text("mine")
    before = everything_in(folder)
    assert "taken" in refused_to_write(idlewatt("run", "data/single.yaml", "-o", "taken", cwd=folder))
    assert "taken/inside" in refused_to_write(idlewatt("run", "data/single.yaml", "-o", "taken/inside", cwd=folder))
    assert everything_in(folder) == before


def test_output_folder_cannot_be_made(folder):
    # Holds for root too, whom permissions do not stop.
    assert "/proc/nowhere" in refused_to_write(idlewatt("run", "data/single.yaml", "-o", "/proc/nowhere", cwd=folder))


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not stop root")
def test_output_folder_is_read_only(folder):
    (folder / "locked").mkdir(mode=0o500)
    assert "locked" in refused_to_write(idlewatt("run", "data/single.yaml", "-o", "locked", cwd=folder))


def test_result_file_cannot_be_written(folder):
    (folder / "results/run.h5").mkdir(parents=True)
    message = refused_to_write(idlewatt("run", "data/single.yaml", "-o", "results", cwd=folder))
    assert "run.h5: Is a directory" in message


def test_links_in_the_output_folder_are_not_followed(folder):
    (folder / "precious").write_text("mine")
    (folder / "results").mkdir()
    for name in ("run.h5.part", "run.h5", "index.h5", "index.h5.part"):
        (folder / "results" / name).symlink_to(folder / "precious")
    assert idlewatt("run", "data/single.yaml", "-o", "results", cwd=folder).returncode == 0
    assert (folder / "precious").read_text() == "mine"
    assert [path.name for path in (folder / "results").iterdir() if path.is_symlink()] == []


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2, 0.5])
def test_two_runs_in_one_folder_lose_nothing(folder, delay):
    """One is told that the folder is in use, or comes when the other has ended; every file is whole either way."""
    runs = [start(folder, "run", "data/small.yaml", "-o", "results", stdout=subprocess.PIPE, stderr=subprocess.PIPE)]
    time.sleep(delay)
    runs.append(start(folder, "run", "data/small.yaml", "-o", "results", stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    said = [run.communicate(timeout=600)[1] for run in runs]
    assert 0 in [run.returncode for run in runs], said
    for run, message in zip(runs, said):
        if run.returncode != 0:
            assert run.returncode == 3 and message.count("\n") == 1 and "results: another idlewatt is writing" in message
    files = sorted(path.name for path in (folder / "results").iterdir())
    assert "index.h5" in files and not [name for name in files if name.endswith(".part")], files
    for name in files:
        if name != "index.h5":
            assert idlewatt("bill", f"results/{name}", cwd=folder).returncode == 0
    assert idlewatt("compare", "results", cwd=folder).returncode == 0


def test_a_folder_is_held_by_whoever_writes_there(folder):
    process, _ = start_long(folder)
    refused = refused_to_write(idlewatt("run", "data/single.yaml", "-o", "out/long", cwd=folder))
    assert refused.startswith("out/long: another idlewatt is writing its results there; expected ")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=600)
    assert idlewatt("run", "data/single.yaml", "-o", "out/long", cwd=folder).returncode == 0


@pytest.mark.parametrize("command", [
    ["run", "data/single.yaml", "-o"], ["grid", "run", "grid.yaml", "-o"], ["trace", "convert", "trace.csv"],
    ["trace", "generate", WORKLOAD, "-o"],
], ids=lambda command: " ".join(command[:2]))
@pytest.mark.parametrize("name", ["n" * 300, "loop/inside", "n" * 300 + "/inside"], ids=["long", "loop", "long folder"])
def test_names_that_no_file_can_have(folder, command, name):
    (folder / "loop").symlink_to("loop")
    (folder / "grid.yaml").write_text("title: A grid\nbase: data/single.yaml\naxes: {site.pue: [1.1, 1.2]}\n")
    (folder / "trace.csv").write_text("arrival_s,prompt_tokens,output_tokens\n0,1,1\n")
    if command[0] == "trace":
        name += ".csv"
    message = refused_to_write(idlewatt(*command, name, cwd=folder))
    assert "File name too long" in message or "Too many levels of symbolic links" in message


def test_standard_output_is_full(folder):
    with open("/dev/full", "w") as full:
        message = refused_to_write(idlewatt("run", "data/single.yaml", "--json", cwd=folder, stdout=full))
    assert "standard output" in message


def test_devices_without_an_end_are_refused(folder):
    for arguments in (["check", "/dev/zero"], ["run", "/dev/zero"], ["bill", "/dev/zero"], ["compare", "/dev/zero"],
                      ["recover", "/dev/zero"], ["trace", "stats", "/dev/zero"], ["grid", "show", "/dev/zero"]):
        result = idlewatt(*arguments, cwd=folder, timeout=120)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, (arguments, result)
        assert len(result.stderr) < 400, result.stderr[:400]


@pytest.mark.parametrize("name", ["n" * 300, "loop/inside.yaml"], ids=["long", "loop"])
def test_names_of_inputs_that_no_file_can_have(folder, name):
    (folder / "loop").symlink_to("loop")
    for arguments in (["check"], ["bill"], ["compare"], ["recover"], ["report"], ["trace", "stats"], ["grid", "show"]):
        result = idlewatt(*arguments, name, cwd=folder, timeout=120)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, (arguments, result)


def small_file(folder):
    assert idlewatt("run", "data/single.yaml", "-o", "whole", cwd=folder).returncode == 0
    return folder / "whole/run.h5"


@pytest.mark.parametrize("arguments", [["bill"], ["compare", "whole/run.h5"], ["recover", "--json"]], ids=lambda arguments: arguments[0])
def test_mutated_results_are_refused(folder, arguments):
    """What the unit test does by thousands, once more through the program: status 2 within a second, one line."""
    whole = small_file(folder).read_bytes()
    draws = random.Random(arguments[0])
    for _ in range(15):
        damaged = bytearray(whole)
        at = draws.randrange(len(whole))
        length = draws.randrange(1, 300)
        damaged[at : at + length] = draws.randbytes(draws.choice([0, length, 3 * length]))
        (folder / "damaged.h5").write_bytes(damaged)
        result = idlewatt(*arguments, "damaged.h5", cwd=folder, timeout=60)
        lost_seal = not damaged.endswith(b"checksum") or damaged[-32:-24] != b"idlewatt"
        if arguments[0] == "recover" and lost_seal and result.returncode == 0:
            continue  # without a checksum what is left may read well
        assert result.returncode == 2 and result.stderr.count("\n") == 1, result


def test_a_damaged_point_is_run_again(folder):
    (folder / "g.yaml").write_text("title: A grid\nbase: data/single.yaml\naxes: {site.pue: [1.1, 1.2]}\n")
    assert idlewatt("grid", "run", "g.yaml", cwd=folder).returncode == 0
    point = sorted((folder / "out/g/points").glob("*.h5"))[0]
    whole = point.read_bytes()
    point.write_bytes(whole[:2000] + b"\xff" * 8 + whole[2008:])
    assert "1 done" in idlewatt("grid", "status", "g.yaml", cwd=folder).stdout
    assert idlewatt("grid", "run", "g.yaml", cwd=folder).returncode == 0
    assert point.read_bytes() == whole


def test_variants_that_are_not_rerun_stay_in_the_index(folder):
    assert idlewatt("run", "data/small.yaml", "-o", "o", cwd=folder).returncode == 0
    names = sorted(path.stem for path in (folder / "o").glob("*.h5") if path.name != "index.h5")
    assert len(names) >= 2
    everyone = idlewatt("compare", "o", "--json", cwd=folder).stdout
    again = idlewatt("run", "data/small.yaml", "-o", "o", "--variant", variant_of(folder / "data/small.yaml"), cwd=folder)
    assert again.returncode == 0 and "which also names " in again.stdout, again
    assert idlewatt("compare", "o", "--json", cwd=folder).stdout == everyone
    gone = next(name for name in names if f"{name}.h5" in again.stdout.rpartition("which also names")[2])
    (folder / "o" / f"{gone}.h5").unlink()
    told = idlewatt("run", "data/small.yaml", "-o", "o", "--variant", variant_of(folder / "data/small.yaml"), cwd=folder)
    assert told.returncode == 0 and f"o/{gone}.h5: " in told.stderr and "left out of o/index.h5" in told.stderr, told


def variant_of(scenario):
    """The first variant of a scenario."""
    lines = scenario.read_text().split("\nvariants:\n")[1].splitlines()
    return lines[0].strip().partition(":")[0].strip('"')


def test_scenarios_of_one_name_do_not_replace_each_other(folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
        text = (folder / "data/single.yaml").read_text()
        (folder / name / "case.yaml").write_text(text.replace("../", str(folder / "data") + "/../"))
        for extra in (folder / "data").iterdir():
            if extra.name != "single.yaml":
                (folder / name / extra.name).write_bytes(extra.read_bytes())
    assert idlewatt("run", "one/case.yaml", cwd=folder).returncode == 0
    before = (folder / "out/case/run.h5").read_bytes()
    assert idlewatt("run", "one/case.yaml", cwd=folder).returncode == 0, "the same scenario again"
    refused = idlewatt("run", "two/case.yaml", "--seed", "5", cwd=folder)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1, refused
    assert "out/case/run.h5: is a result of another scenario, `one/case.yaml`; expected " in refused.stderr
    assert (folder / "out/case/run.h5").read_bytes() == before
    forced = idlewatt("run", "two/case.yaml", "--seed", "5", "--force", cwd=folder)
    assert forced.returncode == 0 and (folder / "out/case/run.h5").read_bytes() != before


def test_traces_that_are_there_are_not_replaced(folder):
    trace = "arrival_s,prompt_tokens,output_tokens\n0,1,1\n5,1,1\n9,2,2\n"
    (folder / "t.csv").write_text(trace)
    for arguments in (["trace", "cut", "t.csv", "t.csv", "--to", "6 s"], ["trace", "convert", "t.csv", "t.csv"],
                      ["trace", "generate", WORKLOAD, "-o", "t.csv", "--duration", "1 min"]):
        refused = idlewatt(*arguments, cwd=folder)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1, refused
        assert "t.csv: is there already (expected a new name, or --force to replace it)" in refused.stderr
        assert (folder / "t.csv").read_text() == trace
    cut = idlewatt("trace", "cut", "t.csv", "t.csv", "--to", "6 s", "--force", cwd=folder)
    assert cut.returncode == 0 and (folder / "t.csv").read_text().count("\n") == 3, cut


def test_what_is_whole_in_an_interrupted_run_is_shown(folder):
    process, parts = start_long(folder)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    shown = idlewatt("recover", parts[0], "--json", cwd=folder)
    assert shown.returncode == 0, shown
    recovered = json.loads(shown.stdout)
    assert recovered["variant"] == "a" and recovered["complete"] is False
    assert recovered["bins"] % 256 == 0
    for command in (["bill"], ["compare", parts[1]]):
        refused = idlewatt(*command, parts[0], cwd=folder)
        assert refused.returncode == 2 and "`idlewatt recover` shows what is whole in it" in refused.stderr
    text = idlewatt("recover", parts[0], cwd=folder).stdout
    assert "variant `a`, seed " in text


def test_recover_agrees_with_the_summary_of_a_whole_run(folder):
    answer = idlewatt("run", "data/single.yaml", "-o", "o", "--set", "requests=true", "--json", cwd=folder).stdout
    summary = json.loads(answer)["variants"][0]["summary"]
    recovered = json.loads(idlewatt("recover", "o/run.h5", "--json", cwd=folder).stdout)
    assert recovered["complete"] is True
    assert recovered["accelerator_kwh"] == pytest.approx(summary["accelerator_energy_kwh"], rel=1e-12)
    assert recovered["rack_kwh"] == pytest.approx(summary["it_energy_kwh"], rel=1e-12)
    assert recovered["ttft_s_p99"] == pytest.approx(summary["ttft_s_p99"], rel=5e-3)
    assert recovered["completions"] == summary["requests_served"]


@pytest.mark.parametrize("setting, message", [
    ("horizon=0.001 ns", "`horizon`: `0.001 ns` is shorter than 10 ps"),
    ("traffic.repeat={times: 2, every: 0.001 ns}", "`every`: `0.001 ns` is shorter than 10 ps"),
    ("traffic.slo.ttft=9223372036854775808 ms", "`ttft`: `9223372036854775808 ms` is out of range"),
    ("traffic.slo.tpot=1001 d", "`tpot`: `1001 d` is out of range"),
])
def test_times_that_no_clock_can_tell_are_refused_where_they_are_read(folder, setting, message):
    for command in ("check", "run"):
        result = idlewatt(command, "data/single.yaml", "--set", setting, cwd=folder)
        assert result.returncode == 2 and result.stderr.count("\n") == 1 and message in result.stderr, result
