"""Replaces single figures in an entry's YAML file and leaves every other line, comments included, as it is."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

WIDTH = 120


@dataclass(frozen=True)
class Figure:
    """A figure as the catalogue writes it; `between`: the ends of its range."""

    value: str
    status: str
    source: str
    between: Optional[tuple[str, str]] = None


def _block(lines: Sequence[str], key: str, indent: str, start: int, end: int) -> Optional[tuple[int, int]]:
    """First line and end of `key` at `indent` within lines[start:end]; None when it is not there."""
    for i in range(start, end):
        if re.match(rf"{indent}{re.escape(key)}:(\s|$)", lines[i]):
            j = i + 1
            while j < end and (lines[j].startswith(indent + " ") or not lines[j].strip()):
                j += 1
            while not lines[j - 1].strip():
                j -= 1
            return i, j
    return None


def render(key: str, figure: Figure, indent: str = "") -> list[str]:
    """Lines of one figure: on one line where it fits."""
    value, status, source = figure.value, figure.status, figure.source
    assert '"' not in source and "\\" not in source
    pair = f"[{figure.between[0]}, {figure.between[1]}]" if figure.between else None
    line = f'{indent}{key}: {{value: {value}, status: {status}, source: "{source}"' + (
        f", range: {pair}" if pair else "") + "}"
    if len(line) <= WIDTH:
        return [line]
    out = [f"{indent}{key}:", f"{indent}  value: {value}", f"{indent}  status: {status}"]
    out += [f"{indent}  range: {pair}"] if pair else []
    out.append(f"{indent}  source: >-")
    out += textwrap.wrap(source, WIDTH, initial_indent=indent + "    ", subsequent_indent=indent + "    ",
                         break_long_words=False, break_on_hyphens=False)
    return out


def with_figure(text: str, path: Sequence[str], figure: Figure, add: bool = False) -> str:
    """`text` with the figure at `path` (a key, or keys of maps and one in the last) replaced. Where there is none it is
    added at the end of its map, or of the text, if `add`; else KeyError."""
    lines = text.rstrip("\n").split("\n")
    start, end, indent = 0, len(lines), ""
    found: Optional[tuple[int, int]] = None
    for depth, key in enumerate(path):
        found = _block(lines, key, indent, start, end)
        if not found and not add:
            raise KeyError(".".join(path))
        if not found:
            inner = render(path[-1], figure, "  " * (len(path) - 1))
            heads = ["  " * (depth + i) + f"{k}:" for i, k in enumerate(path[depth:-1])]
            lines[end:end] = heads + inner
            return "\n".join(lines) + "\n"
        if depth + 1 < len(path):
            start, end, indent = found[0] + 1, found[1], indent + "  "
    assert found is not None  # a path has a key at least
    lines[found[0]:found[1]] = render(path[-1], figure, indent)
    return "\n".join(lines) + "\n"
