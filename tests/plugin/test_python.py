"""Policies in Python: what they decide is what the same policy decides in C++, and what goes wrong is said in one line."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
IDLEWATT = os.environ["IDLEWATT_BINARY"]

SCENARIO = """
title: Policies in Python
horizon: 20 min
start: 2024-01-01
traffic:
  - {source: workloads/chat-spiky-day.yaml, scale: 0.5, model: llama-3-8b, slo: {ttft: 2 s, tpot: 150 ms}}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks:
  - {servers: 2 x l4-8, uplink: 100 Gbps, power_budget: 4 kW}
  - {servers: 1 x hgx-a100-80, uplink: 100 Gbps}
pools:
  chat:
    model: llama-3-8b
    precision: bf16
    servers: l4-8
    replicas: {start: 2, min: 1, max: 16}
  fast:
    model: llama-3-8b
    precision: bf16
    servers: hgx-a100-80
    replicas: {start: 1, min: 1, max: 8}
"""
CHAT = "pools.chat."
SHORT_OF_POWER = ["racks.0.power_budget=1.2 kW", CHAT + "autoscaling={policy: hpa, target: 1}"]


def call(*arguments, cwd, **options):
    return subprocess.run([IDLEWATT, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=600, **options)


def built_in():
    return "not in this build" not in call("version", cwd=HERE).stdout


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "s.yaml").write_text(SCENARIO)
    (tmp_path / "workloads").symlink_to(ROOT / "workloads")
    shutil.copy(HERE / "policies.py", tmp_path)
    return tmp_path


def run(folder, *choices, out="out", more=()):
    options = [word for choice in choices for word in ("--set", choice)]
    return call("run", "s.yaml", "--json", "-o", out, *options, *more, cwd=folder)


def summary(folder, *choices, out="out", more=()):
    done = run(folder, *choices, out=out, more=more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["variants"][0]["summary"]


def series(path):
    """All that a result file holds, but for who made it."""
    h5py = pytest.importorskip("h5py")
    found = {}

    def keep(name, item):
        if isinstance(item, h5py.Dataset) and name != "bill/site":
            found[name] = (item.dtype.str if item.dtype.names is None else str(item.dtype), str(item[()].tolist() if item.shape else item[()]))

    with h5py.File(path) as file:
        file.visititems(keep)
    assert len(found) > 20
    return found


def mine(key, name, **parameters):
    given = "".join(f", {one}: {value}" for one, value in parameters.items())
    return f"{key}={{policy: {{python: ./policies.py, class: {name}{given}}}}}"


TWINS = [
    (mine(CHAT + "autoscaling", "Keeps"), CHAT + "autoscaling={policy: static}"),
    (
        mine(CHAT + "idle", "PowerOffAfter", after_s=20, server_after_s=30.5, wake_above=2),
        CHAT + "idle={policy: power-off-after, after: 20 s, server_after: 30.5 s, wake_above: 2}",
    ),
    (
        mine(CHAT + "admission", "QueueLimit", per_replica=1, at_least=2),
        CHAT + "admission={policy: queue-limit, per_replica: 1, at_least: 2}",
    ),
    (mine(CHAT + "routing", "RoundRobin"), CHAT + "routing={policy: round-robin}"),
    (mine("routing", "LeastOutstandingPool"), "routing={policy: least-outstanding}"),
    (mine("power", "Fifo"), "power={policy: fifo}"),
]
python_only = pytest.mark.skipif(not built_in(), reason="this build is without Python")


@python_only
@pytest.mark.parametrize("choice, built_in_choice", TWINS, ids=[one[0].split("=")[0] for one in TWINS])
def test_the_same_policy_gives_the_same_bytes(folder, choice, built_in_choice):
    # Replicas come and go, so that every family has something to decide.
    beside = [] if "autoscaling" in choice else [CHAT + "autoscaling={policy: hpa, target: 1}"]
    beside += SHORT_OF_POWER if choice.startswith("power") else []
    ours = summary(folder, *beside, choice, out="ours")
    theirs = summary(folder, *beside, built_in_choice, out="theirs")
    assert ours == theirs
    assert series(folder / "ours/run.h5") == series(folder / "theirs/run.h5")
    assert ours["requests_served"] > 100


@python_only
def test_it_decides(folder):
    few = summary(folder, mine(CHAT + "autoscaling", "QueueTarget", target=16))
    many = summary(folder, mine(CHAT + "autoscaling", "QueueTarget", target=0.5))
    assert many["replica_hours"] > 1.1 * few["replica_hours"]
    assert summary(folder, mine(CHAT + "routing", "Random"))["requests_served"] > 100


LOOKS = """
import json, sys
from idlewatt import *

