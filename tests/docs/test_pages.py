"""Every command that the pages print works, in a quick form, and what they show of its output is what it prints."""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest
from pages import PAGES, ROOT, commands_in, first_table, kept, label, pages_in, program, python_in, run, shown_in, tables_in, workplace

SHORT = ["--set", "horizon=10 min"]
"""what `idlewatt run` gets besides, so that a test takes no longer than it has to"""
BUILD_COMMANDS = ("cmake", "ctest")
SCRIPTS = ("bash",)
INSTALLS = ("apt-get", "sudo")
NOT_RUN = ("mkdir", "cd", "curl")
"""get what is not here"""


def name_of(page: pathlib.Path) -> str:
    return str(page.relative_to(ROOT))


EVERY = [(page, command) for page in PAGES for command in commands_in(page)]
WHOLE = [whole for page in PAGES for whole in pages_in(page)]
TABLES = [table for page in PAGES for table in tables_in(page)]
SHOWN = [shown for page in PAGES for shown in shown_in(page)]


def with_results(place: pathlib.Path) -> pathlib.Path:
    """With quick runs in out/, whose files the pages use."""
    workplace(place)
    for scenario in ("quickstart", "azure-conv", "bill"):
        options = [*SHORT, "--set", "requests=true"]
        result = run(shlex.join(["idlewatt", "run", f"scenarios/{scenario}.yaml", *options]), place)
        assert result.returncode == 0 or "IDLEWATT_DATA" in result.stderr, result.stderr
    return place


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> pathlib.Path:
    """Like the project's. Commands may write over the results in it."""
    return with_results(tmp_path_factory.mktemp("pages"))


def quick(words: list[str]) -> list[str]:
    """What simulates, of a shorter time; a horizon of one's own goes first. A grid is known by all that was set."""
    simulates = words[1] in ("run", "size") or words[1:3] in (["grid", one] for one in ("run", "show", "status", "results"))
    return [*words, *SHORT] if simulates and "horizon" not in " ".join(words) else words


def parts_of(command: str) -> list[list[str]]:
    """The commands joined by `&&`, each without assignments before it and redirections behind it."""
    found = []
    for part in re.split(r"\s*(?:&&|\|\||;)\s*", command):
        words = shlex.split(re.sub(r"\s*(?:\d?>|\|).*", "", part))
        while words and re.fullmatch(r"\w+=.*", words[0]):
            words.pop(0)
        if words and words[0] != "export":
            found.append(words)
    return found


