"""Grids: what they are made of, how they run and go on, and what they answer."""

import csv
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import time

import pytest
from support import IDLEWATT, copy_data, environment, everything_in, idlewatt

GRID = """\
title: A quick grid
base: data/single.yaml
axes:
  pools.chat.replicas.start: [1, 2]
  site.pue: {from: 1.1, to: 1.5, step: 0.1}
seeds: 2
"""
TABLES = ("results.csv", "runs.csv", "results.json", "results.h5")


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    (tmp_path / "g.yaml").write_text(GRID)
    return tmp_path


def tables(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def done_by(folder, *arguments, **options):
    result = idlewatt("grid", *arguments, cwd=folder, timeout=600, **options)
    assert result.returncode == 0, result
    return result.stdout


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def one_line(result, status=2):
    assert result.returncode == status, result
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_show_names_the_points_and_estimates_the_time(folder):
    before = everything_in(folder)
    out = done_by(folder, "show", "g.yaml", "--jobs", "2")
    assert "20 points\n" in out
    assert "site.pue: 1.1, 1.2, 1.3, 1.4 and 1.5\n" in out
    assert "start=1 pue=1.1 seed=1\n" in out
    assert "about 1 s with --jobs 2" in out
    assert everything_in(folder) == before


def test_ids_stay_when_the_grid_grows(folder):
    before = set(done_by(folder, "show", "g.yaml", "--all").split("points\n")[1].splitlines()[1:])
    (folder / "g.yaml").write_text(GRID.replace("[1, 2]", "[3, 1, 2]").replace("seeds: 2", "seeds: 3"))
    after = set(done_by(folder, "show", "g.yaml", "--all").split("points\n")[1].splitlines()[1:])
    assert len(before) == 20 and len(after) == 45 and before < after


def test_a_point_is_the_run_that_one_would_make_by_hand(folder):
    done_by(folder, "run", "g.yaml")
    by_hand = idlewatt("run", "data/single.yaml", "--set", "pools.chat.replicas.start=2", "--set", "site.pue=1.3",
                       "--seed", "2", "--json", cwd=folder)
    wanted = json.loads(by_hand.stdout)["variants"][0]["summary"]
    answer = json.loads((folder / "out/g/results.json").read_text())
    run = next(one for one in answer["runs"] if one["name"] == "start=2 pue=1.3 seed=2")
    assert {k: v for k, v in run["summary"].items() if v is not None} == {
        k: v for k, v in wanted.items() if v is not None}
    assert run["axes"] == {"pools.chat.replicas.start": "2", "site.pue": "1.3"}


def test_mean_and_confidence_interval_over_the_seeds(folder):
    done_by(folder, "run", "g.yaml")
    for row in rows(folder / "out/g/results.csv"):
        values = [float(run["ttft_s_p99"]) for run in rows(folder / "out/g/runs.csv")
                  if all(run[axis] == row[axis] for axis in ("pools.chat.replicas.start", "site.pue"))]
        mean = sum(values) / 2
        assert row["runs"] == "2" and float(row["ttft_s_p99"]) == pytest.approx(mean, rel=1e-12)
        # Student's t for one degree of freedom is 12.7062; the standard error of two values is half their distance.
        assert float(row["ttft_s_p99.ci95"]) == pytest.approx(12.7062 * abs(values[0] - values[1]) / 2, rel=1e-6)


def test_any_number_of_jobs_gives_the_same_bytes(folder):
    done_by(folder, "run", "g.yaml", "--jobs", "1", "-o", "one")
    done_by(folder, "run", "g.yaml", "--jobs", "3", "-o", "three")
    assert tables(folder / "one") == tables(folder / "three")
    for point in (folder / "one/points").iterdir():
        assert point.read_bytes() == (folder / "three/points" / point.name).read_bytes()


def test_nothing_is_done_twice(folder):
    done_by(folder, "run", "g.yaml")
    times = {path: path.stat().st_mtime_ns for path in (folder / "out/g/points").iterdir()}
    assert "20 points: 20 done (20 before)" in done_by(folder, "run", "g.yaml")
    # A grid that has grown runs what is new.
    (folder / "g.yaml").write_text(GRID.replace("seeds: 2", "seeds: 3"))
    assert "30 points: 30 done (20 before)" in done_by(folder, "run", "g.yaml")
    assert all(path.stat().st_mtime_ns == known for path, known in times.items())


@pytest.mark.parametrize("file, old, new", [
    ("data/minutes.yaml", "mean_rate: 2 /s", "mean_rate: 3 /s"),
    ("data/catalog.yaml", "board_limit: {value: 200 W, range: [200 W, 200 W]",
     "board_limit: {value: 210 W, range: [210 W, 210 W]"),
    ("data/single.yaml", "max_sequences: 16", "max_sequences: 8"),
])
def test_what_a_result_rests_on_has_changed_so_it_is_done_again(folder, file, old, new):
    done_by(folder, "run", "g.yaml")
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text("# a comment changes nothing\n" + text if file.endswith("single.yaml") else text)
    assert "(20 before)" in done_by(folder, "run", "g.yaml")
    path.write_text(text.replace(old, new))
    assert "20 points: 0 done" in done_by(folder, "status", "g.yaml")
    assert "20 points: 20 done\n" in done_by(folder, "run", "g.yaml")


def test_shards_make_the_whole(folder):
    done_by(folder, "run", "g.yaml", "-o", "whole")
    for i in range(3):
        assert f"points: {7 if i < 2 else 6} done\n" in done_by(folder, "run", "g.yaml", "--shard", f"{i}/3")
    done_by(folder, "results", "g.yaml")
    assert tables(folder / "out/g") == tables(folder / "whole")


EXAMPLES = pathlib.Path(__file__).parents[2] / "scenarios/grids/examples"


def test_gnu_parallel_runs_the_shards(folder):
    if shutil.which("parallel") is None:
        pytest.skip("no GNU parallel: apt-get install parallel")
    done_by(folder, "run", "g.yaml", "-o", "whole")
    program = str(pathlib.Path(IDLEWATT).resolve())
    result = subprocess.run([EXAMPLES / "parallel.sh", "g.yaml", "-o", "shards"], cwd=folder, capture_output=True,
                            text=True, timeout=600, env={**environment(), "IDLEWATT_BINARY": program})
    assert result.returncode == 0, result
    assert tables(folder / "shards") == tables(folder / "whole")


def test_pods_of_the_kubernetes_example_run_the_shards(folder):
    """What each pod would run, as a shell with the index that Kubernetes gives it; there is no cluster here."""
    text = (EXAMPLES / "kubernetes-job.yaml").read_text()
    command = next(line.strip()[2:] for line in text.splitlines() if "idlewatt grid run" in line)
    completions = int(next(line.split()[1] for line in text.splitlines() if "completions:" in line))
    (folder / "bin").mkdir()
    (folder / "bin/idlewatt").symlink_to(pathlib.Path(IDLEWATT).resolve())
    (folder / "grid.yaml").write_text(GRID)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    for index in range(completions):
        subprocess.run(["/bin/sh", "-c", command], cwd=folder, check=True, capture_output=True, timeout=600,
                       env={**environment(), "PATH": path, "JOB_COMPLETION_INDEX": str(index)})
    assert "20 points: 20 done" in done_by(folder, "status", "grid.yaml", "-o", "results")


def test_two_processes_share_the_work(folder):
    done_by(folder, "run", "g.yaml", "-o", "alone")
    processes = [start(folder, "--jobs", "1") for _ in range(3)]
    for process in processes:
        process.wait(timeout=600)
    assert "20 points: 20 done" in done_by(folder, "status", "g.yaml")
    done_by(folder, "run", "g.yaml")
    assert tables(folder / "out/g") == tables(folder / "alone")


def test_zip_ranges_choices_variants_and_exclusions(folder):
    (folder / "g.yaml").write_text("""\
title: All kinds of axes
base: data/small.yaml
set: {horizon: 1 min}
axes:
  variant: [four replicas, no batching]
  size:
    zip:
      pools.chat.replicas.start: [1, 2]
      pools.chat.replicas.max: [2, 4]
  electricity: {path: site.electricity, from: 0.01 USD/kWh, to: 1 USD/kWh, points: 3, scale: log}
  room:
    plenty: {}
    none: {pools.chat.servers: test-4, pools.chat.replicas: {start: 1, max: 64}}
exclude:
  - {variant: no batching, size: "1, 2"}
  - impossible
""")
    out = done_by(folder, "show", "g.yaml", "--all")
    # 2 x 2 x 3 x 2, less 1 x 1 x 3 x 2 by name, less those with 64 replicas on 4 accelerators.
    assert "9 points, 6 combinations excluded, 9 left out that do not fit" in out
    assert "variant=four replicas size=1, 2 electricity=0.1 USD/kWh room=plenty\n" in out
    assert "may ask for 64 replicas" in out
    done_by(folder, "run", "g.yaml")
    table = rows(folder / "out/g/results.csv")
    assert [row["electricity"] for row in table[:3]] == ["0.01 USD/kWh", "0.1 USD/kWh", "1 USD/kWh"]
    assert {row["size"] for row in table} == {"1, 2", "2, 4"}


def failing_grid(folder):
    row = "2023-11-16 18:15:4{}.0000000,100,10\n"
    head = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    (folder / "data/good.csv").write_text(head + row.format(0) + row.format(5))
    (folder / "data/bad.csv").write_text(head + row.format(0) + "rubbish\n")
    (folder / "g.yaml").write_text("""\
title: One of two traces is broken
base: data/single.yaml
set:
  horizon: 1 min
axes:
  trace:
    good: {traffic.source: {format: azure-llm, path: good.csv}}
    bad: {traffic.source: {format: azure-llm, path: bad.csv}}
  pools.chat.replicas.start: [1, 2]
""")


def test_a_point_that_fails_is_reported_and_stops_no_other(folder):
    failing_grid(folder)
    result = idlewatt("grid", "run", "g.yaml", cwd=folder)
    assert result.returncode == 1
    assert "4 points: 2 done, 2 failed\n" in result.stdout
    assert result.stderr.startswith("point `trace=bad start=1` and 1 other failed: data/bad.csv:3:")
    assert result.stderr.count("\n") == 1
    status = idlewatt("grid", "status", "g.yaml", cwd=folder)
    assert "4 points: 2 done, 0 running, 2 failed, 0 to do\n" in status.stdout and "data/bad.csv:3" in status.stderr
    # It is not tried again by itself,
    assert "2 done (2 before), 2 failed" in idlewatt("grid", "run", "g.yaml", cwd=folder).stdout
    # but when asked to,
    again = idlewatt("grid", "run", "g.yaml", "--retry-failed", cwd=folder)
    assert again.returncode == 1 and "2 failed" in again.stdout
    # and when its trace was mended.
    (folder / "data/bad.csv").write_text((folder / "data/good.csv").read_text())
    assert "4 points: 4 done (2 before)\n" in done_by(folder, "run", "g.yaml")


def start(folder, *arguments, name="g.yaml"):
    return subprocess.Popen([IDLEWATT, "grid", "run", name, *arguments], cwd=folder, env=environment(),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)


def workers_of(process):
    try:
        text = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    except OSError:
        return []
    return [int(number) for number in text.split()]


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def test_a_hundred_kills_at_random_moments(folder):
    """Of the launcher or of a worker: what is finished stays, and in the end the table is that of a quiet run."""
    begin = time.monotonic()
    done_by(folder, "run", "g.yaml", "-o", "quiet")
    a_run = min(1.0, time.monotonic() - begin)
    quiet = tables(folder / "quiet")
    dice = random.Random(7)
    kills = finished = 0
    while kills < 100:
        out = folder / f"out-{finished}"
        process = start(folder, "-o", out.name)
        time.sleep(dice.uniform(0.0, a_run))
        kept = {path: path.read_bytes() for path in out.glob("points/*.h5")}
        workers = workers_of(process)
        if workers and dice.random() < 0.5:
            kill(dice.choice(workers))
        elif process.poll() is None:
            kill(process.pid)
        kills += 1
        process.communicate(timeout=600)
        for path, content in kept.items():
            assert path.read_bytes() == content
        if process.returncode == 0:
            assert tables(out) == quiet
            finished += 1
    done_by(folder, "run", "g.yaml", "-o", out.name)
    assert tables(out) == quiet
    assert not list(out.rglob("*.part")) and not list(out.glob("locks/*"))
    assert finished > 0


def test_interrupt_says_how_to_go_on(folder):
    (folder / "g.yaml").write_text("title: Long\nbase: data/long.yaml\naxes: {site.pue: [1.1, 1.2, 1.3]}\n")
    process = start(folder, "--jobs", "2")
    end = time.monotonic() + 30
    while len(list(folder.glob("out/g/points/*.part"))) < 2:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert "3 points: 0 done, 2 running, 0 failed, 1 to do" in done_by(folder, "status", "g.yaml")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 130 and out == ""
    assert err == "interrupted; 3 points: 0 done, 3 to do; the same command goes on\n"
    assert "0 running" in done_by(folder, "status", "g.yaml")


def test_a_full_disk_stops_the_run_and_the_next_one_goes_on(folder):
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    result = idlewatt("grid", "run", "g.yaml", cwd=folder, preexec_fn=small_files)
    message = one_line(result, 3)
    assert "cannot write out/g/points/" in message and "File too large" in message
    assert "20 points: 0 done, 20 to do\n" in result.stdout
    assert "20 points: 20 done\n" in done_by(folder, "run", "g.yaml")


# What replaces which text of the grid, and what the one line says.
@pytest.mark.parametrize("old, new, expected", [
    ("pools.chat.replicas.start", "pools.chat.replikas.start", "g.yaml:4:31: unknown key `replikas` in pool `chat`"),
    ("site.pue", "sight.pue", "unknown key `sight` in the scenario"),
    ("pools.chat.replicas", "pools.caht.replicas", "unknown pool `caht`; expected `chat`; did you mean `chat`?"),
    ("[1, 2]", "[1, 5]", "pool `chat`"),
    ("[1, 2]", "[]", "axis `pools.chat.replicas.start` has no values"),
    ("[1, 2]", "[1, 1]", "has `1` twice"),
    ("[1, 2]", "3", "has no values; expected a list such as `[1, 2, 4]` or a range"),
    ("step: 0.1", "step: 0", "g.yaml:5:40: the range goes nowhere"),
    ("step: 0.1", "stop: 0.1", "unknown key `stop` in a range"),
    ("step: 0.1", "step: 0.1, points: 3", "either `step` or `points`"),
    ("from: 1.1", "from: 1.1 s", "different units"),
    ("step: 0.1", "step: 0.0000001", "expected at most 100000"),
    ("from: 1.1, to: 1.5, step: 0.1", "from: 0, to: 1.5, points: 4, scale: log", "has no 0"),
    ("seeds: 2", "seeds: [1, 1]", "seed 1 is given twice"),
    ("seeds: 2", "seeds: none", "`seeds`"),
    ("seeds: 2", "exclude: [{pue: 1.1}]", "`exclude` names no axis `pue`; expected one of"),
    ("seeds: 2", "exclude: [{site.pue: 7}]", "axis `site.pue` has no value `7`; expected one of"),
    ("seeds: 2", "exclude: [{site.pue: [1.1, 1.2, 1.3, 1.4, 1.5]}]", "the grid has no points"),
    ("seeds: 2", "sedes: 2", "unknown key `sedes` in the grid"),
    ("data/single.yaml", "data/none.yaml", "there is no file `data/none.yaml`"),
    ("seeds: 2", "seeds: 50000", "the grid has 500000 points, more than 100000"),
])
def test_bad_grids(folder, old, new, expected):
    assert old in GRID
    (folder / "g.yaml").write_text(GRID.replace(old, new, 1))
    before = everything_in(folder)
    for command in ("show", "run", "status", "results"):
        assert expected in one_line(idlewatt("grid", command, "g.yaml", cwd=folder))
    assert everything_in(folder) == before


def test_max_points_may_be_raised(folder):
    assert "the grid has 20 points, more than 19" in one_line(
        idlewatt("grid", "run", "g.yaml", "--max-points", "19", cwd=folder))
    done_by(folder, "show", "g.yaml", "--max-points", "20")


@pytest.mark.parametrize("arguments, expected", [
    (["--shard", "3/3"], "--shard: `3/3` is out of range; expected `0/3` to `2/3`"),
    (["--shard", "x"], "--shard: `x` is no shard; expected i/n such as `0/8`"),
    (["--launcher", "slrum"], "unknown launcher `slrum` (did you mean `slurm`?)"),
    (["--partition", "all"], "--partition goes with --launcher slurm"),
    (["--work-list", "none"], "none: cannot be read"),
    (["--jobs", "0"], "--jobs: `0`"),
    (["--", "--cfg=bogus:1"], "SimGrid does not take"),
])
def test_bad_command_lines(folder, arguments, expected):
    before = everything_in(folder)
    assert expected in one_line(idlewatt("grid", "run", "g.yaml", *arguments, cwd=folder))
    assert everything_in(folder) == before


def test_a_scenario_is_no_grid(folder):
    assert "data/single.yaml:1:1: this is a scenario, no grid" in one_line(
        idlewatt("grid", "show", "data/single.yaml", cwd=folder))


def test_the_folder_of_another_grid(folder):
    done_by(folder, "run", "g.yaml")
    before = tables(folder / "out/g")
    (folder / "h.yaml").write_text(GRID.replace("site.pue", "site.carbon").replace("from: 1.1, to: 1.5, step: 0.1",
                                                                                 "from: 1 g/kWh, to: 2 g/kWh, points: 2"))
    for command in ("run", "status", "results"):
        message = one_line(idlewatt("grid", command, "h.yaml", "-o", "out/g", cwd=folder))
        assert message.startswith("out/g holds the results of another grid (`A quick grid`")
    assert "data holds something else than a grid's results" in one_line(
        idlewatt("grid", "run", "g.yaml", "-o", "data", cwd=folder))
    assert "out/i holds no results yet" in one_line(idlewatt("grid", "results", "g.yaml", "-o", "out/i", cwd=folder))
    assert tables(folder / "out/g") == before


def test_a_run_knows_what_its_files_say(folder):
    """A run keeps its workers' summaries; collecting reads them from the files."""
    done_by(folder, "run", "g.yaml")
    before = tables(folder / "out/g")
    for name in TABLES:
        (folder / "out/g" / name).unlink()
    done_by(folder, "results", "g.yaml")
    assert tables(folder / "out/g") == before


def test_results_for_scripts(folder):
    done_by(folder, "run", "g.yaml")
    assert done_by(folder, "results", "g.yaml", "--csv") == (folder / "out/g/results.csv").read_text()
    assert json.loads(done_by(folder, "results", "g.yaml", "--json"))["title"] == "A quick grid"
    assert "cost" in done_by(folder, "results", "g.yaml", "--measure", "cost_usd")
    assert "unknown measure `cots_usd` (did you mean `cost_usd`?)" in one_line(
        idlewatt("grid", "results", "g.yaml", "--measure", "cots_usd", cwd=folder))


def test_slurm_that_is_not_there(folder):
    before = everything_in(folder)
    result = subprocess.run([IDLEWATT, "grid", "run", "g.yaml", "--launcher", "slurm"], cwd=folder,
                            env={**environment(), "PATH": str(folder)}, capture_output=True, text=True, timeout=600)
    assert "--launcher slurm: there is no Slurm here" in one_line(result)
    assert everything_in(folder) == before