def say(thing):
    names = [name for name in dir(thing) if not name.startswith("_") and not callable(getattr(thing, name))]
    print(json.dumps([type(thing).__name__, names]), file=sys.stderr)

class Looks:
    kept = None

    def decide(self, view):
        sample, counters = view.replicas[0], view.counters
        assert 0 <= sample.kv_usage <= 1 and sample.replica >= 0 and view.unrouted >= 0 and view.time_zone == "UTC"
        assert len(counters.ttft.in_bucket) == len(LATENCY_EDGES) + 1
        if self.kept is not None:
            assert self.kept.now < view.now and counters.arrivals >= counters.served > 0
            assert sum(counters.ttft.in_bucket) == counters.ttft.count and len(view.replicas) == view.ready
            try:
                self.kept.counters
            except ValueError:
                say(view), say(sample), say(counters), say(counters.e2e)
        self.kept = view
        return AutoscaleDecision(2, view.now + to_ticks(600))

class Admits:
    said = False

    def admit(self, request, pool):
        if not self.said:
            say(pool), say(pool.load), say(pool.service.figures), say(request.slo)
            say(pool.service.estimate(request.prompt_tokens, pool.load))
        self.said = True
        return True
"""
# What Python lacks of a view: the future.
ONLY_CPP = {"AutoscaleView": {"forecast"}}


def members_in_cpp(struct):
    """The members of a struct of sim/policy, read from the text of its header."""
    for header in sorted((ROOT / "sim/policy").rglob("*.hpp")):
        found = re.search(rf"^struct {struct} \{{(.*?)^\}};", header.read_text(), re.S | re.M)
        if found:
            lines = [re.sub(r"\s*//.*", "", line) for line in found[1].splitlines()]
            lines = [line for line in lines if re.match("  \\w", line) and not line.endswith(") const;")]
            return {name[1] for line in lines if (name := re.match(r"[^={]*?(\w+)\s*(?:=.*|\{\})?;$", line))}
    raise AssertionError(f"no struct {struct}")


@python_only
def test_python_sees_every_field_of_a_view(folder):
    (folder / "looks.py").write_text(LOOKS)
    choices = (faulty("", name="Looks", file="looks.py"), faulty("", CHAT + "admission", "Admits", "looks.py"))
    done = run(folder, *choices)
    assert done.returncode == 0, done.stderr
    seen = {name: set(fields) for name, fields in map(json.loads, done.stderr.splitlines())}
    structs = "AutoscaleView ReplicaSample PoolCounters LatencyCounts AdmissionView PoolLoad ServiceFigures ServiceEstimate SloTicks"
    assert set(seen) == set(structs.split())
    for struct, fields in seen.items():
        assert fields == members_in_cpp(struct) - ONLY_CPP.get(struct, set()), struct


FAULTY = """
import math, os, random, secrets, sys
from idlewatt import *

class Faulty:
    def __init__(self, how=None, **rest):
        self.how = how
        if how == "constructor": raise OSError("no table here")
        if how == "exit": os._exit(7)
    def decide(self, view):
        if self.how == "raises" and view.now > 0: raise ValueError("no row for this hour\\nand more")
        if self.how == "exits": sys.exit(3)
        if self.how == "recurses": return self.decide(view)
        if self.how == "recurses in C": return sorted([1, 2], key=lambda _: self.decide(view))
        if self.how == "number": return 3
        if self.how == "float": return AutoscaleDecision(2.0, view.now + to_ticks(15))
        if self.how == "infinite": return AutoscaleDecision(math.inf)
        if self.how == "ticks": return AutoscaleDecision(2, view.now + 1.5e12)
        if self.how == "huge": return AutoscaleDecision(2**40)
        if self.how == "never later": return AutoscaleDecision(2, view.now)
        if self.how == "writes": view.target = 3
        if self.how == "future": return view.forecast
        return AutoscaleDecision(2, view.now + to_ticks(15))
    def route(self, request, pools):
        kept, self.kept = getattr(self, "kept", None), request
        if self.how == "keeps": return kept.prompt_tokens if kept else 0
        return 2 if self.how == "beyond" else True
    def rank(self, waiting): return float(self.how)
    def overtaking(self): return False

class Draws(Faulty):
    def decide(self, view):
        drawn = [random.random(), random.Random().random(), secrets.randbelow(10**6), os.urandom(1)[0]]
        print(drawn, hash("words"), file=sys.stderr)
        return AutoscaleDecision(1 + int(8 * drawn[0]), view.now + to_ticks(60))

class Empty:
    pass

class Needs:
    def __init__(self, target, interval_s=15): pass
    def decide(self, view): pass

