"""`idlewatt format`: the reference page of the result files is the program's own."""

import pathlib

from support import idlewatt

ROOT = pathlib.Path(__file__).parents[2]


def test_the_committed_page_is_up_to_date(tmp_path):
    page = idlewatt("format", cwd=tmp_path)
    assert (page.returncode, page.stderr) == (0, "")
    same = page.stdout == (ROOT / "analysis/FORMAT.md").read_text()
    assert same, "out of date: idlewatt format > analysis/FORMAT.md"
