"""A plug-in built out of tree against an installed copy, and what becomes of those that go wrong."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ["IDLEWATT_BUILD"])


def call(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, **options)


def checked(*command, **options):
    done = call(*command, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    checked("cmake", "--install", BUILD, "--prefix", prefix)
    return prefix


@pytest.fixture(scope="module")
def plugins(installed, tmp_path_factory):
    build = tmp_path_factory.mktemp("plugins")
    checked("cmake", "-S", HERE, "-B", build, f"-DCMAKE_PREFIX_PATH={installed}", "-DCMAKE_BUILD_TYPE=Debug")
    checked("cmake", "--build", build, "--target", "mine", "faults")
    return build


SCENARIO = """
title: A policy of one's own
horizon: 10 min
traffic:
  - {{source: workloads/chat-spiky-day.yaml, scale: 0.2, model: llama-3-8b, slo: {{ttft: 2 s, tpot: 150 ms}}}}
site: {{pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}}
racks: [{{servers: 2 x l4-8, uplink: 100 Gbps}}]
pools:
  chat:
    model: llama-3-8b
    precision: bf16
    servers: l4-8
    replicas: {{start: 4, min: 1, max: 16}}
    autoscaling: {choice}
"""


def simulate(installed, folder, choice):
    """Runs the installed program on a scenario beside which the plug-ins lie."""
    if not (folder / "workloads").exists():
        (folder / "workloads").symlink_to(installed / "share" / "idlewatt" / "workloads")
    (folder / "mine.yaml").write_text(SCENARIO.format(choice=choice))
    return call(installed / "bin" / "idlewatt", "run", "mine.yaml", "--json", "-o", "out", cwd=folder)


def summary(installed, folder, choice):
    done = simulate(installed, folder, choice)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["variants"][0]["summary"]


def refused(installed, folder, choice):
    done = simulate(installed, folder, choice)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_installed_program_finds_its_files(installed):
    assert "l4-8" in checked(installed / "bin" / "idlewatt", "catalog", "servers", cwd="/").stdout
    checked(installed / "bin" / "idlewatt", "check", installed / "share/idlewatt/scenarios/quickstart.yaml", cwd="/")


def test_plugin_decides(installed, plugins):
    few = summary(installed, plugins, "{policy: {plugin: ./libmine.so, name: queue-target, target: 16}}")
    many = summary(installed, plugins, "{policy: {plugin: ./libmine.so, name: queue-target, target: 2}}")
    assert many["replica_hours"] > 1.2 * few["replica_hours"]


def test_the_same_policy_gives_the_same_numbers(installed, plugins):
    mine = summary(installed, plugins, "{policy: {plugin: ./libmine.so, name: stay}}")
    assert mine == summary(installed, plugins, "{policy: static}")
    assert mine == summary(installed, plugins, "{policy: {plugin: ./libmine.so, name: stay}}")


def test_the_same_policy_in_python_gives_the_same_numbers(installed, plugins):
    """With the installed program."""
    if "not in this build" in checked(installed / "bin" / "idlewatt", "version").stdout:
        pytest.skip("this build is without Python")
    (plugins / "policies.py").write_text((HERE / "policies.py").read_text())
    in_python = "{policy: {python: ./policies.py, class: QueueTarget, target: 3, most_fewer: 2, interval_s: 7.5}}"
    in_cpp = "{policy: {plugin: ./libmine.so, name: queue-target, target: 3, most_fewer: 2, interval: 7.5 s}}"
    assert summary(installed, plugins, in_python) == summary(installed, plugins, in_cpp)


@pytest.mark.parametrize(
    "choice, expected",
    [
        ("{plugin: ./libmine.so, name: queue-target, target: 0}", "`0` is out of range"),
        ("{plugin: ./libmine.so, name: queue-target, interval: 5}", "has no unit"),
        ("{plugin: ./libmine.so, name: queue-target, tarjet: 5}", "did you mean `target`?"),
        ("{plugin: ./libmine.so, name: queue-targt}", "did you mean `queue-target`?"),
        ("{plugin: ./libmine.so}", "expected `name:` to be one of `queue-target`, `stay`"),
        ("{plugin: ./libnone.so, name: mine}", "there is no file"),
        ("{plugin: ./mine.yaml, name: mine}", "cannot be loaded"),
        ("{name: mine}", "`policy` is a map without `plugin` and `python`"),
        ("{plugin: ./libmine.so, python: ./mine.py, class: Mine}", "expected one of them"),
        ("{plugin: ./libwrong_abi.so, name: faulty}", "of the interfaces; expected version"),
        ("{plugin: ./libno_entry.so, name: faulty}", "has no function `idlewatt_plugin_abi`"),
        ("{plugin: ./libthrows_at_start.so, name: faulty}", "threw an exception: no licence"),
        ("{plugin: ./libthrows.so, name: faulty}", "threw an exception: the table has no row for this hour"),
        ("{plugin: ./libnever_later.so, name: faulty}", "expected a time after that"),
    ],
)
def test_what_goes_wrong_is_said(installed, plugins, choice, expected):
    message = refused(installed, plugins, f"{{policy: {choice}}}")
    assert expected in message


def test_the_guide_works(installed, tmp_path):
    """Its code, its build and its line for the scenario, as they stand in the text."""
    guide = (HERE.parent.parent / "sim/policy/README.md").read_text(encoding="utf-8")
    block = {language: text for language, text in re.findall(r"```(cpp|cmake|yaml|py)\n(.*?)```", guide, re.S)}
    (tmp_path / "mine.cpp").write_text(block["cpp"])
    (tmp_path / "CMakeLists.txt").write_text(block["cmake"])
    checked("cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={installed}", cwd=tmp_path)
    checked("cmake", "--build", "build", cwd=tmp_path)
    choice = block["yaml"].strip().removeprefix("autoscaling: ")
    in_cpp = summary(installed, tmp_path, choice)
    assert in_cpp["requests_served"] > 0
    if "not in this build" not in checked(installed / "bin" / "idlewatt", "version").stdout:
        (tmp_path / "mine.py").write_text(block["py"])
        assert summary(installed, tmp_path, re.search(r"`autoscaling: (.*python.*)` in a scenario", guide)[1]) == in_cpp


def test_families_that_a_plugin_has_not(installed, plugins):
    text = SCENARIO.format(choice="{policy: static}").replace("    autoscaling: {policy: static}", "    idle: {policy: {plugin: ./libmine.so, name: stay}}")
    (plugins / "idle.yaml").write_text(text)
    done = call(installed / "bin" / "idlewatt", "check", "idle.yaml", cwd=plugins)
    assert done.returncode == 2 and "declares no idle policy" in done.stderr


def test_a_program_can_link_the_layers(installed, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(user LANGUAGES C CXX)\n"
        "find_package(idlewatt REQUIRED COMPONENTS simulation)\n"
        "add_executable(user user.cpp)\ntarget_link_libraries(user PRIVATE idlewatt::claims idlewatt::sweep)\n"
    )
    (tmp_path / "user.cpp").write_text('#include "base/quantity.hpp"\nint main() { return idlewatt::expected(idlewatt::Dimension::time).empty(); }\n')
    checked("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={installed}")
    checked("cmake", "--build", tmp_path / "build")
    checked(tmp_path / "build" / "user")
