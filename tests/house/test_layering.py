#!/usr/bin/env python3
"""A check that cannot fail is worth nothing: small trees, each with one violation, which layering.py has to name."""

from __future__ import annotations

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from layering import PAGE_BEGIN, PAGE_END, main  # noqa: E402
from layers import Layers, TableError  # noqa: E402

TABLE = """# A small house.
room base     |                | integers; small things
room physics  | base           | what a step costs
room traffic  | base           | requests
room policy   | physics traffic | decisions
room run      | policy         | the only one that moves
room results  | policy         | files
room cli      | run results    | the program

library simgrid | run     | simgrid/* xbt/*
library hdf5    | results | hdf5.h H5*.h
"""
PICTURE = """\
base  <-  physics  <-  policy  <-  run  <-  cli
  ^------- traffic -------^
                          ^---- results -----^
"""


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("sim/layers.txt", TABLE)
        self.write("sim/README.md", f"# Map\n\n{PAGE_BEGIN}\n{Layers(TABLE).page()}\n{PAGE_END}\n\nMore.\n")
        for room in ("physics", "traffic", "cli"):
            (self.root / "sim" / room).mkdir()
        self.write("sim/base/ticks.hpp", "#pragma once\n")
        self.write("sim/run/run.hpp", "#pragma once\n")
        self.write("sim/policy/idle.cpp", '#include "base/ticks.hpp"\n#include <vector>\n')
        self.write("sim/run/run.cpp", '#include <simgrid/s4u.hpp>\n#include "run/run.hpp"\n')
        self.write("sim/results/file.cpp", "#include <hdf5.h>\n")
        self.write("README.md", "")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def check(self, *options):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = main([*options, str(self.root)])
        return status, output.getvalue()

    def expect(self, message):
        status, output = self.check()
        self.assertEqual(status, 1, output)
        self.assertIn(message, output)
        self.assertIn("\n1 violation(s)", output)

    def test_a_clean_tree_passes(self):
        self.assertEqual(self.check(), (0, "layering: ok\n"))

    def test_a_room_above(self):
        self.write("sim/policy/bad.cpp", '#include "run/run.hpp"\n')
        self.expect('sim/policy/bad.cpp:1: sim/policy may not include "run/run.hpp" (only base physics traffic policy)')

    def test_a_room_beside(self):
        self.write("sim/results/bad.hpp", '\n#include "run/run.hpp"\n')
        self.expect("sim/results/bad.hpp:2: sim/results may not include")

    def test_libraries_at_home_only(self):
        for header, room, home in (("simgrid/s4u.hpp", "cli", "run"), ("xbt/log.h", "policy", "run"), ("H5Tpublic.h", "run", "results")):
            self.write(f"sim/{room}/bad.cpp", f"\n#  include <{header}>\n")
            self.expect(f"sim/{room}/bad.cpp:2: <{header}> may be included under sim/{home} only")
            (self.root / f"sim/{room}/bad.cpp").unlink()

    def test_an_include_without_its_room(self):
        self.write("sim/run/bad.cpp", '#include "run.hpp"\n')
        self.expect('sim/run/bad.cpp:1: "run.hpp" is not a path from sim/')

    def test_a_folder_without_a_line(self):
        (self.root / "sim/utils").mkdir()
        self.expect("sim/utils: no such room")

    def test_a_line_without_a_folder(self):
        (self.root / "sim/cli").rmdir()
        self.expect("the room `cli` has no folder sim/cli")

    def test_a_long_file(self):
        self.write("sim/base/long.cpp", "// line\n" * 501)
        self.expect("sim/base/long.cpp: 501 lines")

    def test_a_new_entry_at_the_top(self):
        (self.root / "docs").mkdir()
        self.expect("docs: does not belong at the top level")

    def test_a_page_behind_the_table(self):
        self.write("sim/layers.txt", TABLE.replace("| requests", "| streams of requests"))
        self.expect("sim/README.md: the picture is not that of sim/layers.txt")
        self.assertEqual(self.check("--update"), (0, ""))
        self.assertEqual(self.check(), (0, "layering: ok\n"))
        page = (self.root / "sim/README.md").read_text(encoding="utf-8")
        self.assertIn("| streams of requests |", page)
        self.assertTrue(page.startswith("# Map\n\n") and page.endswith("\n\nMore.\n"))

    def test_a_page_without_marks(self):
        self.write("sim/README.md", "# Map\n")
        self.expect("sim/README.md: lacks the line")


class Table(unittest.TestCase):
    def wrong(self, line, message):
        with self.assertRaises(TableError) as raised:
            Layers(TABLE + line + "\n")
        self.assertIn(f"sim/layers.txt:{TABLE.count(chr(10)) + 1}: ", str(raised.exception))
        self.assertIn(message, str(raised.exception))

    def test_mistakes(self):
        self.wrong("room more", "expected `room NAME")
        self.wrong("room policy | base | again", "listed already")
        self.wrong("room more | nothing | text", "no line above describes the room `nothing`")
        self.wrong("room more | more | text", "no line above describes the room `more`")
        self.wrong("room more | base |", "lacks its last column")
        self.wrong("library more | | more.h", "has no room")

    def test_the_picture(self):
        self.assertEqual("\n".join(Layers(TABLE).picture()) + "\n", PICTURE)

    def test_rooms_that_share_a_line_of_the_picture(self):
        table = "room a | | x\nroom left | a | x\nroom b | a | x\nroom c | b left | x\nroom right | c | x\nroom d | c | x\nroom e | d right | x"
        self.assertEqual("\n".join(Layers(table).picture()), "a  <-  b  <-  c  <-  d  <-  e\n"
                         "^--- left ----^\n"
                         "              ^--- right ---^")


if __name__ == "__main__":
    unittest.main()
