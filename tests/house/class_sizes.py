#!/usr/bin/env python3
"""class_sizes.py [--list N] ROOT: a class below sim/ has at most 25 public functions and 20 data members; the exceptions
stand in class_sizes.txt with their reasons. One line for each violation; exit status 1 when there is one. An exception
that is needed no more is a violation too. --list N shows the N largest classes instead.

Public functions are counted without constructors, destructor, friends and what is defaulted or deleted; data members
without static ones. Members of base classes are not counted. This is no compiler: it reads declarations as this code
writes them (test_class_sizes.py shows which)."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import sys

MOST_FUNCTIONS = 25
MOST_DATA = 20
EXCEPTIONS = "tests/house/class_sizes.txt"

CLASS_HEAD = re.compile(r"^(?:class|struct|union)\b(?:\s*\[\[[^\]]*\]\]|\s*alignas\s*\([^)]*\))*\s*((?:\w+\s*::\s*)*\w+)?[^();=]*$")
NO_MEMBER = re.compile(r"^(?:friend|using|typedef|static_assert|template\s+class|extern|namespace)\b")


@dataclasses.dataclass
class Class:
    name: str
    line: int
    functions: int = 0
    data: int = 0


def plain(text: str) -> str:
    """Comments, literals and directives become spaces, so that every brace that is left is one; lines stay lines."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    text = re.sub(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def statements(text: str, begin: int, end: int):
    """(begin, brace, close, end) of each declaration: one ends with `;`, or with the brace that closes a body."""
    depth = 0  # of parentheses and brackets
    start = brace = close = None
    level = 0
    i = begin
    while i < end:
        char = text[i]
        if start is None and not char.isspace():
            start = i
        if char == "{":
            if level == 0 and depth == 0 and brace is None:
                brace = i
            level += 1
        elif char == "}":
            level -= 1
            if level == 0 and depth == 0:
                close = i
                if ends_here(text, start, brace, i):
                    yield start, brace, close, i + 1
                    start = brace = close = None
        elif level == 0 and char in "([":
            depth += 1
        elif level == 0 and char in ")]":
            depth -= 1
        elif char == ";" and level == 0 and depth == 0:
            if start != i:
                yield start, brace, close, i
            start = brace = close = None
        elif char == ":" and level == 0 and depth == 0 and text[start:i].strip() in ("public", "private", "protected"):
            yield start, None, None, i + 1
            start = None
        i += 1


def without_templates(head: str) -> str:
    """`<...>` removed, so that no parenthesis or comma of a template argument is left."""
    head = re.sub(r"\boperator\s*(?:<=>|<<=?|>>=?|<=?|>=?|->\*?)", "operator_", head)
    while True:
        shorter = re.sub(r"<[^<>]*>", "", head.replace("->", "  "))
        if shorter == head:
            return head
        head = shorter


def is_function(head: str) -> bool:
    head = without_templates(head)
    before = re.split(r"(?<![=!<>+\-*/|&^%])=(?!=)", re.sub(r"\boperator\s*\S=?=?(?=\s*\()", "operator_", head))[0]
    return "(" in re.sub(r"\b(?:alignas|decltype|noexcept)\s*\([^()]*\)|\[\[[^\]]*\]\]", "", before)


def ends_here(text: str, start: int, brace: int, close: int) -> bool:
    """Whether the brace at `close` ends a declaration: the body of a function or a namespace does; a class, an enum, an
    initialiser go on to their `;`."""
    head = text[start:brace].strip()
    if re.match(r"(?:inline\s+)?namespace\b|extern\b", head):
        return True
    if not is_function(head) or CLASS_HEAD.match(strip_template(head)):
        return False
    # A constructor's list may initialise with braces: `: a_{1}, b_(2) {}`.
    rest = text[close + 1:].lstrip()
    in_list = re.search(r"\)\s*(?:noexcept\s*)?:(?!:)", without_templates(head)) is not None
    return not (in_list and (rest.startswith(",") or rest.startswith("{")))


def strip_template(head: str) -> str:
    head = head.strip()
    while re.match(r"template\s*<", head):
        i, depth = head.index("<"), 0
        for i in range(i, len(head)):
            depth += {"<": 1, ">": -1}.get(head[i], 0)
            if depth == 0:
                break
        head = re.sub(r"^\s*requires\b[^{;]*?(?=\b(?:class|struct)\b)", "", head[i + 1:]).strip()
    return head


def classes(text: str) -> list[Class]:
    found: list[Class] = []
    text = plain(text)
    scan(text, 0, len(text), "", None, found)
    return found


