"""The JSON Schema of scenarios: what the project has validates, what is wrong does not, and the reader knows the same keys."""

import copy
import json
import pathlib
import re

import jsonschema
import pytest
import yaml

from support import idlewatt

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Loader(yaml.SafeLoader):
    """Dates stay texts, and so do `on` and `off`, as in YAML 1.2 and in editors."""


Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp" and not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text):
    return yaml.load(text, Loader)


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    done = idlewatt("schema", cwd=tmp_path_factory.mktemp("schema"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def validator(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def scenario_files():
    """All files of the project that say what a scenario says."""
    files = []
    for folder in ("scenarios", "tests"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            try:
                root = load(path.read_text(encoding="utf-8"))
            except yaml.YAMLError:
                continue
            if isinstance(root, dict) and "title" in root and ({"traffic", "pools", "claim"} & set(root)) and "bad" not in path.stem:
                files.append(path)
    return files


def test_every_scenario_of_the_project_validates(validator):
    files = scenario_files()
    assert len(files) > 10
    for path in files:
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(load(path.read_text(encoding="utf-8")))]
        assert not errors, f"{path.relative_to(ROOT)}: {errors[:3]}"


@pytest.mark.parametrize("kind, folder, pattern", [("workload", "workloads", "*.yaml"), ("grid", "scenarios/grids", "*.yaml")])
def test_every_file_of_a_kind_validates(tmp_path, kind, folder, pattern):
    done = idlewatt("schema", kind, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = sorted((ROOT / folder).glob(pattern))
    assert files
    for path in files:
        root = json.loads(json.dumps(load(path.read_text(encoding="utf-8"))))
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(root)]
        assert not errors, f"{path.relative_to(ROOT)}: {errors[:3]}"
        assert not validator.is_valid({**root, "no_such_key": 1})


def test_every_entry_of_the_catalogue_validates(tmp_path):
    schema = json.loads(idlewatt("schema", "catalogue", cwd=tmp_path).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for kind in ("accelerators", "servers", "models", "engines"):
        for path in sorted((ROOT / "platforms" / kind).glob("*.yaml")):
            entry = json.loads(json.dumps(load(path.read_text(encoding="utf-8"))))
            errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors({kind: {entry["name"]: entry}})]
            assert not errors, f"{path.relative_to(ROOT)}: {errors[:3]}"
            assert not validator.is_valid({kind: {entry["name"]: {**entry, "no_such_key": 1}}})


def test_a_kind_of_file_that_is_not_there(tmp_path):
    done = idlewatt("schema", "workloads", cwd=tmp_path)
    assert done.returncode == 2 and "workload" in done.stderr and done.stderr.count("\n") == 1


GOOD = """
title: Good
seed: 1
horizon: 1 h
traffic:
  - {source: {format: csv, path: trace.csv}, model: llama-3-70b, slo: {ttft: 1 s}, cut: {from: 0 s}, sample: {share: 0.5}, repeat: {times: 2}}
site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}
racks: [{servers: 2 x hgx-a100-80, uplink: 100 Gbps, power_budget: 10 kW}]
pools:
  chat:
    model: llama-3-70b
    precision: bf16
    servers: hgx-a100-80
    tensor_parallel: 4
    replicas: {start: 1, min: 1, max: 2}
    speculative: {draft: llama-3-8b, tokens: 3, acceptance: 0.7}
"""

CLAIM = """
claim:
  says: A step takes a while.
  given: {x: {value: 1, source: nobody}}
  physics: {step: {model: llama-3-70b, precision: bf16, servers: hgx-a100-80, tensor_parallel: 4, batch: [1, 8], context: 1000}}
  find: {y: {is: x * 2}}
  shows: [It does.]
  verdict: [{when: otherwise, is: holds}]
"""


@pytest.mark.parametrize(
    "path, value",
    [
        ("horizon", 3600),
        ("horizon", "1 fortnight"),
        ("seed", "one"),
        ("titel", "x"),
        ("site.pue", "high"),
        ("site.electricity", "0.10 EUR/kB"),
        ("site.currency", "DM"),
        ("racks.0.servers", "l4-8"),
        ("racks.0.power_budget", 10),
        ("racks.0.ownership", "leased"),
        ("pools.chat.precision", "fp7"),
        ("pools.chat.replicas.least", 1),
        ("pools.chat.idle", {"policy": "sleep-aftr"}),
        ("pools.chat.idle", {"policy": "sleep-after", "after": 5}),
        ("pools.chat.idle", {"policy": "always-on", "after": "5 s"}),
        ("pools.chat.idle", {"after": "5 s"}),
        ("pools.chat.idle", "always-on"),
        ("pools.chat.batching", {"policy": "continuous", "max_sequences": 0}),
        ("pools.chat.autoscaling", {"policy": "hpa", "metric": "hope"}),
        ("traffic.0.slo", {"ttft": 1}),
    ],
)
def test_what_is_wrong_does_not_validate(validator, tmp_path, path, value):
    scenario = load(GOOD)
    (tmp_path / "trace.csv").write_text("arrival_s,prompt_tokens,output_tokens\n0,10,10\n1,10,10\n")
    assert validator.is_valid(scenario)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = scenario
    for parent in parents:
        place = place[parent]
    place[last] = value
    assert not validator.is_valid(scenario)
    # And the program does not take it either.
    (tmp_path / "bad.yaml").write_text(json.dumps(scenario))
    done = idlewatt("check", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 2, done.stdout


def test_without_traffic_the_horizon_is_given(validator, tmp_path):
    scenario = {**load(GOOD), "traffic": []}
    for valid in (True, False):
        (tmp_path / "idle.yaml").write_text(json.dumps(scenario))
        assert validator.is_valid(scenario) == valid
        assert idlewatt("check", "idle.yaml", cwd=tmp_path).returncode == (0 if valid else 2)
        scenario.pop("horizon", None)


def known_to_reader(folder, scenario, place):
    """The keys that the program lists when it meets one that it does not know."""
    scenario = copy.deepcopy(scenario)
    node = scenario
    for part in place:
        node = node[part]
    node["no_such_key"] = 1
    (folder / "asked.yaml").write_text(json.dumps(scenario))
    done = idlewatt("check", "asked.yaml", cwd=folder)
    assert done.returncode == 2, done.stdout
    # Beside it a key may be missing, such as the timetable of a policy.
    message = next(line for line in done.stderr.splitlines() if "unknown key `no_such_key`" in line)
    listed = message.split("; expected ")[1].split("; did you mean")[0]
    return set(re.findall(r"`([^`]+)`", listed))


PLACES = [
    ((), lambda s: s),
    (("site",), lambda s: s["properties"]["site"]),
    (("racks", 0), lambda s: s["properties"]["racks"]["items"]),
    (("traffic", 0), lambda s: s["properties"]["traffic"]["items"]),
    (("traffic", 0, "source"), lambda s: s["properties"]["traffic"]["items"]["properties"]["source"]["anyOf"][1]),
    (("traffic", 0, "slo"), lambda s: s["properties"]["traffic"]["items"]["properties"]["slo"]),
    (("traffic", 0, "cut"), lambda s: s["properties"]["traffic"]["items"]["properties"]["cut"]),
    (("traffic", 0, "sample"), lambda s: s["properties"]["traffic"]["items"]["properties"]["sample"]["anyOf"][1]),
    (("traffic", 0, "repeat"), lambda s: s["properties"]["traffic"]["items"]["properties"]["repeat"]["anyOf"][1]),
    (("claim",), lambda s: s["properties"]["claim"]),
    (("claim", "given", "x"), lambda s: s["properties"]["claim"]["properties"]["given"]["additionalProperties"]),
    (("claim", "physics", "step"), lambda s: s["properties"]["claim"]["properties"]["physics"]["additionalProperties"]),
    (("claim", "find", "y"), lambda s: s["properties"]["claim"]["properties"]["find"]["additionalProperties"]["anyOf"][1]),
    (("claim", "verdict", 0), lambda s: s["properties"]["claim"]["properties"]["verdict"]["items"]),
    (("pools", "chat"), lambda s: s["properties"]["pools"]["additionalProperties"]),
    (("pools", "chat", "speculative"), lambda s: s["properties"]["pools"]["additionalProperties"]["properties"]["speculative"]),
    (("pools", "chat", "replicas"), lambda s: s["properties"]["pools"]["additionalProperties"]["properties"]["replicas"]["anyOf"][1]),
]


@pytest.mark.parametrize("place, of_schema", PLACES, ids=lambda value: ".".join(map(str, value)) or "scenario" if isinstance(value, tuple) else "")
def test_reader_and_schema_know_the_same_keys(schema, tmp_path, place, of_schema):
    (tmp_path / "trace.csv").write_text("arrival_s,prompt_tokens,output_tokens\n0,10,10\n1,10,10\n")
    in_schema = of_schema(schema)
    assert in_schema["additionalProperties"] is False
    assert known_to_reader(tmp_path, load(GOOD + CLAIM), place) == set(in_schema["properties"])


def policies(schema):
    """Every policy of every family: where it is chosen, and its schema."""
    found = []
    families = {(key,): value for key, value in schema["properties"].items()}
    families |= {("pools", "chat", key): value for key, value in schema["properties"]["pools"]["additionalProperties"]["properties"].items()}
    for place, family in families.items():
        family = family["anyOf"][0] if "allOf" not in family and "anyOf" in family else family
        for case in family.get("allOf", []):
            found.append((place, case["if"]["properties"]["policy"]["const"], case["then"]))
    return found


def test_policies_and_their_parameters_are_those_of_the_reader(schema, validator, tmp_path):
    (tmp_path / "trace.csv").write_text("arrival_s,prompt_tokens,output_tokens\n0,10,10\n1,10,10\n")
    listed = json.loads(idlewatt("catalog", "policies", "--json", cwd=tmp_path).stdout)
    declared = [(family["path"], policy["name"]) for family in listed["policies"].values() for policy in family["policies"]]
    found = policies(schema)
    assert sorted(declared) == sorted((".".join(place).replace("chat", "NAME"), name) for place, name, _ in found)
    for place, name, case in found:
        scenario = load(GOOD)
        node = scenario
        for part in place[:-1]:
            node = node[part]
        node[place[-1]] = {"policy": name}
        assert known_to_reader(tmp_path, scenario, place) == set(case["properties"]), (place, name)
        # With all its defaults it is a choice that both take.
        node[place[-1]] |= {key: value["default"] for key, value in case["properties"].items() if "default" in value}
        if not case.get("required"):
            assert validator.is_valid(scenario), (place, name)
            (tmp_path / "taken.yaml").write_text(json.dumps(scenario))
            done = idlewatt("check", "taken.yaml", cwd=tmp_path)
            assert done.returncode == 0, (name, done.stderr)
