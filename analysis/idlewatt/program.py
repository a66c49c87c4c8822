"""Starts the program: idlewatt.run(), size(), sweep() and check()."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

from .errors import RunError

if TYPE_CHECKING:
    import pandas as pd

    from .runs import Runs

Scenario = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""the path of a scenario, or what stands in one"""

_NO_ANSWER = 1
"""the exit status of `size` where no fleet meets the SLO"""


@dataclass(frozen=True)
class Sizing:
    """The answer of `idlewatt size`."""

    best: dict[str, Any] | None
    """the fleet: candidate, replicas, servers, objective, overrides, command; None where none meets the SLO"""
    nearest: dict[str, Any] | None
    """without a best: the fleet that misses the SLO by least"""
    slo: list[str]
    tried: list[dict[str, Any]] = field(repr=False)
    """every simulation: candidate, replicas, share of the trace, seed, objective, worst quotient of a measure and its
    limit, whether it meets the SLO"""

    def frame(self) -> pd.DataFrame:
        """`tried` as a table."""
        import pandas

        return pandas.DataFrame(self.tried)


def run(
    scenario: Scenario,
    *,
    output: str | os.PathLike[str] | None = None,
    variants: Sequence[str] = (),
    set: Mapping[str, Any] | None = None,  # noqa: A002 (as the program's --set)
    seed: int | None = None,
    jobs: int | None = None,
    progress: bool = True,
) -> Runs:
    """Simulates a scenario, all its variants or those named, and opens the results.

    `set` overrides fields by path, as `--set` does: {"pools.chat.replicas.start": 4}. Results go to `output`, else to
    `out/` and the scenario's name (`out/scenario` for a mapping); results of before are replaced. Paths in a mapping are
    relative to the current folder. With `progress` a line tells how far it is, in terminals and notebooks. Raises
    RunError with what the program says.
    """
    from .files import paths_of
    from .runs import Runs

    with _file_of(scenario) as path:
        folder = pathlib.Path(output) if output is not None else pathlib.Path("out", path.stem if path.suffix else "scenario")
        if isinstance(scenario, Mapping) and output is None:
            folder = pathlib.Path("out/scenario")
        arguments = ["run", str(path), "--json", "--force", "-o", str(folder)]
        arguments += [word for variant in variants for word in ("--variant", variant)]
        arguments += _options({"seed": seed, "jobs": jobs}) + _overrides(set)
        answer = json.loads(_start(arguments, progress))
    names = [pathlib.Path(one["file"]).name for one in answer["variants"]]
    return Runs([path for path in paths_of([folder]) if path.name in names])


def size(
    scenario: Scenario | None = None,
    *,
    servers: Sequence[str] = (),
    slo: str | None = None,
    minimize: str = "cost",
    set: Mapping[str, Any] | None = None,  # noqa: A002 (as the program's --set)
    progress: bool = True,
    **options: Any,
) -> Sizing:
    """Finds the fleet that meets an SLO at the least cost, energy or carbon.

    Other options are those of `idlewatt size`, with `_` for `-`: replicas="1-8", precision=["bf16", "int8"], seeds=5;
    without a scenario model="llama-3-8b", requests_per_day=40000. Raises RunError with what the program says.
    """
    with _file_of(scenario) as path:
        arguments = ["size"] + ([str(path)] if scenario is not None else []) + ["--json", "--minimize", minimize]
        named = {"servers": list(servers) or None, "slo": slo, **options}
        answer = json.loads(_start(arguments + _options(named) + _overrides(set), progress, (0, _NO_ANSWER)))
    return Sizing(best=answer["best"], nearest=answer["nearest"], slo=answer["slo"], tried=answer["tried"])


def sweep(
    grid: str | os.PathLike[str],
    *,
    output: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Runs the points of a grid that are not done, and returns a row for each: its axes, then every measure.

    Raises RunError with what the program says.
    """
    import pandas

    common = ["-o", str(output)] if output is not None else []
    _start(["grid", "run", os.fspath(grid), *common, *_options({"jobs": jobs})], progress)
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder, "results.csv")
        table.write_text(_start(["grid", "results", os.fspath(grid), *common, "--csv"], False), encoding="utf-8")
        return pandas.read_csv(table)


def check(scenario: Scenario, *, set: Mapping[str, Any] | None = None) -> str:  # noqa: A002 (as the program's --set)
    """Reads a scenario, and says what would run. Raises RunError with what is wrong."""
    with _file_of(scenario) as path:
        return _start(["check", str(path), *_overrides(set)], False)


def program() -> str:
    """The path of the program: the variable IDLEWATT, else PATH, else the build folder of the sources around this file."""
    named = os.environ.get("IDLEWATT")
    if named:
        return named
    built = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "idlewatt"
    found = shutil.which("idlewatt") or (str(built) if built.is_file() else None)
    if found is None:
        raise RunError("the program `idlewatt` is not in PATH; expected it there, or its path in the variable IDLEWATT")
    return found


@contextmanager
def _file_of(scenario: Scenario | None) -> Iterator[pathlib.Path]:
    """The path of a scenario; a mapping stands in a file of the current folder meanwhile, for paths in it are relative."""
    if not isinstance(scenario, Mapping):
        yield pathlib.Path(scenario if scenario is not None else "")
        return
    with tempfile.NamedTemporaryFile("w", dir=".", prefix=".idlewatt-", suffix=".json", encoding="utf-8") as file:
        json.dump(scenario, file, default=str)  # JSON is YAML
        file.flush()
        yield pathlib.Path(file.name).relative_to(pathlib.Path.cwd())


def _options(values: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        words.append("--" + name.replace("_", "-"))
        if value is not True:
            words.append(",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value))
    return words


def _overrides(changes: Mapping[str, Any] | None) -> list[str]:
    texts = (f"{path}={value if isinstance(value, str) else json.dumps(value)}" for path, value in (changes or {}).items())
    return [word for text in texts for word in ("--set", text)]


def _start(arguments: Sequence[str], progress: bool, good: Sequence[int] = (0,)) -> str:
    """What the program prints. Its messages become a RunError."""
    command = [program(), *arguments]
    said = _Progress(arguments[0]) if progress else None
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{command[0]}: {error.strerror or error}") from error
    try:
        while True:
            try:
                out, messages = process.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                if said is not None:
                    said.tick()
    except BaseException:  # Ctrl-C: the program stops too, and keeps what is complete
        process.terminate()
        process.wait()
        raise
    finally:
        if said is not None:
            said.end()
    if process.returncode not in good:
        raise RunError(messages.strip() or f"idlewatt {arguments[0]} ended with status {process.returncode}")
    return out


class _Progress:
    """Seconds so far, on one line: of a terminal, or below a cell of a notebook."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._ticks = 0
        self._shown = sys.stderr.isatty() or "ipykernel" in sys.modules

    def tick(self) -> None:
        self._ticks += 1
        if self._shown:
            print(f"\ridlewatt {self._what}: {self._ticks / 2:.0f} s", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown and self._ticks > 0:
            print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
