"""Writes platforms/SCOREBOARD.md; `python3 -m scoreboard [FOLDER]`."""

import sys
from pathlib import Path

from calibration import data

from . import page, sets


def main(arguments):
    if len(arguments) > 1:
        sys.exit("scoreboard: expected at most one argument, the folder of the data")
    folder = Path(arguments[0]) if arguments else data.folder()
    if not folder.is_dir():
        sys.exit(f"scoreboard: no folder {folder}")
    rows, missing = sets.rows(folder)
    if not rows:
        sys.exit(f"scoreboard: no measurements in {folder}")
    page.PAGE.write_text(page.text(rows, missing), encoding="utf-8")
    page.draw(rows, page.PICTURE)
    print(f"{len(rows)} measurements, {sum(r.predicted is not None for r in rows)} answered: {page.PAGE.name} written")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except FileNotFoundError as error:
        sys.exit(f"scoreboard: {error}")
