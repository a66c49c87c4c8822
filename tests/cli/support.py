"""Runs the real program, as a user would."""

import os
import pathlib
import shutil
import subprocess

IDLEWATT = os.environ.get("IDLEWATT_BINARY", "build/release/idlewatt")
DATA = pathlib.Path(__file__).resolve().parent / "data"


def environment(**extra):
    """A terminal of known width, no colours by accident."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
    return {**kept, "COLUMNS": "200", "TERM": "xterm", **extra}


def idlewatt(*arguments, cwd, timeout=600, **options):
    return subprocess.run(
        [IDLEWATT, *map(str, arguments)],
        cwd=cwd,
        timeout=timeout,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def copy_data(folder):
    """The test scenarios in a folder that a test may change."""
    return pathlib.Path(shutil.copytree(DATA, pathlib.Path(folder) / "data"))


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*"))


def cases(folder):
    """A folder of small inputs with known answers, kept beside the public measurements; None where they are not."""
    root = pathlib.Path(__file__).resolve().parents[2]
    places = [root.parent / "shared" / "cases"]
    if os.environ.get("IDLEWATT_DATA"):
        places.insert(0, pathlib.Path(os.environ["IDLEWATT_DATA"]).parent / "cases")
    return next((place / folder for place in places if (place / folder).is_dir()), None)