def scan(text: str, begin: int, end: int, scope: str, owner: Class | None, found: list[Class], access: str = "public"):
    for start, brace, close, stop in statements(text, begin, end):
        head = text[start:brace if brace is not None else stop].strip()
        label = re.fullmatch(r"(public|private|protected)\s*:", head)
        if label:
            access = label[1]
            continue
        if brace is not None and re.match(r"(?:inline\s+)?namespace\b|extern\b", head):
            scan(text, brace + 1, close, scope, None, found)
            continue
        bare = strip_template(head)
        kind = CLASS_HEAD.match(bare) if brace is not None else None
        if kind:
            name = re.sub(r"\s", "", kind[1] or "(unnamed)")
            inner = Class(scope + name, text.count("\n", 0, start) + 1)
            found.append(inner)
            scan(text, brace + 1, close, f"{scope}{name}::", inner, found, "private" if bare.startswith("class") else "public")
            if owner and text[close + 1:stop].strip():
                owner.data += 1
        elif owner and not NO_MEMBER.match(bare) and not re.match(r"(?:enum|class|struct|union)\b[^()]*$", bare):
            count(owner, bare, text[start:stop], access)


def count(owner: Class, head: str, whole: str, access: str):
    if is_function(head):
        own = owner.name.split("::")[-1]
        special = re.search(rf"(?:^|[\s~]){own}\s*\(", without_templates(head).split("(")[0] + "(")
        if access == "public" and not special and not re.search(r"=\s*(?:default|delete)\s*$", whole):
            owner.functions += 1
    elif not re.search(r"\bstatic\b", head):
        declared = re.sub(r"\([^()]*\)|\{[^{}]*\}|\[[^\]]*\]", "", without_templates(re.sub(r"\{.*", "", head, flags=re.S)))
        owner.data += 1 + declared.count(",")


def all_classes(root: pathlib.Path) -> dict[str, Class]:
    result = {}
    for path in sorted((root / "sim").rglob("*")):
        if path.suffix in {".hpp", ".h", ".cpp"}:
            file = path.relative_to(root).as_posix()
            for each in classes(path.read_text(encoding="utf-8")):
                result[f"{file}:{each.line}: {each.name}"] = each
    return result


ANY = 10**9


def exceptions(root: pathlib.Path) -> dict[str, tuple[int, int]]:
    """Class: the most public functions and data members that it may have."""
    allowed = {}
    for number, line in enumerate((root / EXCEPTIONS).read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            match = re.fullmatch(r"(?:record +(\S+)|class +(\S+) +(\d+) +(\d+)) +\S.*", line)
            if not match:
                raise SystemExit(f"{EXCEPTIONS}:{number}: expected `record NAME reason` or `class NAME FUNCTIONS DATA reason`")
            if match[1]:
                allowed[match[1]] = (MOST_FUNCTIONS, ANY)
            else:
                allowed[match[2]] = (int(match[3]), int(match[4]))
    return allowed


def violations(root: pathlib.Path):
    allowed = exceptions(root)
    needed = dict.fromkeys(allowed, False)
    seen = set()
    for place, each in all_classes(root).items():
        functions, data = allowed.get(each.name, (MOST_FUNCTIONS, MOST_DATA))
        if each.name in allowed:
            seen.add(each.name)
            needed[each.name] |= each.functions > MOST_FUNCTIONS or each.data > MOST_DATA
        for many, most, what in ((each.functions, functions, "public functions"), (each.data, data, "data members")):
            if many > most:
                yield f"{place}: {many} {what}, but {most} is the most; split it by responsibility"
    for name in allowed:
        if name not in seen:
            yield f"{EXCEPTIONS}: there is no class {name} below sim/"
        elif not needed[name]:
            yield f"{EXCEPTIONS}: {name} is small enough now; take its line away"


def main(arguments: list[str]) -> int:
    if len(arguments) == 3 and arguments[0] == "--list":
        largest = sorted(all_classes(pathlib.Path(arguments[2])).items(), key=lambda entry: -max(entry[1].functions / MOST_FUNCTIONS, entry[1].data / MOST_DATA))
        for place, each in largest[: int(arguments[1])]:
            print(f"{each.functions:4} functions {each.data:4} data members  {place}")
        return 0
    if len(arguments) != 1:
        print(__doc__)
        return 2
    found = list(violations(pathlib.Path(arguments[0])))
    for line in found:
        print(line)
    print(f"{len(found)} violation(s)" if found else "class sizes: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
