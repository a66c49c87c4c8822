"""Draws every figure of idlewatt.plot, and puts them into analysis/README.md: make_gallery.py RESULTS

RESULTS is a folder with the runs of scenarios/quickstart.yaml. analysis/make_images.sh calls this.
"""

from __future__ import annotations

import inspect
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import idlewatt  # noqa: E402

RUN = "l4 hpa"
"""what figures of one run show"""


def main(results: str) -> None:
    runs = idlewatt.open(results)
    sections = []
    for name, draw in vars(idlewatt.plot).items():
        if not inspect.isfunction(draw) or draw.__module__ != "idlewatt.plot" or name.startswith("_") or name == "save":
            continue
        of_one = next(iter(inspect.signature(draw).parameters)) == "run"
        idlewatt.plot.save(draw(runs[RUN] if of_one else runs), HERE / "images" / f"{name}.png", dpi=120)
        what = " ".join((inspect.getdoc(draw) or "").split("\n\n")[0].split())
        call = f"idlewatt.plot.{name}({'run' if of_one else 'runs'})"
        sections.append(f"### `{call}`\n\n{what}\n\n![{what.partition(':')[0]}](images/{name}.png)\n")
    page = HERE / "README.md"
    text = page.read_text(encoding="utf-8")
    gallery = "<!-- gallery -->\n\n" + "\n".join(sections) + "\n<!-- end of the gallery -->"
    text = re.sub(r"<!-- gallery -->.*<!-- end of the gallery -->", lambda _: gallery, text, flags=re.S)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
