"""Sample files, written once a session by the recorder itself, and where the package is."""

import os
import pathlib
import subprocess
import sys

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
