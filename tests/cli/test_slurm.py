"""Grids through a real Slurm, and what is left of them when it dies. Skipped where it cannot be started."""

import os
import signal
import subprocess
import tempfile
import time
import pathlib
import shutil

import pytest
from slurm_cluster import CannotStart, SlurmCluster
from support import IDLEWATT, copy_data, environment, everything_in

TABLES = ("results.csv", "runs.csv", "results.json", "results.h5")
# 40 points of some 50 ms each.
GRID = """\
title: Forty points
base: data/single.yaml
set: {traffic.scale: 20, horizon: 5 min}
axes:
  pools.chat.replicas.start: [1, 2, 3, 4]
  site.pue: {from: 1.1, to: 1.5, step: 0.1}
seeds: 2
"""


@pytest.fixture(scope="module")
def cluster():
    # Sockets have short names: not below pytest's own folder.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="idlewatt-slurm-"))
    cluster = SlurmCluster(folder)
    try:
        cluster.start()
        yield cluster
    except CannotStart as reason:
        pytest.skip(f"no Slurm: {reason}")
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder(tmp_path):
    copy_data(tmp_path)
    (tmp_path / "g.yaml").write_text(GRID)
    return tmp_path


def grid(cluster, folder, *arguments):
    return subprocess.run([IDLEWATT, "grid", *arguments], cwd=folder, env={**environment(), **cluster.environment},
                          capture_output=True, text=True, timeout=600)


def submit(cluster, folder, *more):
    return grid(cluster, folder, "run", "g.yaml", "--launcher", "slurm", "--points-per-task", "4", *more)


def tables(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def quiet_tables(cluster, folder):
    result = grid(cluster, folder, "run", "g.yaml", "-o", "quiet")
    assert result.returncode == 0, result
    return tables(folder / "quiet")


def done(folder):
    return len(list((folder / "out/g/points").glob("*.h5")))


def wait_until(condition, seconds=600.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def a_task_of(folder):
    """The process of a task: it has the grid's folder on its command line."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
        except (OSError, UnicodeDecodeError):
            continue
        if "--work-list" in words and str(folder / "out/g") in words:
            return int(entry.name)
    return None


def queue_is_empty(cluster):
    return cluster.ask("squeue", "--noheader") == ""


def test_forty_points_interrupted_and_resumed_give_the_table_of_a_local_run(cluster, folder):
    quiet = quiet_tables(cluster, folder)

    first = submit(cluster, folder)
    assert first.returncode == 0 and ": 40 points in 10 tasks\n" in first.stdout, first
    twice = submit(cluster, folder)
    assert twice.returncode == 2 and "already works on this grid" in twice.stderr, twice

    # A task is killed in the middle,
    wait_until(lambda: done(folder) >= 4)
    wait_until(lambda: a_task_of(folder) is not None)
    os.kill(a_task_of(folder), signal.SIGKILL)
    status = grid(cluster, folder, "status", "g.yaml")
    assert "Slurm has job " in status.stdout, status
    # then the controller, which forgets everything.
    wait_until(lambda: done(folder) >= 12)
    cluster.kill_controller()
    away = grid(cluster, folder, "status", "g.yaml")
    assert "Slurm does not answer: " in away.stdout, away
    refused = submit(cluster, folder)
    assert refused.returncode == 2 and refused.stderr.startswith("--launcher slurm: Slurm does not answer: ")
    wait_until(lambda: a_task_of(folder) is None)
    before = {path: path.stat().st_mtime_ns for path in (folder / "out/g/points").glob("*.h5")}
    assert len(before) < 40, "nothing was left to resume"
    cluster.start_controller(clean=True)
    wait_until(lambda: cluster.ask("sinfo", "--noheader", "--format=%t") == "idle")

    again = submit(cluster, folder, "--wait")
    assert again.returncode == 0 and "40 points: 40 done" in again.stdout, again
    assert f": {40 - len(before)} points in " in again.stdout
    assert all(path.stat().st_mtime_ns == known for path, known in before.items())
    assert tables(folder / "out/g") == quiet


def test_scancel_leaves_a_grid_that_goes_on(cluster, folder):
    quiet = quiet_tables(cluster, folder)
    job = submit(cluster, folder).stdout.split()[1].rstrip(":")
    wait_until(lambda: done(folder) >= 3)
    cluster.ask("scancel", job)
    wait_until(lambda: queue_is_empty(cluster) and a_task_of(folder) is None)
    kept = done(folder)
    assert 3 <= kept < 40
    result = grid(cluster, folder, "run", "g.yaml")  # here, this time
    assert result.returncode == 0 and f"40 points: 40 done ({kept} before)\n" in result.stdout, result
    assert tables(folder / "out/g") == quiet


def test_a_refused_job_leaves_nothing(cluster, folder):
    before = everything_in(folder)
    result = submit(cluster, folder, "--partition", "gold", "-o", "refused")
    assert result.returncode == 2, result
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("--launcher slurm: Slurm refuses the job: ") and "partition" in result.stderr
    assert not (folder / "refused/slurm").exists()
    assert [name for name in everything_in(folder) if name.endswith(".h5")] == [
        name for name in before if name.endswith(".h5")]
    assert queue_is_empty(cluster)


def test_more_points_a_task_than_asked_for_when_the_array_would_be_too_large(cluster, folder):
    (folder / "g.yaml").write_text(GRID.replace("seeds: 2", "seeds: 101").replace("5 min", "1 s"))
    result = grid(cluster, folder, "run", "g.yaml", "--launcher", "slurm", "--points-per-task", "1", "--time", "1 h",
                  "--cpus", "2")
    assert result.returncode == 0 and ": 2,020 points in 674 tasks\n" in result.stdout, result
    job = result.stdout.split()[1].rstrip(":")
    cluster.ask("scancel", job)
    assert "1:00:00" in cluster.ask("scontrol", "show", "job", job)
    lists = [path for path in (folder / "out/g/slurm/1").glob("task-*") if path.suffix == ""]
    assert sorted(line for path in lists for line in path.read_text().split()) == sorted(
        line.split()[0] for line in grid(cluster, folder, "show", "g.yaml", "--all").stdout.splitlines()
        if line.startswith("  ") and "seed=" in line)
    wait_until(lambda: queue_is_empty(cluster) and a_task_of(folder) is None)
