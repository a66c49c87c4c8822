"""What the program itself says: `idlewatt physics --json` of one configuration, and `idlewatt run` of open loops."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Union

import pandas as pd
import yaml
from calibration import catalogue
from idlewatt.result import Run

ROOT = Path(__file__).resolve().parents[2]
MODELS = Path(__file__).resolve().parent / "models"


class CannotExpress(Exception):
    """Why the program has no answer for a measurement."""


def executable() -> str:
    """The program: $IDLEWATT, or what this checkout has built."""
    given = os.environ.get("IDLEWATT")
    for candidate in [Path(given)] if given else [ROOT / "build" / preset / "idlewatt" for preset in ("release", "debug")]:
        if candidate.is_file():
            return str(candidate)
    raise FileNotFoundError("no program: build it (cmake --build --preset release), or set IDLEWATT to its path")


@dataclass(frozen=True)
class Configuration:
    """What runs on what. `model`: of the catalogue, or a config.json in models/."""

    model: str
    server: str
    engine: str
    precision: str = "bf16"
    tp: int = 1
    ranks: int = 1  # of data-parallel attention
    experts: int = 1  # ranks that routed experts are spread over
    kv: str = "auto"
    memory_share: float = 0.0  # that the engine takes; 0: its own

    @property
    def device(self) -> str:
        """As the page says it."""
        count = self.tp * self.ranks
        return f"{self.server} x {count}" if count > 1 else self.server


def model_argument(model: str) -> str:
    file = MODELS / f"{model}.json"
    return str(file) if file.is_file() else model


@lru_cache(maxsize=None)
def context_limit(model: str) -> int:
    """Tokens of a sequence that the model takes."""
    file = MODELS / f"{model}.json"
    if file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))["max_position_embeddings"]
    node = yaml.safe_load((ROOT / "platforms" / "models" / f"{model}.yaml").read_text(encoding="utf-8"))
    return node["context_tokens"] if "context_tokens" in node else context_limit(node["like"])


@contextlib.contextmanager
def with_platforms(folder: Path) -> Iterator[None]:
    """Has the program read another catalogue for a while."""
    before = catalogue.PLATFORMS
    catalogue.read_from(folder)
    physics.cache_clear()
    try:
        yield
    finally:
        catalogue.read_from(before)
        physics.cache_clear()


@lru_cache(maxsize=None)
def physics(configuration: Configuration, batches: tuple[int, ...] = (1,), contexts: tuple[int, ...] = (1024,),
            prompts: tuple[int, ...] = (128,), together: int = 1) -> Any:
    """The program's answer for all pairs of batch and context and for all prompts. Throws CannotExpress."""
    command = [executable(), "physics", "--json", "--model", model_argument(configuration.model), "--server",
               configuration.server, "--engine", configuration.engine, "--precision", configuration.precision,
               "--kv-cache-dtype", configuration.kv, "--tensor-parallel", str(configuration.tp), "--data-attention",
               str(configuration.ranks), "--expert-parallel", str(configuration.experts), "--together", str(together),
               "--batch", ",".join(map(str, batches)),
               "--context", ",".join(map(str, contexts)), "--prompt", ",".join(map(str, prompts)), "--computed", "0",
               "--platforms", str(catalogue.PLATFORMS)]
    if configuration.memory_share > 0:
        command += ["--memory-utilisation", f"{100 * configuration.memory_share:.6f}%"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotExpress(done.stderr.strip().split("\n")[-1].removeprefix("idlewatt physics: "))
    return json.loads(done.stdout)


def memory(configuration: Configuration) -> Any:
    """What the program plans of an accelerator's memory."""
    return physics(configuration)["memory"]


def with_kv_bytes(configuration: Configuration, kv_bytes: float) -> Configuration:
    """The same with the share of memory that leaves so many bytes of KV cache on an accelerator."""
    now = memory(configuration)
    share = (now["usable_bytes"] - now["kv_bytes"] + kv_bytes) / now["accelerator_bytes"]
    return replace(configuration, memory_share=share)


class DecodeShape(NamedTuple):
    """A decode step of so many sequences, with so many tokens each."""

    batch: int
    context: int


class PrefillShape(NamedTuple):
    """A step that computes one prompt of so many tokens."""

    prompt: int


Shape = Union[DecodeShape, PrefillShape]


class Steps:
    """Decode steps and steps of prompts of one configuration, asked for at once."""

    def __init__(self, configuration: Configuration, shapes: Sequence[Shape]) -> None:
        decodes = sorted({(s.batch, s.context) for s in shapes if isinstance(s, DecodeShape)})
        prompts = sorted({s.prompt for s in shapes if isinstance(s, PrefillShape)}) or [128]
        self._configuration = configuration
        self._decode: dict[tuple[int, int], tuple[float, float]] = {}
        self._prefill: dict[int, dict[str, float]] = {}
        # The program takes lists of batches and of contexts; pairs of one context are asked for together.
        by_context: dict[int, list[int]] = {}
        for batch, context in decodes or [(1, 1024)]:
            by_context.setdefault(context, []).append(batch)
        groups: dict[tuple[int, ...], list[int]] = {}
        for context, batches in by_context.items():
            groups.setdefault(tuple(batches), []).append(context)
        for together, contexts in groups.items():
            answer = physics(configuration, together, tuple(contexts), tuple(prompts))
            for row in answer["decode"]:
                self._decode[row["batch"], row["context_tokens"]] = row["step_s"], row["accelerator_power_w"]
            for row in answer["prefill"]:
                self._prefill[row["prompt_tokens"]] = row

    def decode(self, batch: int, context: int) -> tuple[float, float]:
        """(seconds, watts of an accelerator)"""
        return self._decode[batch, context]

    def prefill(self, prompt: int, count: int) -> tuple[float, float]:
        """Of a step that computes `count` prompts: each attends to itself alone, all else is as of one long prompt. With
        data-parallel attention each prompt is one rank's, so the program is asked for so many."""
        if self._configuration.ranks > 1:
            row = physics(self._configuration, prompts=(prompt,), together=count)["prefill"][0]
            return row["step_s"], row["accelerator_power_w"]
        one, all_of_them = self._prefill[prompt], self._prefill[prompt * count]
        seconds = all_of_them["step_s"] - all_of_them["attention_s"] + count * one["attention_s"]
        return seconds, all_of_them["accelerator_power_w"]


SCENARIO = """title: "A serving of the scoreboard"
seed: 1
requests: true
sample_every: 1 h
traffic:
  - source: {source}
    model: {model}
    slo: {{ttft: 1 s, tpot: 100 ms}}
site: {{pue: 1, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}}
{catalog}racks:
  - {{servers: 1 x {server}, uplink: 100 Gbps, switch: 0 W}}
pools:
  measured:
    model: {model}
    precision: {precision}
    kv_cache_dtype: {kv}
    servers: {server}
    engine: {engine}
    parallelism: {{tensor: {tp}, data_attention: {ranks}, expert: {experts}}}
    replicas: {{start: 1, min: 1, max: 1}}
    batching: {{policy: continuous, max_sequences: {sequences}, token_budget: {tokens}, prefill: {prefill}}}
    autoscaling: {{policy: static}}
    idle: {{policy: always-on}}
    routing: {{policy: least-outstanding}}
"""

# As vLLM's and InferenceX's load generators send: so many requests of each client, lengths evenly drawn.
LOOP = """name: loop
duration: 10 h
clients: {{count: {clients}, requests: {requests}}}
prompt_tokens: {{quantiles: {{0: {prompt[0]}, 1: {prompt[1]}}}, source: stated beside the measurement}}
output_tokens: {{quantiles: {{0: {output[0]}, 1: {output[1]}}}, source: stated beside the measurement}}
"""


class Request(NamedTuple):
    """Seconds of its arrival, and tokens."""

    arrival: float
    prompt: int
    output: int


class Latencies(NamedTuple):
    """Seconds of the requests of a run: means, and the median to the first token."""

    whole_s: float
    first_s: float
    median_first_s: float
    between_s: float

    def by_metric(self) -> dict[str, float]:
        """By the names that the page gives them."""
        return {"request": self.whole_s, "first token": self.first_s, "first token, median": self.median_first_s,
                "later token": self.between_s}


class LoopAnswer(NamedTuple):
    """What clients see that send a number of requests."""

    latencies: Latencies
    tokens_per_s: float


def ran(configuration: Configuration, source: str, sequences: int, tokens: int, prefill: str,
        files: dict[str, str]) -> pd.DataFrame:
    """The requests of a run on one replica, as an idlewatt Run has them; `files`: name and text of each."""
    own = MODELS / f"{configuration.model}.json"
    catalog = f"catalog:\n  models:\n    {configuration.model}: {{huggingface: {own}}}\n" if own.is_file() else ""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        text = SCENARIO.format(source=source, model=configuration.model, server=configuration.server,
                               engine=configuration.engine, precision=configuration.precision, kv=configuration.kv,
                               tp=configuration.tp, ranks=configuration.ranks, experts=configuration.experts,
                               sequences=sequences, tokens=tokens, prefill=prefill, catalog=catalog)
        (place / "s.yaml").write_text(text, encoding="utf-8")
        done = subprocess.run([executable(), "run", str(place / "s.yaml"), "--json", "-j", "1", "-o", str(place / "out"),
                               "--platforms", str(catalogue.PLATFORMS)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotExpress(done.stderr.strip().split("\n")[-1])
        file = json.loads(done.stdout)["variants"][0]["file"]
        return Run(place / file).requests


def traced(configuration: Configuration, requests: Sequence[Request], sequences: int, tokens: int,
           after: float) -> pd.DataFrame:
    """The requests of a run of a trace that goes on for `after` seconds after the last arrival."""
    # The run ends with its last arrival: one more, long after, lets all others finish.
    last = requests[-1].arrival + after
    lines = ["arrival_s,prompt_tokens,output_tokens", *(f"{a:.6f},{p},{o}" for a, p, o in requests), f"{last:.6f},1,1"]
    table = ran(configuration, "{format: csv, path: trace.csv}", sequences, tokens, "chunked",
                {"trace.csv": "\n".join(lines) + "\n"})
    return served(table[table.arrival_s < last - after / 2])


def served(table: pd.DataFrame) -> pd.DataFrame:
    if (table.outcome != "served").any():
        raise CannotExpress("the program does not serve them all in time")
    return table


def open_loop(configuration: Configuration, requests: Sequence[Request], sequences: int, tokens: int) -> Latencies:
    """What a run of `requests` takes, of which so many share a batch and so many tokens a step."""
    return latencies(traced(configuration, requests, sequences, tokens, 600))


def offline_rate(configuration: Configuration, lengths: Sequence[tuple[int, int]], sequences: int, tokens: int) -> float:
    """Output tokens/s of all requests, (prompt, output), that are there from the start, until the last has its answer."""
    table = traced(configuration, [Request(0.0, p, o) for p, o in lengths], sequences, tokens, 100_000)
    return sum(o for _, o in lengths) / float(table.end_s.max())


def latencies(table: pd.DataFrame) -> Latencies:
    whole, first = table.end_s - table.arrival_s, table.first_token_s - table.arrival_s
    between = (whole - first) / (table.output_tokens - 1).clip(lower=1)
    return Latencies(float(whole.mean()), float(first.mean()), float(first.median()), float(between.mean()))


def closed_loop(configuration: Configuration, clients: int, requests: int, prompt: tuple[int, int],
                output: tuple[int, int], prefill: str) -> LoopAnswer:
    """What `clients` see that send so many `requests` in all; `prompt` and `output`: the least and the most tokens."""
    table = served(ran(configuration, "loop.yaml", clients, 8192, prefill, {
        "loop.yaml": LOOP.format(clients=clients, requests=requests, prompt=prompt, output=output)}))
    return LoopAnswer(latencies(table), float(table.output_tokens.sum() / table.end_s.max()))
