"""Entries of platforms/ in SI units, as the step formula wants them: figures by the keys they have in YAML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional, Union

import yaml

Where = tuple[str, ...]  # of a figure in its entry: keys
Node = dict[str, Any]  # as the file has it

PLATFORMS = Path(__file__).resolve().parents[2] / "platforms"

_PREFIX = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30,
           "Ti": 2**40, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
_UNIT = {"%": 1e-2, "s": 1, "min": 60, "h": 3600, "B": 1, "B/s": 1, "bps": 1 / 8, "W": 1, "FLOPS": 1, "OPS": 1,
         "J/B": 1, "J/FLOP": 1, "J/OP": 1, "Hz": 1}


def quantity(text: Union[str, float]) -> float:
    """A figure's value in SI units: `2039 GB/s` is 2.039e12. Prices stay in their own units."""
    if isinstance(text, (int, float)):
        return float(text)
    found = re.fullmatch(r"([-+0-9.eE]+)\s*(\S*)", text.strip())
    if found is None:
        raise ValueError(f"no quantity: {text!r}")
    number, unit = found.groups()
    if not unit or "USD" in unit or unit.endswith("Wh"):
        return float(number)
    for name in sorted(_UNIT, key=len, reverse=True):
        prefix = unit.removesuffix(name)
        if prefix != unit and prefix in _PREFIX:
            return float(number) * _PREFIX[prefix] * _UNIT[name]
    raise ValueError(f"unknown unit in {text!r}")


def read_from(folder: Path) -> None:
    """Reads all entries from another folder from now on."""
    global PLATFORMS
    PLATFORMS = folder
    raw.cache_clear()
    read.cache_clear()
    accelerator.cache_clear()
    engine.cache_clear()
    model.cache_clear()


class Entry:
    """Figures as attributes; maps by arithmetic as dictionaries."""

    def __init__(self, name: str, figures: Mapping[str, Any]) -> None:
        self.__dict__.update(figures)
        self.name = name

    def __getattr__(self, key: str) -> Any:
        raise AttributeError(f"{self.name} has no {key}")

    def with_(self, **changes: Any) -> "Entry":
        unknown = changes.keys() - self.__dict__.keys()
        if unknown:
            raise AttributeError(f"{self.name} has no {sorted(unknown)}")
        return Entry(self.name, {**self.__dict__, **changes})

    def named(self, name: str) -> "Entry":
        return Entry(name, self.__dict__)

    def on_accelerator(self, accelerator: "Entry") -> "Entry":
        """An engine with what differs on this accelerator."""
        return self.with_(**self.own.get(accelerator.kin, {}))


def path(kind: str, name: str) -> Path:
    return PLATFORMS / kind / f"{name}.yaml"


@lru_cache(maxsize=None)
def raw(kind: str, name: str) -> Node:
    """A file of platforms/ as it stands."""
    node: Node = yaml.safe_load(path(kind, name).read_text(encoding="utf-8"))
    return node


@lru_cache(maxsize=None)
def read(kind: str, name: str) -> Node:
    """The same, with what it takes over from others."""
    return resolved(kind, raw(kind, name))


def resolved(kind: str, node: Node) -> Node:
    """A node with what it takes over from the entry that it is `like`."""
    if "like" not in node:
        return {**node, "kin": node["name"]} if kind == "accelerators" else node
    first = read(kind, node["like"])
    both = {**first, **node}
    on = "on_accelerator"
    if on in first and on in node:
        both[on] = {name: {**first[on].get(name, {}), **node[on].get(name, {})} for name in {**first[on], **node[on]}}
    return both


def changed(entry: Entry, figures: Mapping[Where, float]) -> Entry:
    """An entry with figures by path: of a key, of a map's key and one in it, or of a key on one accelerator."""
    out = dict(entry.__dict__)
    for (key, *more), value in figures.items():
        if not more:
            out[key] = value
        elif len(more) == 1:
            out[key] = {**out.get(key, {}), more[0]: value}
        else:
            out["own"] = {**out["own"], more[0]: {**out["own"].get(more[0], {}), more[1]: value}}
    return Entry(entry.name, out)


def by_path(node: Node, prefix: Where = ()) -> dict[Where, float]:
    """The figures of a node by path."""
    out: dict[Where, float] = {}
    for key, value in node.items():
        if isinstance(value, dict):
            out.update({(*prefix, key): quantity(value["value"])} if "value" in value else by_path(value, (*prefix, key)))
    return out


@lru_cache(maxsize=None)
def accelerator(name: str) -> Entry:
    node = read("accelerators", name)
    return changed(Entry(name, {"kin": node["kin"]}), by_path(node))


def batch_limits(engine_name: str, acc: Entry) -> tuple[int, int]:
    """(tokens, sequences) of a step by the rules of the engine's version: the last that hold on the accelerator."""
    limits: Optional[tuple[int, int]] = None
    for board in read("engines", engine_name)["rules"]["batch"]:
        here = acc.memory >= quantity(board.get("from", 0)) and acc.kin not in board.get("but", ())
        if here and acc.kin in board.get("only", (acc.kin,)):
            limits = board["token_budget"], board["max_sequences"]
    assert limits is not None  # the first rule holds on all
    return limits


@lru_cache(maxsize=None)
def engine(name: str) -> Entry:
    return changed(Entry(name, {"own": {}}), by_path(read("engines", name)))


@dataclass(frozen=True)
class Latent:
    kv_rank: int
    rope_dim: int
    nope_dim: int
    value_dim: int
    query_rank: int = 0


@dataclass(frozen=True)
class Mixture:
    experts: int
    experts_per_token: int
    shared_experts: int
    intermediate: int
    dense_layers: int
    shared_intermediate: int = 0  # of one shared expert; 0: as the others

    @property
    def shared_width(self) -> int:
        return self.shared_experts * (self.shared_intermediate or self.intermediate)


@dataclass(frozen=True)
class Model:
    """The shape of a model, as sim/catalog/model.hpp."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocabulary: int
    gated_mlp: bool = True
    tied_embeddings: bool = False
    latent: Optional[Latent] = None
    mixture: Optional[Mixture] = None
    parameters: float = field(default=0.0, compare=False)

    def with_(self, **changes: Any) -> "Model":
        return replace(self, **changes)


@lru_cache(maxsize=None)
def model(name: str) -> Model:
    """A model of platforms/models, or one that only the data sets have."""
    if name in ONLY_IN_DATA:
        return ONLY_IN_DATA[name]
    return model_of(read("models", name))


def model_of(node: Node) -> Model:
    """The shape that an entry has."""
    if "layer_kinds" in node:
        raise ValueError(f"{node['title']} has layers of several kinds; the step formula here knows one, and experts")
    known = {k: node[k] for k in Model.__dataclass_fields__ if k in node and k not in ("latent", "mixture")}
    known["parameters"] = quantity(node["parameters"]["value"])
    if "latent_attention" in node:
        known["latent"] = Latent(**node["latent_attention"])
    if "experts" in node:
        known["mixture"] = Mixture(**node["experts"])
    return Model(**known)


# Shapes from the config.json of each model.
ONLY_IN_DATA = {"llama-7b": Model(32, 4096, 32, 32, 128, 11008, 32000),
                "gpt-oss-120b": Model(36, 2880, 64, 8, 64, 0, 201088, mixture=Mixture(128, 4, 0, 2880, 0))}
