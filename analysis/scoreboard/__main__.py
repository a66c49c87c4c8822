"""Writes platforms/SCOREBOARD.md, or with `--draws N` platforms/COVERAGE.md; `python3 -m scoreboard [FOLDER]`."""

import argparse
import sys
from pathlib import Path

from calibration import data

from . import coverage, page, sets


def main() -> None:
    parser = argparse.ArgumentParser(prog="scoreboard", description="What the program says of every public measurement.")
    parser.add_argument("folder", nargs="?", type=Path, help="folder of the data")
    parser.add_argument("--draws", type=int, help="write how many measurements the ranges of the figures cover, by so many draws")
    arguments = parser.parse_args()
    folder = arguments.folder or data.folder()
    if not folder.is_dir():
        sys.exit(f"scoreboard: no folder {folder}")
    if arguments.draws is not None:
        coverage.write(folder, arguments.draws)
        return
    rows, missing = sets.rows(folder)
    if not rows:
        sys.exit(f"scoreboard: no measurements in {folder}")
    page.PAGE.write_text(page.text(rows, missing), encoding="utf-8")
    page.draw(rows, page.PICTURE)
    print(f"{len(rows)} measurements, {sum(r.predicted is not None for r in rows)} answered: {page.PAGE.name} written")


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as error:
        sys.exit(f"scoreboard: {error}")
