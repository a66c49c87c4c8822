"""Sample files, written once a session by the recorder itself, and where the package is."""

import os
import pathlib
import shutil
import struct
import subprocess
import sys
import zlib

import h5py
import pytest

# The package idlewatt, from the source tree.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "analysis"))


@pytest.fixture(scope="session")
def samples(tmp_path_factory) -> pathlib.Path:
    """A directory with sample.h5, no_requests.h5, empty.h5, stopped.h5.part and index.h5."""
    program = os.environ.get("IDLEWATT_MAKE_SAMPLE")
    if not program:
        pytest.skip("IDLEWATT_MAKE_SAMPLE does not name the program make_sample (ctest sets it)")
    directory = tmp_path_factory.mktemp("samples")
    subprocess.run([program, str(directory)], check=True)
    return directory


SEAL_BYTES = 32


def seal(path, version=3):
    """Gives a file the checksum that the program's have, as analysis/FORMAT.md describes it."""
    content = path.read_bytes()
    path.write_bytes(content + struct.pack("<8sIIQ8s", b"idlewatt", version, zlib.crc32(content), len(content), b"checksum"))


def unseal(path):
    content = path.read_bytes()
    assert content[-SEAL_BYTES:].startswith(b"idlewatt") and content.endswith(b"checksum")
    path.write_bytes(content[:-SEAL_BYTES])


@pytest.fixture
def altered(samples, tmp_path):
    """A function that copies a sample, alters it, gives it the checksum that it then has, and returns its path."""

    def alter(change, name="run.h5", source="no_requests.h5", sealed=True, version=3):
        path = tmp_path / name
        shutil.copy(samples / source, path)
        unseal(path)
        with h5py.File(path, "r+") as file:
            change(file)
        if sealed:
            seal(path, version)
        return path

    return alter


@pytest.fixture(scope="session")
def small_runs(tmp_path_factory):
    """The variants of tests/cli/data/small.yaml as the program runs them: five minutes on three small servers."""
    program = os.environ.get("IDLEWATT_BINARY")
    if not program:
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")
    import idlewatt

    folder = tmp_path_factory.mktemp("small")
    scenario = pathlib.Path(__file__).parents[1] / "cli" / "data" / "small.yaml"
    subprocess.run([program, "run", scenario, "-o", folder], check=True, stdout=subprocess.DEVNULL)
    return idlewatt.open(folder)


@pytest.fixture
def idlewatt():
    """Runs the program with the given arguments."""
    program = os.environ.get("IDLEWATT_BINARY")
    if not program:
        pytest.skip("IDLEWATT_BINARY does not name the program (ctest sets it)")

    def run(*arguments, **options):
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, **options)

    return run
