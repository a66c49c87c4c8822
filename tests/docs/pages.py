"""The commands that the project's pages print, and what they show of their output.

    python3 tests/docs/pages.py --update [PAGE.md...]    writes what the commands print now into the pages

A command stands in a block of `sh` or `console` (behind `$ `), and what one prints stands between marks:

    <!-- shown: idlewatt run scenarios/quickstart.yaml -->
    ```text
    ...
    ```
    <!-- end -->

With `; rows: served|cost` behind the command, only lines whose label is one of these are shown, and their headings;
the row `answer` is the paragraph that says who meets the SLO.

All that a command prints in Markdown stands between marks as it is:

    <!-- page: idlewatt schema --markdown -->
    ...
    <!-- end -->

The first table of what a command prints in Markdown does, too:

    <!-- table: idlewatt run scenarios/article/all.yaml --markdown -->
    ...
    <!-- end -->
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [path for path in sorted(ROOT.rglob("*.md")) if not {"build", "out"} & set(path.relative_to(ROOT).parts)]
_SHOWN = re.compile(r"<!-- shown: (?P<command>[^;\n]*?)(?:; rows: (?P<rows>[^\n]*?))? -->\n```text\n(?P<text>.*?)```\n<!-- end -->", re.S)
_TABLE = re.compile(r"<!-- table: (?P<command>[^\n]*?) -->\n(?P<text>.*?)<!-- end -->", re.S)
_PAGE = re.compile(r"<!-- page: (?P<command>[^\n]*?) -->\n(?P<text>.*?)<!-- end -->", re.S)
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.S | re.M)


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a page shows of a command's output."""

    page: pathlib.Path
    command: str
    rows: list[str] | None
    text: str


def shown_in(page: pathlib.Path) -> list[Shown]:
    return [
        Shown(page, match["command"], match["rows"].split("|") if match["rows"] else None, match["text"])
        for match in _SHOWN.finditer(page.read_text(encoding="utf-8"))
    ]


def tables_in(page: pathlib.Path) -> list[Shown]:
    return [Shown(page, match["command"], None, match["text"]) for match in _TABLE.finditer(page.read_text(encoding="utf-8"))]


def pages_in(page: pathlib.Path) -> list[Shown]:
    return [Shown(page, match["command"], None, match["text"]) for match in _PAGE.finditer(page.read_text(encoding="utf-8"))]


def first_table(text: str) -> str:
    """Of a page in Markdown."""
    return re.search(r"(?:^\|.*\n)+", text, re.M)[0]


def commands_in(page: pathlib.Path) -> list[str]:
    """Commands of blocks of `sh`, and those behind `$ ` in any block; without their comments."""
    commands = []
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        text = block["text"].replace("\\\n", " ")
        lines = text.splitlines() if block["language"] == "sh" else [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        commands += [line for line in (re.sub(r"(^|\s+)# .*", "", line).strip() for line in lines) if line]
    return commands


def python_in(page: pathlib.Path) -> list[str]:
    return [block["text"] for block in _BLOCK.finditer(page.read_text(encoding="utf-8")) if block["language"] == "python"]


def label(line: str) -> str:
    """The measure of a line of a table; empty for other lines."""
    match = re.match(r"  (\S.*?)(?: +(?:kWh|Wh|J|USD|kg|g|mg|ms|s|h|%))? {2,}\S", line)
    return match[1] if match else ""


def kept(text: str, rows: list[str] | None) -> str:
    """The lines of tables that a page shows: those of these rows, with the heads of their table and group."""
    if rows is None:
        return text
    tables = [_kept_of_part(part, rows) for part in text.split("\n\n")]
    return "\n\n".join("\n".join(table) for table in tables if table) + "\n"


def _kept_of_part(part: str, rows: list[str]) -> list[str]:
    if part.startswith("SLO: "):  # its lines begin with names of variants, which may be those of measures
        return part.splitlines() if "answer" in rows else []
    return _kept_of_table(part.splitlines(), rows)


def _kept_of_table(lines: list[str], rows: list[str]) -> list[str]:
    first = next((index for index, line in enumerate(lines) if label(line) and index > 0 and not lines[index - 1].startswith(" ")), None)
    if first is None or not any(label(line) in rows for line in lines):
        return []
    found = lines[: first - 1]  # the names of the variants
    heading: str | None = lines[first - 1]
    for line in lines[first:]:
        if not line.startswith(" "):
            heading = line
        elif label(line) in rows:
            found += ([heading] if heading is not None else []) + [line]
            heading = None
    return found


def program() -> str:
    return os.environ.get("IDLEWATT_BINARY", str(ROOT / "build/release/idlewatt"))


def run(command: str, folder: pathlib.Path, width: int = 120) -> subprocess.CompletedProcess:
    """A command of idlewatt, in a folder that looks like the project's."""
    words = shlex.split(command)
    environment = {**os.environ, "COLUMNS": str(width), "TERM": "dumb"}
    return subprocess.run([program(), *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)  # fmt: skip


def workplace(folder: pathlib.Path) -> pathlib.Path:
    """Links to everything in the project but what commands write to."""
    for entry in ROOT.iterdir():
        if entry.name not in ("out", "build", ".git"):
            (folder / entry.name).symlink_to(entry)
    return folder


def update(page: pathlib.Path, folder: pathlib.Path) -> bool:
    """Writes what the commands print now into a page; says whether it changed."""
    old = page.read_text(encoding="utf-8")

    def replaced(match: re.Match) -> str:
        for scenario in re.findall(r"\bout/([\w-]+)", match["command"]):
            if not (folder / "out" / scenario).exists():
                run(f"idlewatt run scenarios/{scenario}.yaml", folder)
        result = run(match["command"], folder)
        if result.returncode != 0:
            raise SystemExit(f"{page}: {match['command']}: {result.stderr}")
        text = kept(result.stdout, match["rows"].split("|") if match["rows"] else None)
        rows = f"; rows: {match['rows']}" if match["rows"] else ""
        return f"<!-- shown: {match['command']}{rows} -->\n```text\n{text.rstrip()}\n```\n<!-- end -->"

    def replaced_table(match: re.Match) -> str:
        result = run(match["command"], folder)
        if result.returncode != 0:
            raise SystemExit(f"{page}: {match['command']}: {result.stderr}")
        return f"<!-- table: {match['command']} -->\n{first_table(result.stdout)}<!-- end -->"

    def replaced_page(match: re.Match) -> str:
        result = run(match["command"], folder)
        if result.returncode != 0:
            raise SystemExit(f"{page}: {match['command']}: {result.stderr}")
        return f"<!-- page: {match['command']} -->\n{result.stdout}<!-- end -->"

    new = _PAGE.sub(replaced_page, _TABLE.sub(replaced_table, _SHOWN.sub(replaced, old)))
    page.write_text(new, encoding="utf-8")
    return new != old


if __name__ == "__main__":
    import tempfile

    if sys.argv[1:2] != ["--update"]:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        place = workplace(pathlib.Path(name))
        for one in [pathlib.Path(path).resolve() for path in sys.argv[2:]] or PAGES:
            if shown_in(one) or tables_in(one) or pages_in(one):
                print(f"{one.relative_to(ROOT)}: {'changed' if update(one, place) else 'as it was'}", flush=True)