@pytest.mark.parametrize("page, command", EVERY, ids=[f"{name_of(page)}: {command}" for page, command in EVERY])
def test_command_works(page, command, folder):
    for words in parts_of(command):
        tool = pathlib.Path(words[0]).name
        if tool == "idlewatt" and "GRID" in words:
            assert run(shlex.join([*words[: words.index("GRID")], "--help"]), folder).returncode == 0
        elif tool == "idlewatt":
            result = run(shlex.join(quick(words)), folder)
            if "IDLEWATT_DATA" in result.stderr or "my.csv" in command:
                pytest.skip("needs measured data")
            # A short run may leave so much unfinished that no fleet meets its SLO.
            expected = (2,) if "mine.yaml" in command else (0, 1) if words[1] == "size" else (0,)
            assert result.returncode in expected and not (result.returncode == 1 and result.stderr), result.stderr
        elif words[:3] == ["python3", "-m", "idlewatt"]:
            environment = {**os.environ, "PYTHONPATH": str(ROOT / "analysis"), "PYTHONDONTWRITEBYTECODE": "1"}
            result = subprocess.run([sys.executable, *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False)
            assert result.returncode == 0, result.stderr
        elif words[0] == "python3":
            script = next(word for word in words[1:] if word.endswith(".py"))
            assert (ROOT / script).is_file()
        elif tool in SCRIPTS:
            script = next(word for word in words[1:] if word.endswith(".sh"))
            assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0
        elif tool in BUILD_COMMANDS:
            check_build(words)
        elif words[0].startswith("build/"):
            sources = (ROOT / "tests/CMakeLists.txt").read_text() + "".join(
                path.read_text() for path in (ROOT / "tests/cmake").glob("*.cmake")
            )
            target = pathlib.Path(words[0]).name.removeprefix("test_").split("_", 1)[0]
            assert target in sources
        elif tool in INSTALLS:
            assert "install" in words
        elif tool in NOT_RUN:
            pass
        else:
            pytest.fail(f"{name_of(page)}: `{command}`: what is {tool}?")


def check_build(words: list[str]) -> None:
    """Presets that there are; how plug-ins are built is for tests/plugin."""
    if "--install" in words or words[1] == "-B" or words[1:3] == ["--build", "build"]:
        return
    presets = (ROOT / "CMakePresets.json").read_text()
    assert f'"{words[words.index("--preset") + 1]}"' in presets


def rows_of(text: str) -> list[str]:
    """The measures of its tables, each once: other numbers may need more columns, and so more tables."""
    tables = [part for part in text.split("\n\n") if not part.startswith("SLO: ")]
    return list(dict.fromkeys(label(line) for part in tables for line in part.splitlines() if label(line)))


@pytest.mark.parametrize("shown", SHOWN, ids=[f"{name_of(one.page)}: {one.command}" for one in SHOWN])
def test_what_is_shown_is_what_is_printed(shown, folder):
    """The numbers are those of a whole run, so only rows and columns are compared."""
    words = quick(shlex.split(shown.command))
    result = run(shlex.join(words), folder)
    if "IDLEWATT_DATA" in result.stderr:
        pytest.skip("needs measured data")
    assert result.returncode == 0, result.stderr
    printed = rows_of(kept(result.stdout, shown.rows))
    # Measures that stand in a table only when they say something may say nothing in a short run.
    on_page = [row for row in rows_of(shown.text) if row in printed] if shown.rows else rows_of(shown.text)
    assert on_page == printed, (
        f"out of date: python3 tests/docs/pages.py --update {name_of(shown.page)}"
    )
    if shown.rows:
        assert set(shown.rows) - {"answer"} == set(rows_of(shown.text)), "every row that the page asks for"
        assert ("answer" in shown.rows) == ("\n\nSLO: " in shown.text)


@pytest.mark.parametrize("shown", TABLES, ids=[f"{name_of(one.page)}: {one.command}" for one in TABLES])
def test_a_table_is_what_is_printed(shown, folder):
    result = run(shown.command, folder)
    assert result.returncode == 0, result.stderr
    assert shown.text == first_table(result.stdout), f"out of date: python3 tests/docs/pages.py --update {name_of(shown.page)}"


@pytest.mark.parametrize("shown", WHOLE, ids=[f"{name_of(one.page)}: {one.command}" for one in WHOLE])
def test_a_page_is_what_is_printed(shown, folder):
    result = run(shown.command, folder)
    assert result.returncode == 0, result.stderr
    assert shown.text == result.stdout, f"out of date: python3 tests/docs/pages.py --update {name_of(shown.page)}"


@pytest.mark.parametrize("page", [page for page in PAGES if python_in(page)], ids=name_of)
def test_python_works(page, tmp_path):
    folder = with_results(tmp_path)
    pytest.importorskip("xarray")
    pytest.importorskip("matplotlib")
    place = folder / "out" / "quickstart" / "run.h5"
    if not place.exists():
        place.symlink_to("a100-hpa.h5")
    text = "import matplotlib\nmatplotlib.use('Agg')\n"
    for block in python_in(page):
        text += re.sub(r'"(run|index)\.h5"', r'"out/quickstart/\1.h5"', block)
    if "azure-conv" in text and not (folder / "out/azure-conv").exists():
        pytest.skip("needs measured data")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "analysis"), "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_scenario_of_the_readme_is_one(folder):
    block = re.search(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text(), re.S | re.M)[1]
    (folder / "readme.yaml").write_text(block)
    result = run("idlewatt check readme.yaml", folder)
    assert result.returncode == 0, result.stderr


def anchors_of(page: pathlib.Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page; of equal ones, the later get a number."""
    found: dict[str, int] = {}
    anchors = set()
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S), re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        anchors.add(f"{anchor}-{found[anchor]}" if anchor in found else anchor)
        found[anchor] = found.get(anchor, 0) + 1
    return anchors


def test_every_link_to_a_heading_has_one():
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
            other = page.parent / target if target else page
            assert anchor in anchors_of(other), f"{name_of(page)} links to {target}#{anchor}"


def test_every_scenario_has_a_section_and_every_link_a_target():
    page = (ROOT / "scenarios/README.md").read_text()
    for scenario in sorted((ROOT / "scenarios").glob("*.yaml")):
        assert f"({scenario.name})" in page, f"scenarios/README.md says nothing of {scenario.name}"
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", page.read_text(), flags=re.S)):
            assert (page.parent / target).exists(), f"{name_of(page)} links to {target}"


def test_the_gallery_has_every_figure():
    pytest.importorskip("matplotlib")
    sys.path.insert(0, str(ROOT / "analysis"))
    import idlewatt

    figures = [
        name for name, one in vars(idlewatt.plot).items()
        if callable(one) and getattr(one, "__module__", "") == "idlewatt.plot" and not name.startswith("_") and name != "save"
    ]  # fmt: skip
    page = (ROOT / "analysis/README.md").read_text()
    for name in figures:
        assert f"idlewatt.plot.{name}(" in page, f"out of date: bash analysis/make_images.sh ({name})"
        assert f"](images/{name}.png)" in page and (ROOT / f"analysis/images/{name}.png").is_file()


def test_program_is_there():
    assert pathlib.Path(program()).is_file()
