"""What the program itself says: `idlewatt physics --json` of one configuration, and `idlewatt run` of open loops."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
MODELS = Path(__file__).resolve().parent / "models"


class CannotExpress(Exception):
    """Why the program has no answer for a measurement."""


def executable():
    """The program: $IDLEWATT, or what this checkout has built."""
    given = os.environ.get("IDLEWATT")
    for candidate in [given] if given else [ROOT / "build" / preset / "idlewatt" for preset in ("release", "debug")]:
        if Path(candidate).is_file():
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

    @property
    def device(self):
        """As the page says it."""
        return f"{self.server} x {self.tp}" if self.tp > 1 else self.server


def model_argument(model):
    file = MODELS / f"{model}.json"
    return str(file) if file.is_file() else model


@lru_cache(maxsize=None)
def context_limit(model):
    """Tokens of a sequence that the model takes."""
    file = MODELS / f"{model}.json"
    if file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))["max_position_embeddings"]
    node = yaml.safe_load((ROOT / "platforms" / "models" / f"{model}.yaml").read_text(encoding="utf-8"))
    return node["context_tokens"] if "context_tokens" in node else context_limit(node["like"])


@lru_cache(maxsize=None)
def physics(configuration, batches=(1,), contexts=(1024,), prompts=(128,)):
    """The program's answer for all pairs of batch and context and for all prompts. Throws CannotExpress."""
    command = [executable(), "physics", "--json", "--model", model_argument(configuration.model), "--server",
               configuration.server, "--engine", configuration.engine, "--precision", configuration.precision,
               "--tensor-parallel", str(configuration.tp), "--batch", ",".join(map(str, batches)),
               "--context", ",".join(map(str, contexts)), "--prompt", ",".join(map(str, prompts)), "--computed", "0",
               "--platforms", str(ROOT / "platforms")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotExpress(done.stderr.strip().split("\n")[-1].removeprefix("idlewatt physics: "))
    return json.loads(done.stdout)


def memory(configuration):
    return physics(configuration)["memory"]


class Steps:
    """Decode steps and steps of prompts of one configuration, asked for at once."""

    def __init__(self, configuration, shapes):
        decodes = sorted({(s[1], s[2]) for s in shapes if s[0] == "decode"})
        prompts = sorted({s[1] for s in shapes if s[0] == "prefill"}) or [128]
        self._decode, self._prefill = {}, {}
        # The program takes lists of batches and of contexts; pairs of one context are asked for together.
        by_context = {}
        for batch, context in decodes or [(1, 1024)]:
            by_context.setdefault(context, []).append(batch)
        groups = {}
        for context, batches in by_context.items():
            groups.setdefault(tuple(batches), []).append(context)
        for batches, contexts in groups.items():
            answer = physics(configuration, batches, tuple(contexts), tuple(prompts))
            for row in answer["decode"]:
                self._decode[row["batch"], row["context_tokens"]] = row["step_s"], row["accelerator_power_w"]
            for row in answer["prefill"]:
                self._prefill[row["prompt_tokens"]] = row

    def decode(self, batch, context):
        """(seconds, watts of an accelerator)"""
        return self._decode[batch, context]

    def prefill(self, prompt, count):
        """Of a step that computes `count` prompts: each attends to itself alone, all else is as of one long prompt."""
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
    servers: {server}
    engine: {engine}
    tensor_parallel: {tp}
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


def requests_of(configuration, source, sequences, tokens, prefill, files):
    """The requests of a run on one replica, as idlewatt.open() has them; `files`: name and text of each."""
    import idlewatt

    own = MODELS / f"{configuration.model}.json"
    catalog = f"catalog:\n  models:\n    {configuration.model}: {{huggingface: {own}}}\n" if own.is_file() else ""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        text = SCENARIO.format(source=source, model=configuration.model, server=configuration.server,
                               engine=configuration.engine, precision=configuration.precision, tp=configuration.tp,
                               sequences=sequences, tokens=tokens, prefill=prefill, catalog=catalog)
        (place / "s.yaml").write_text(text, encoding="utf-8")
        done = subprocess.run([executable(), "run", str(place / "s.yaml"), "--json", "-j", "1", "-o", str(place / "out"),
                               "--platforms", str(ROOT / "platforms")], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotExpress(done.stderr.strip().split("\n")[-1])
        file = json.loads(done.stdout)["variants"][0]["file"]
        return idlewatt.open(place / file).requests


def open_loop(configuration, requests, sequences, tokens):
    """Mean seconds of (whole request, first token, later token) of a run of `requests`: (arrival, prompt, output)."""
    lines = ["arrival_s,prompt_tokens,output_tokens", *(f"{a:.6f},{p},{o}" for a, p, o in requests)]
    # The run ends with its last arrival: one more, long after, lets all others finish.
    lines.append(f"{requests[-1][0] + 600:.6f},1,1")
    table = requests_of(configuration, "{format: csv, path: trace.csv}", sequences, tokens, "chunked",
                        {"trace.csv": "\n".join(lines) + "\n"})
    return latencies(table[table.arrival_s < requests[-1][0] + 300])


def latencies(table):
    if (table.outcome != "served").any():
        raise CannotExpress("the program does not serve them all in time")
    whole, first = table.end_s - table.arrival_s, table.first_token_s - table.arrival_s
    return {"request": whole.mean(), "first token": first.mean(), "first token, median": first.median(),
            "later token": ((whole - first) / (table.output_tokens - 1).clip(lower=1)).mean()}


def closed_loop(configuration, clients, requests, prompt, output, prefill):
    """Mean seconds as latencies() has them, and output tokens/s, of `clients` that send so many `requests` in all;
    `prompt` and `output`: the least and the most tokens."""
    table = requests_of(configuration, "loop.yaml", clients, 8192, prefill, {
        "loop.yaml": LOOP.format(clients=clients, requests=requests, prompt=prompt, output=output)})
    found = latencies(table)
    found["tokens/s"] = table.output_tokens.sum() / table.end_s.max()
    return found
