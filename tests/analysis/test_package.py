"""The package as people install and use it: pip, the program from Python, types."""

import ast
import builtins
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import idlewatt
import pytest

ROOT = pathlib.Path(__file__).parents[2]
DATA = ROOT / "tests/cli/data"
SYSTEM = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with small scenarios, and the program that was built."""
    monkeypatch.setenv("IDLEWATT", os.environ["IDLEWATT_BINARY"])
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path


def test_run_opens_what_it_wrote(place):
    runs = idlewatt.run("data/small.yaml", set={"horizon": "2 min", "pools.chat.replicas.max": 4}, seed=3, progress=False)
    assert [run.variant for run in runs] == ["four replicas", "one replica", "no batching"]
    assert runs[0].provenance.seed == 3 and runs[0].summary["horizon_s"] == 120
    one = idlewatt.run("data/small.yaml", variants=["one replica"], output="elsewhere", progress=False)
    assert [run.path.parent.name for run in one] == ["elsewhere"]


def test_a_mapping_is_a_scenario(place):
    scenario = {
        "title": "From Python",
        "catalog": ["data/catalog.yaml"],
        "traffic": [{"source": "data/minutes.yaml", "model": "test-3b", "slo": {"ttft": "1 s"}}],
        "site": {"pue": 1.5, "electricity": "0.10 USD/kWh", "carbon": "400 g/kWh"},
        "pools": {"chat": {"model": "test-3b", "servers": "test-2", "engine": "test-engine", "replicas": 2}},
    }
    runs = idlewatt.run(scenario, progress=False)
    assert len(runs) == 1 and runs[0].title == "From Python"
    assert "2 replicas" in idlewatt.check(scenario)
    assert sorted(path.name for path in place.iterdir()) == ["data", "out"], "nothing is left over"
    with pytest.raises(idlewatt.RunError, match="unknown model `test-4b`"):
        idlewatt.run({**scenario, "traffic": [{"source": "data/minutes.yaml", "model": "test-4b"}]}, progress=False)


def test_size_answers(place):
    found = idlewatt.size("data/single.yaml", servers=["test-2", "test-4"], slo="ttft p99 < 300 ms", replicas="1-6",
                          seeds=2, set={"traffic.scale": 4}, progress=False)  # fmt: skip
    assert found.best["candidate"].startswith("servers=test-") and found.slo[0] == "ttft p99 < 300 ms"
    assert {"candidate", "replicas", "meets"} <= set(found.frame().columns)
    none = idlewatt.size("data/single.yaml", slo="ttft p99 < 1 us", replicas="1-2", progress=False)
    assert none.best is None and none.nearest["replicas"] == 2


def test_sweep_is_a_table(place):
    (place / "grid.yaml").write_text("title: Two fleets\nbase: data/single.yaml\naxes:\n  pools.chat.replicas.start: [1, 2]\n")
    table = idlewatt.sweep("grid.yaml", progress=False)
    assert len(table) == 2 and any("facility_energy_kwh" in column for column in table.columns)


def test_tables_and_notebooks_have_units(place):
    runs = idlewatt.run("data/small.yaml", progress=False)
    runs.to_csv("runs.csv")
    assert "cost_usd [USD]" in (place / "runs.csv").read_text().splitlines()[0]
    shown = runs._repr_html_()
    assert "<th>four replicas</th>" in shown and "<td>facility energy</td><td>kWh</td>" in shown
    assert "facility energy" in runs[0]._repr_html_()
    try:
        runs.to_parquet("runs.parquet")
    except ImportError as error:
        assert "pyarrow" in str(error)


def test_the_program_is_found(place, monkeypatch):
    monkeypatch.delenv("IDLEWATT")
    monkeypatch.setenv("PATH", str(place))
    built = ROOT / "build/release/idlewatt"
    if built.is_file():
        assert idlewatt.program.program() == str(built)
    (place / "idlewatt").write_text("#!/bin/sh\necho found\n")
    (place / "idlewatt").chmod(0o755)
    assert idlewatt.program.program() == str(place / "idlewatt")
    monkeypatch.setenv("IDLEWATT", "/none/idlewatt")
    with pytest.raises(idlewatt.RunError, match="/none/idlewatt: No such file"):
        idlewatt.check("x.yaml")


def test_pip_installs_it_without_a_network(tmp_path):
    present = subprocess.run([sys.executable, "-c", "import pip, setuptools, wheel"], env=SYSTEM, capture_output=True, check=False)
    if present.returncode != 0:
        pytest.skip("needs pip, setuptools and wheel")
    shutil.copytree(ROOT / "analysis", tmp_path / "analysis", ignore=shutil.ignore_patterns("__pycache__"))
    install = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index", "--quiet", "--target",
         tmp_path / "site", tmp_path / "analysis"], env={**SYSTEM, "PIP_ROOT_USER_ACTION": "ignore"}, capture_output=True, text=True, check=False)  # fmt: skip
    assert install.returncode == 0, install.stderr
    code = "import idlewatt, pathlib; print(idlewatt.__file__); print(sorted(p.name for p in (pathlib.Path(idlewatt.__file__).parent / 'page').iterdir()))"
    there = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={**SYSTEM, "PYTHONPATH": str(tmp_path / "site")},
                           capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert str(tmp_path / "site") in there and "page.html" in there


def test_its_version_is_the_programs():
    project = re.search(r'^version = "(.*)"$', (ROOT / "analysis/pyproject.toml").read_text(), re.M)[1]
    assert project == re.search(r"project\(idlewatt VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]


def test_types():
    mypy = shutil.which("mypy", path="/usr/bin:/usr/local/bin")
    if mypy is None:
        pytest.skip("needs mypy")
    found = subprocess.run([mypy, "--config-file", "pyproject.toml", "--python-executable", sys.executable, "--cache-dir", os.devnull,
                            "-p", "idlewatt", "-p", "calibration", "-p", "scoreboard"], cwd=ROOT / "analysis", env=SYSTEM, capture_output=True, text=True, check=False)  # fmt: skip
    assert found.returncode == 0, found.stdout


def test_no_name_shadows_a_builtin():
    """Of variables, arguments, functions and classes."""
    public = {("idlewatt", "open"), ("idlewatt", "set")}  # idlewatt.open(file), and idlewatt.run(..., set=...), as the option
    shadowing = []
    for file in sorted((ROOT / "analysis").glob("*/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                name = node.id
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                name = node.name
            elif isinstance(node, ast.arg):
                name = node.arg
            else:
                continue
            if hasattr(builtins, name) and not name.startswith("__") and (file.parent.name, name) not in public:
                shadowing.append(f"{file.name}:{node.lineno}: {name}")
    assert not shadowing


def test_the_notebook_runs(place):
    notebook = json.loads((ROOT / "analysis/examples/which-fleet.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code = "\n".join(cells).replace('"../../', f'"{ROOT}/').replace('"24 h"', '"20 min"')
    names: dict = {}
    exec(compile(code, "which-fleet.ipynb", "exec"), names)
    assert names["runs"] is not None and all(not cell.get("outputs") for cell in notebook["cells"])
