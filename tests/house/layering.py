#!/usr/bin/env python3
"""layering.py [--update] ROOT: the rules of the house that no compiler checks. Which room of sim/ may include which and
where the big libraries may appear (sim/layers.txt says it), how long a file may be, what may stand at the top level, and
that sim/README.md shows the table. One line for each violation; exit status 1 when there is one.
--update writes the picture and the table into sim/README.md instead."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

from layers import Layers, TableError

LONGEST_FILE = 500
COUNTED_SUFFIXES = {".cpp", ".hpp", ".h", ".py", ".sh", ".cmake"}
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md",
             "sim", "platforms", "workloads", "analysis", "tests", "scenarios"}
PAGE = "sim/README.md"
PAGE_BEGIN = "<!-- written by python3 tests/house/layering.py --update . from sim/layers.txt -->"
PAGE_END = "<!-- end -->"


def sources(root: pathlib.Path):
    return sorted(path for path in (root / "sim").rglob("*") if path.suffix in {".cpp", ".hpp", ".h"})


def includes(root: pathlib.Path, layers: Layers):
    for path in sources(root):
        file = path.relative_to(root).as_posix()
        room = file.split("/")[1]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if match:
                yield from (f"{file}:{number}: {wrong}" for wrong in include(root, layers, room, match[1], match[2]))


def include(root: pathlib.Path, layers: Layers, room: str, form: str, header: str):
    library = layers.library_of(header)
    if library:
        if room not in library.rooms:
            yield f"<{header}> may be included under {' and '.join(f'sim/{home}' for home in library.rooms)} only"
    elif form == '"':
        if "/" not in header or not (root / "sim" / header).exists():
            yield f'"{header}" is not a path from sim/, such as "base/ticks.hpp"'
        elif room in layers.rooms and header.split("/")[0] not in layers.reach[room]:
            yield f'sim/{room} may not include "{header}" (only {" ".join(layers.in_order(layers.reach[room]))})'


def folders(root: pathlib.Path, layers: Layers):
    there = {path.name for path in (root / "sim").iterdir() if path.is_dir()}
    for folder in sorted(there - set(layers.rooms)):
        yield f"sim/{folder}: no such room; give it its line in sim/layers.txt"
    for room in layers.rooms:
        if room not in there:
            yield f"sim/layers.txt: the room `{room}` has no folder sim/{room}"


def lengths(root: pathlib.Path):
    for folder in ("sim", "tests", "analysis", "scenarios"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and (path.suffix in COUNTED_SUFFIXES or path.name == "CMakeLists.txt"):
                lines = len(path.read_text(encoding="utf-8").splitlines())
                if lines > LONGEST_FILE:
                    yield f"{path.relative_to(root)}: {lines} lines, but {LONGEST_FILE} is the most; split it by purpose"


def top_level(root: pathlib.Path):
    listed = None
    if (root / ".git").exists():
        git = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                             capture_output=True, text=True)
        listed = {name.split("/")[0] for name in git.stdout.split("\0") if name} if git.returncode == 0 else None
    if listed is None:  # an unpacked archive, or a repository of another user, which git does not touch
        listed = {path.name for path in root.iterdir()} - {"build", "out"}
    for entry in sorted(listed - TOP_LEVEL):
        if not entry.startswith("."):
            yield f"{entry}: does not belong at the top level"


def page_parts(root: pathlib.Path):
    """What stands before, between and after the two marks."""
    text = (root / PAGE).read_text(encoding="utf-8")
    match = re.fullmatch(f"(.*{re.escape(PAGE_BEGIN)}\n)(.*?)({re.escape(PAGE_END)}\n.*)", text, re.S)
    if not match:
        raise TableError(f"{PAGE}: lacks the line `{PAGE_BEGIN}` or the line `{PAGE_END}` after it")
    return match.groups()


def page(root: pathlib.Path, layers: Layers):
    if page_parts(root)[1] != layers.page() + "\n":
        yield f"{PAGE}: the picture is not that of sim/layers.txt; python3 tests/house/layering.py --update . writes it"


def violations(root: pathlib.Path):
    layers = Layers.read(root)
    yield from folders(root, layers)
    yield from includes(root, layers)
    yield from lengths(root)
    yield from top_level(root)
    yield from page(root, layers)


def main(words: list[str]) -> int:
    update = "--update" in words
    arguments = [word for word in words if word != "--update"]
    if len(arguments) != 1:
        print(__doc__)
        return 2
    root = pathlib.Path(arguments[0])
    try:
        if update:
            before, _, after = page_parts(root)
            (root / PAGE).write_text(before + Layers.read(root).page() + "\n" + after, encoding="utf-8")
            return 0
        found = list(violations(root))
    except TableError as error:
        found = [str(error)]
    for line in found:
        print(line)
    print(f"{len(found)} violation(s)" if found else "layering: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