class Slow(Faulty):
    def decide(self, view):
        import time
        time.sleep(0.02)
        return AutoscaleDecision(2, view.now + to_ticks(1))
"""


def faulty(how, key=CHAT + "autoscaling", name="Faulty", file="faulty.py"):
    return f"{key}={{policy: {{python: ./{file}, class: {name}{how}}}}}"


def refused(folder, choice, traceback=False, more=()):
    done = run(folder, choice, more=more)
    assert done.returncode == 2, done.stdout + done.stderr
    *before, line = done.stderr.splitlines()
    assert bool(before) == traceback, done.stderr
    if traceback:
        assert before[0] == "Traceback (most recent call last):"
    assert not list(folder.rglob("*.h5*")) and not list(folder.rglob("__pycache__"))
    return line


@python_only
@pytest.mark.parametrize(
    "choice, expected",
    [
        (faulty("", name="Mien"), "`faulty.py` has no class `Mien`; expected one of `Faulty`, `Draws`, `Empty`, `Needs`, `Slow`"),
        (faulty("", name="Empty"), "class `Empty` of `faulty.py` has no method `decide`; expected `decide`"),
        (faulty("", CHAT + "idle"), "has no method `replica_idle`; expected `replica_idle`, `server_empty`, "),
        (faulty("", name="Needs"), "missing a required argument: 'target'; expected Needs(target, interval_s=15)"),
        (faulty(", target: 1, tarjet: 2", name="Needs"), "got an unexpected keyword argument 'tarjet'; expected Needs("),
        (faulty(", how: .nan"), "`.nan` is no parameter; expected a finite number"),
        (faulty(", how: exit"), "ended the process that looked at it"),
        (faulty("", file="broken.py"), "`broken.py` is no Python: SyntaxError: '(' was never closed (broken.py, line 2)"),
        (faulty("", file="none.py"), "there is no file `none.py`"),
        (CHAT + "autoscaling={policy: {python: ./faulty.py}}", "expected `class:` beside `python:`"),
        (faulty("", CHAT + "batching"), "expected"),
        (faulty(", how: number"), "class `Faulty` of `faulty.py`: decide() answers wrongly: it is `3` (int); expected an idlewatt.AutoscaleDecision"),
        (faulty(", how: never later"), "expected a time after that"),
        (faulty(", how: beyond", "routing"), "route() answers wrongly: it is `2` (int); expected 0 to 1"),
        (faulty(", how: bool", "routing"), "route() answers wrongly: it is `True` (bool); expected an int"),
        (faulty(", how: inf", "power"), "rank() answers wrongly: it is `inf` (float); expected a finite number"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(folder, choice, expected):
    (folder / "faulty.py").write_text(FAULTY)
    (folder / "broken.py").write_text("x = 1\nprint((1\n")
    short = [word for setting in SHORT_OF_POWER for word in ("--set", setting)]
    line = refused(folder, choice, more=short if choice.startswith("power") else ())
    assert expected in line
    if "class `" in line or "is no Python" in line or "no class" in line:
        assert "faulty.py" in line or "broken.py" in line


@python_only
@pytest.mark.parametrize(
    "choice, expected",
    [
        (faulty(", how: constructor"), "class `Faulty` of `faulty.py`: __init__() raised OSError: no table here"),
        (faulty("", file="raises.py"), "`raises.py` raised ModuleNotFoundError: No module named 'nowhere'"),
        (faulty(", how: raises"), "class `Faulty` of `faulty.py`: decide() raised ValueError: no row for this hour"),
        (faulty(", how: exits"), "decide() raised SystemExit: 3"),
        (faulty(", how: recurses"), "decide() raised RecursionError: maximum recursion depth exceeded"),
        (faulty(", how: recurses in C"), "decide() raised RecursionError: maximum recursion depth exceeded"),
        (faulty(", how: float"), "decide() raised TypeError: `replicas` is `2.0` (float); expected an int"),
        (faulty(", how: infinite"), "decide() raised TypeError: `replicas` is `inf` (float); expected an int"),
        (faulty(", how: ticks"), "expected an int in ticks: see to_ticks(seconds)"),
        (faulty(", how: huge"), "decide() raised ValueError: `replicas` is `1099511627776` (int); expected 0 to 2147483647"),
        (faulty(", how: writes"), "decide() raised AttributeError: "),
        (faulty(", how: future"), "decide() raised AttributeError: "),
        (faulty(", how: keeps", "routing"), "route() raised ValueError: this may be read only during the call"),
    ],
)
def test_what_is_raised_has_its_traceback_and_one_line(folder, choice, expected):
    (folder / "faulty.py").write_text(FAULTY)
    (folder / "raises.py").write_text("import nowhere\n")
    assert expected in refused(folder, choice, traceback=True)


@python_only
def test_a_wrong_choice_has_its_place(folder):
    (folder / "faulty.py").write_text(FAULTY)
    text = SCENARIO.replace("16}", "16}\n    autoscaling: {policy: {python: ./faulty.py, class: Mien}}", 1)
    (folder / "s.yaml").write_text(text)
    row = next(i for i, line in enumerate(text.splitlines(), 1) if "Mien" in line)
    done = call("check", "s.yaml", cwd=folder)
    assert done.returncode == 2 and done.stderr.startswith(f"s.yaml:{row}:36: `faulty.py` has no class `Mien`")


@python_only
def test_all_that_is_random_comes_from_the_seed(folder):
    (folder / "faulty.py").write_text(FAULTY)
    first, again, other = (run(folder, faulty("", name="Draws"), more=("--seed", seed)) for seed in (1, 1, 2))
    assert first.returncode == 0 and "0." in first.stderr
    assert first.stderr == again.stderr and first.stdout == again.stdout
    assert first.stderr.splitlines()[0].split("]")[0] != other.stderr.splitlines()[0].split("]")[0]
    assert first.stderr.split("] ")[1].split()[0] == other.stderr.split("] ")[1].split()[0], "hashes"


@python_only
def test_neither_the_environment_nor_numpy_disturbs(folder):
    (folder / "n.py").write_text(
        "import sys\nfrom idlewatt import *\n"
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"
        "class N:\n    def decide(self, view):\n"
        "        if numpy is None: return AutoscaleDecision(2)\n"
        "        assert 'nonsense' not in sys.path and sys.flags.isolated and sys.dont_write_bytecode\n"
        "        drawn = numpy.random.default_rng().integers(1, 9)\n"
        "        print(drawn, file=sys.stderr)\n"
        "        return AutoscaleDecision(drawn, view.now + numpy.int64(60 * TICKS_PER_SECOND))\n"
    )
    environment = {**os.environ, "PYTHONPATH": "nonsense", "PYTHONHOME": "nonsense", "PYTHONHASHSEED": "5"}
    choice = faulty("", name="N", file="n.py")
    done = [call("run", "s.yaml", "--json", "--set", choice, cwd=folder, env=environment) for _ in range(2)]
    assert done[0].returncode == 0, done[0].stderr
    assert done[0].stdout == done[1].stdout and done[0].stderr == done[1].stderr


@python_only
def test_grid_knows_when_the_file_changes(folder):
    (folder / "g.yaml").write_text(
        "title: g\nbase: s.yaml\naxes:\n"
        "  pools.chat.autoscaling: [{policy: {python: ./policies.py, class: QueueTarget, target: 2}},"
        " {policy: {python: ./policies.py, class: QueueTarget, target: 8}}]\nseeds: 2\n"
    )

    def grid(*words):
        done = call("grid", *words, cwd=folder)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    grid("run", "g.yaml", "-j", "1", "-o", "one")
    grid("run", "g.yaml", "-j", "4", "-o", "four")
    assert (folder / "one/results.csv").read_bytes() == (folder / "four/results.csv").read_bytes()
    files = sorted((folder / "one").rglob("*.h5"))
    before = [file.stat().st_mtime_ns for file in files if file.name != "results.h5"]
    grid("run", "g.yaml", "-o", "one")
    assert before == [file.stat().st_mtime_ns for file in files if file.name != "results.h5"]
    (folder / "policies.py").write_text((folder / "policies.py").read_text() + "\n# otherwise\n")
    grid("run", "g.yaml", "-o", "one")
    after = [file.stat().st_mtime_ns for file in files if file.name != "results.h5"]
    assert all(old < new for old, new in zip(before, after, strict=True))


@python_only
def test_an_interrupt_ends_a_run_as_ever(folder):
    (folder / "faulty.py").write_text(FAULTY)
    process = subprocess.Popen(
        [IDLEWATT, "run", "s.yaml", "--set", "horizon=1 d", "--set", "sample_every=1 s", "--set", faulty("", name="Slow")],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )
    end = time.monotonic() + 30
    while not list(folder.rglob("*.part")) and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 130 and err.startswith("interrupted; kept ") and err.count("\n") == 1, err


@python_only
def test_simgrid_may_give_each_actor_a_thread(folder):
    choice = mine(CHAT + "autoscaling", "QueueTarget", target=2)
    assert summary(folder, choice) == summary(folder, choice, more=("--", "--cfg=contexts/factory:thread"))


@pytest.mark.skipif(built_in(), reason="this build has Python")
def test_a_build_without_python_says_so(folder):
    done = run(folder, mine(CHAT + "autoscaling", "Keeps"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "was built without Python" in done.stderr
