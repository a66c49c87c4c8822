"""Files whose checksum is right and whose content is wrong: what a hostile or a broken writer could make.

Every command says so in one line, with exit status 2, before it takes memory or follows what the file claims.
"""

import os
import pathlib
import shutil

import h5py
import numpy as np
import pytest
from conftest import seal, unseal

ROWS = 2**40


def array_in_summary(file):
    del file["summary/cost_usd"]
    file["summary/cost_usd"] = np.arange(100_000, dtype=float)


def text_in_summary(file):
    del file["summary/cost_usd"]
    file["summary/cost_usd"] = "dear"


def list_of_sites(file):
    del file["bill/site"]
    file["bill/site"] = np.array([b"pue: 1"] * 1000, dtype="S10")


def text_of_any_length(file):
    del file["bill/site"]
    file["bill"].create_dataset("site", data="pue: 1", dtype=h5py.string_dtype())


def endless_intervals(file):
    file["bill/intervals"].resize((ROWS,))


def endless_servers(file):
    file["bill/servers"].resize((ROWS,))


def numbers_for_a_table(file):
    del file["bill/intervals"]
    file["bill/intervals"] = np.arange(10)


def table_without_a_column(file):
    rows = file["bill/intervals"][:]
    del file["bill/intervals"]
    file["bill/intervals"] = rows[[name for name in rows.dtype.names if name != "owned_fj"]]


def column_of_texts(file):
    rows = file["bill/intervals"][:]
    del file["bill/intervals"]
    kinds = [(name, "S8" if name == "owned_j" else rows.dtype[name]) for name in rows.dtype.names]
    file["bill/intervals"] = np.zeros(len(rows), dtype=kinds)


def worded(file):
    file.attrs["complete"] = "yes"


def listed_seed(file):
    file.attrs["seed"] = np.arange(4, dtype=np.uint64)


def no_provenance(file):
    del file["provenance"]


def group_for_a_number(file):
    del file["summary/cost_usd"]
    file["summary"].create_group("cost_usd")


def link_in_a_circle(file):
    del file["bill"]
    file["bill"] = h5py.SoftLink("/bill")


def link_to_another_file(file):
    del file["bill"]
    file["bill"] = h5py.ExternalLink("none.h5", "/bill")


CHANGES = [
    array_in_summary, text_in_summary, list_of_sites, text_of_any_length, endless_intervals, endless_servers,
    numbers_for_a_table, table_without_a_column, column_of_texts, worded, listed_seed, no_provenance, group_for_a_number,
    link_in_a_circle, link_to_another_file,
]  # fmt: skip


def refused(result, name):
    assert result.returncode == 2, result
    assert result.stderr.count("\n") == 1 and name in result.stderr and "Traceback" not in result.stderr, result
    assert len(result.stderr) < 500, result


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_wrong_content_is_one_line(small_runs, idlewatt, tmp_path, change):
    path = tmp_path / "wrong.h5"
    shutil.copy(small_runs.paths[0], path)
    assert idlewatt("bill", path).returncode == 0
    unseal(path)
    with h5py.File(path, "r+") as file:
        change(file)
    seal(path)
    refused(idlewatt("bill", path, timeout=60), "wrong.h5")


def test_an_endless_table_of_requests_is_refused(altered, idlewatt):
    def endless(file):
        file["requests"].resize((ROWS,))

    refused(idlewatt("recover", altered(endless, "wrong.h5", source="sample.h5"), timeout=60), "wrong.h5")


@pytest.mark.parametrize("table", ["requests", "prefix_blocks"])
def test_an_endless_trace_is_refused(idlewatt, tmp_path, table):
    (tmp_path / "t.csv").write_text("arrival_s,prompt_tokens,output_tokens,prefix_blocks,block_tokens\n0,600,1,1 2,512\n5,600,1,1 3,512\n")
    trace = tmp_path / "t.h5"
    assert idlewatt("trace", "convert", tmp_path / "t.csv", trace).returncode == 0
    assert idlewatt("trace", "stats", trace).returncode == 0
    unseal(trace)
    with h5py.File(trace, "r+") as file:
        file[table].resize((ROWS,))
    seal(trace)
    refused(idlewatt("trace", "stats", trace, timeout=60), "t.h5")


def test_cases_of_before(idlewatt, tmp_path):
    """Files that once made the program write past the end of a buffer, or loop within the library."""
    data = os.environ.get("IDLEWATT_DATA")
    cases = (pathlib.Path(data).parent if data else pathlib.Path(__file__).parents[3] / "shared") / "cases" / "reliability"
    files = sorted(cases.glob("*.h5"))
    if not files:
        pytest.skip("the cases are not on this machine")
    for file in files:
        copy = tmp_path / file.name
        shutil.copy(file, copy)
        copy.chmod(0o600)
        refused(idlewatt("bill", copy, timeout=60), file.name)
        refused(idlewatt("report", copy, "-o", tmp_path / "page.html", timeout=300), file.name)
        seal(copy)  # as one of this format with a right checksum would be
        refused(idlewatt("bill", copy, timeout=60), file.name)
