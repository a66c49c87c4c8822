"""The rooms of sim/ and their libraries, as sim/layers.txt lists them, and the picture that is drawn of them."""

from __future__ import annotations

import dataclasses
import fnmatch
import pathlib
import re


class TableError(Exception):
    """What is wrong in the table, with its line."""


@dataclasses.dataclass
class Room:
    name: str
    uses: list[str]  # as the table says it
    about: str
    libraries: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Library:
    name: str
    rooms: list[str]
    headers: list[str]  # patterns of fnmatch


class Layers:
    """The table. `reach[room]` is all that a room may include: itself, what it uses, and what those use."""

    def __init__(self, text: str, name: str = "sim/layers.txt"):
        self.rooms: dict[str, Room] = {}
        self.libraries: list[Library] = []
        self.reach: dict[str, set[str]] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                try:
                    self._add(line)
                except TableError as error:
                    raise TableError(f"{name}:{number}: {error}") from None

    def _add(self, line: str) -> None:
        match = re.fullmatch(r"(room|library) +(\S+) *\|([^|]*)\|(.*)", line)
        if not match:
            raise TableError("expected `room NAME | rooms | text` or `library NAME | room | headers`")
        kind, name, second, third = match[1], match[2], match[3].split(), match[4].strip()
        if not third:
            raise TableError(f"`{name}` lacks its last column")
        for used in second:
            if used not in self.rooms:
                raise TableError(f"no line above describes the room `{used}`")
        if kind == "room":
            if name in self.rooms or not re.fullmatch("[a-z_]+", name):
                raise TableError(f"`{name}` is listed already, or is no name of a room (a-z and _)")
            self.rooms[name] = Room(name, second, third)
            self.reach[name] = {name}.union(*(self.reach[used] for used in second))
        else:
            if not second:
                raise TableError(f"the library `{name}` has no room")
            self.libraries.append(Library(name, second, third.split()))
            for room in second:
                self.rooms[room].libraries.append(name)

    @classmethod
    def read(cls, root: pathlib.Path) -> Layers:
        try:
            return cls((root / "sim/layers.txt").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise TableError("sim/layers.txt: no such file") from None

    def in_order(self, rooms) -> list[str]:
        return [room for room in self.rooms if room in rooms]

    def library_of(self, header: str) -> Library | None:
        for library in self.libraries:
            if any(fnmatch.fnmatchcase(header, pattern) for pattern in library.headers):
                return library
        return None

    def page(self) -> str:
        """The picture and the table, in Markdown."""
        lines = [*("    " + line for line in self.picture()), "", "| room | what is in it | uses | libraries |", "|---|---|---|---|"]
        for room in self.rooms.values():
            uses = ", ".join(f"`{used}`" for used in room.uses)
            lines.append(f"| `{room.name}/` | {room.about} | {uses} | {', '.join(room.libraries)} |")
        return "\n".join(line.rstrip() for line in lines)

    def picture(self) -> list[str]:
        """The longest chain of rooms in the first line. Each other room hangs below, between the last room of the chain
        that it reaches and the first that reaches it. So every arrow is true; the table has those that are not drawn."""
        chain = self._longest_chain()
        spans = {}
        for room in self.rooms:
            if room not in chain:
                left = max(i for i, link in enumerate(chain) if link in self.reach[room])
                right = min((i for i, link in enumerate(chain) if room in self.reach[link]), default=None)
                spans[room] = (left, right)
        arrow = "  <-  "
        gaps = [len(arrow)] * len(chain)
        while True:
            starts = []
            column = 0
            for link, gap in zip(chain, gaps):
                starts.append(column)
                column += len(link) + gap
            middles = [start + len(link) // 2 for start, link in zip(starts, chain)]
            tight = next((left for room, (left, right) in spans.items()
                          if right is not None and middles[right] - middles[left] < len(room) + 6), None)
            if tight is None:
                break
            gaps[tight] += 2
        first = ""
        for link, gap in zip(chain, gaps):
            first += link + "  <" + "-" * (gap - 5) + "  "
        lines = [first[: -gaps[-1]]]
        ends: list[int] = []  # the last column taken, for each line below the first
        for room, (left, right) in sorted(spans.items(), key=lambda span: (span[1][0], span[1][1] or len(chain))):
            begin = middles[left]
            text = f"^-- {room}"
            if right is not None:
                width = middles[right] - begin + 1
                dashes = width - len(f"^ {room} ^")
                text = f"^{'-' * (dashes // 2)} {room} {'-' * (dashes - dashes // 2)}^"
            row = next((i for i, end in enumerate(ends) if end + 1 < begin), len(ends))
            if row == len(ends):
                ends.append(0)
                lines.append("")
            lines[row + 1] = lines[row + 1].ljust(begin) + text
            ends[row] = begin + len(text)
        return lines

    def _longest_chain(self) -> list[str]:
        best: dict[str, list[str]] = {}
        for room in self.rooms.values():
            below = max((best[used] for used in room.uses), key=len, default=[])
            best[room.name] = [*below, room.name]
        return max(best.values(), key=len)
