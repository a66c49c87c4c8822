"""Result files open without options where people will open them, and say what they mean."""

import pathlib
import re
import shutil
import subprocess

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr

ENGINES = ["h5netcdf", "netcdf4"]
STATES = ["off", "booting", "idle_empty", "loading", "idle_loaded", "prefill", "decode", "mixed", "parked", "failed"]
REPLICA_STATES = ["pending", "starting", "idle", "busy", "draining", "sleeping"]
TIME = "time"
DIMENSIONS = {
    "time_bnds": (TIME, "nv"),
    "power_w": (TIME, "pool", "state"),
    "accelerator_time_s": (TIME, "pool", "state"),
    "replicas": (TIME, "pool", "replica_state"),
    "queue_length": (TIME, "pool"),
    "running_sequences": (TIME, "pool"),
    "arrivals": (TIME, "pool"),
    "completions": (TIME, "pool"),
    "rejections": (TIME, "pool"),
    "timeouts": (TIME, "pool"),
    "prompt_tokens": (TIME, "pool"),
    "output_tokens": (TIME, "pool"),
    "rack_power_w": (TIME, "rack"),
    "rack_idle_power_w": (TIME, "rack"),
}
METHODS = {
    "time: mean": ["power_w", "rack_power_w", "rack_idle_power_w"],
    "time: sum": ["accelerator_time_s", "arrivals", "completions", "rejections", "timeouts", "prompt_tokens", "output_tokens"],
    "time: point": ["replicas", "queue_length", "running_sequences"],
}


def integral_kwh(dataset: xr.Dataset, name: str) -> float:
    """Energy under a mean power, over all its bins."""
    bounds = dataset["time_bnds"]
    seconds = (bounds[:, 1] - bounds[:, 0]) / np.timedelta64(1, "s")
    return float((dataset[name] * seconds).sum()) / 3.6e6


@pytest.fixture(params=[None, *ENGINES], ids=["default", *ENGINES])
def engine(request):
    return request.param


@pytest.fixture
def series(samples, engine):
    with xr.open_dataset(samples / "sample.h5", group="timeseries", engine=engine) as dataset:
        yield dataset


@pytest.fixture
def summary(samples, engine):
    with xr.open_dataset(samples / "sample.h5", group="summary", engine=engine) as dataset:
        yield dataset


def test_dimensions(series):
    assert dict(series.sizes) == {
        "time": 600, "nv": 2, "pool": 3, "state": 10, "replica_state": 6, "rack": 2,
    }  # fmt: skip
    assert {name: variable.dims for name, variable in series.data_vars.items()} == DIMENSIONS


def test_coordinates_are_text(series):
    assert series["pool"].values.tolist() == ["chat", "code", "unassigned"]
    assert series["state"].values.tolist() == STATES
    assert series["replica_state"].values.tolist() == REPLICA_STATES
    assert series["rack"].values.tolist() == ["rack0", "rack1"]
    for name in ["pool", "state", "replica_state", "rack"]:
        assert all(isinstance(value, str) for value in series[name].values)
    assert float(series["power_w"].sel(pool="chat", state="decode").isel(time=0)) > 0.0


def test_times_are_decoded(series):
    start = np.datetime64("2024-03-01T00:00:00")
    expected = start + np.arange(600) * np.timedelta64(60, "s")
    assert (series["time"].values == expected).all()
    assert series["time"].attrs["bounds"] == "time_bnds" or series["time"].encoding["bounds"] == "time_bnds"
    assert (series["time_bnds"][:, 0].values == expected).all()
    assert (series["time_bnds"][:, 1].values == expected + np.timedelta64(60, "s")).all()
    assert series["power_w"].resample(time="1h").mean().sizes["time"] == 10


def test_every_variable_explains_itself(series):
    for name, variable in series.data_vars.items():
        assert variable.attrs["long_name"]
        if name != "time_bnds":
            assert variable.attrs["units"] == ("W" if name.endswith("_w") else "s" if name.endswith("_s") else "1")
    for method, names in METHODS.items():
        for name in names:
            assert series[name].attrs["cell_methods"] == method
    assert np.isnan(series["power_w"].encoding["_FillValue"])


def test_sums_are_those_of_the_summary(series, summary):
    assert integral_kwh(series, "power_w") == pytest.approx(float(summary["accelerator_energy_kwh"]), rel=1e-12)
    assert integral_kwh(series, "rack_power_w") == pytest.approx(float(summary["it_energy_kwh"]), rel=1e-12)
    hours = float(series["accelerator_time_s"].sum()) / 3600.0
    assert hours == pytest.approx(float(summary["accelerator_hours"]), rel=1e-12)
    for name, total in {
        "arrivals": "requests_in",
        "completions": "requests_served",
        "rejections": "requests_rejected",
        "prompt_tokens": "prompt_tokens",
        "output_tokens": "output_tokens",
    }.items():
        assert int(series[name].sum()) == int(summary[total])


def test_servers_have_the_energy_of_their_racks(samples, series, engine):
    with xr.open_dataset(samples / "sample.h5", group="servers", engine=engine) as servers:
        assert servers["server"].values.tolist() == ["rack0/l4-8/0", "rack0/l4-8/1", "rack1/l4-8/0", "rack1/l4-8/1"]
        switches_kwh = 2 * 150.0 * 600 * 60 / 3.6e6
        racks_kwh = integral_kwh(series, "rack_power_w")
        assert integral_kwh(servers, "power_w") == pytest.approx(racks_kwh - switches_kwh, rel=1e-12)
        idle_kwh = integral_kwh(series, "rack_idle_power_w")
        assert 0 < integral_kwh(servers, "idle_power_w") == pytest.approx(idle_kwh, rel=1e-12)
        assert (servers["idle_power_w"] <= servers["power_w"]).all()


def test_latencies_are_histograms_on_one_grid(samples, engine):
    with xr.open_dataset(samples / "sample.h5", group="latency", engine=engine) as latency:
        assert latency["requests"].dims == ("latency", "bin")
        assert latency["latency"].values.tolist() == ["ttft", "tpot"]
        assert latency["label"].values.tolist() == ["time to first token", "time per output token"]
        assert latency["requests"].values.tolist() == [[5, 0, 7], [0, 3, 0]]
        step_s = 2**30 / 1e11
        assert latency["from_s"].values == pytest.approx([16 * step_s, 17 * step_s, 18 * step_s], rel=1e-15)
        assert latency["to_s"].values == pytest.approx([17 * step_s, 18 * step_s, 19 * step_s], rel=1e-15)
        assert latency["from_s"].dtype == np.float64, "a unit that xarray takes for a length of time"


def test_summary_explains_itself(summary):
    for name in ["ttft_s_p99", "facility_energy_kwh", "idle_waste_share", "replica_hours"]:
        assert summary[name].dims == ()
        for attribute in ["units", "long_name", "meaning"]:
            assert summary[name].attrs[attribute]
        assert summary[name].attrs["better"] in ("lower", "higher", "neither")
        assert summary[name].attrs["group"] in ("requests", "energy", "money", "latency", "fleet")
        assert summary[name].attrs["form"] in ("count", "total", "rate", "share")
        assert int(summary[name].attrs["headline"]) in (0, 1)
    assert summary["replica_hours"].dtype == np.float64, "a unit that xarray takes for a length of time"
    assert summary["ttft_s_p99"].dtype == np.float64


def check_root(attributes):
    assert attributes["Conventions"] == "CF-1.10"
    assert attributes["title"] == "A made-up day of chat, à la carte"
    assert attributes["variant"] == "l4 hpa"
    assert int(attributes["seed"]) == 2**64 - 1
    assert attributes["idlewatt_version"] == "0.1.0"
    assert int(attributes["format_version"]) == 3
    assert int(attributes["complete"]) == 1


def test_root_attributes(samples):
    with xr.open_dataset(samples / "sample.h5") as root:
        check_root(root.attrs)
    with h5py.File(samples / "sample.h5") as file:
        # Of fixed length, so bytes to h5py; a list of texts is one, too.
        check_root({name: value.decode() if isinstance(value, bytes) else value for name, value in file.attrs.items()})


def test_root_opens_in_h5netcdf_without_requests(samples):
    with xr.open_dataset(samples / "no_requests.h5", engine="h5netcdf") as root:
        check_root(root.attrs)


@pytest.mark.parametrize("name, rows", [("empty.h5", 0), ("no_requests.h5", 600), ("stopped.h5.part", 512)])
def test_the_other_files_open_too(samples, engine, name, rows):
    with xr.open_dataset(samples / name, group="timeseries", engine=engine) as dataset:
        assert dataset.sizes["time"] == rows
        assert dataset["pool"].values.tolist() == ["chat", "code", "unassigned"]
        assert not np.isnan(dataset["power_w"].values).any()
    with h5py.File(samples / name) as file:
        assert "requests" not in file or name == "stopped.h5.part"
        assert file.attrs["complete"] == (0 if name == "stopped.h5.part" else 1)


def test_requests_open_in_pandas(samples):
    requests = pd.read_hdf(samples / "sample.h5", "requests")
    assert requests.columns.tolist() == [
        "id", "stream", "tenant", "pool", "replica", "outcome", "arrival_s", "queue_s", "first_token_s", "end_s",
        "ttft_s", "worst_gap_s", "prompt_tokens", "output_tokens", "preemptions", "prefix_tokens", "wrong", "attempts",
        "discarded_tokens", "energy_j", "prefill_energy_j",
    ]  # fmt: skip
    assert requests["id"].tolist() == list(range(10_000))
    assert requests["outcome"].dtype == np.int8
    rejected = requests["outcome"] == 3
    assert rejected.sum() == 1000
    times = ["queue_s", "first_token_s", "end_s", "ttft_s", "worst_gap_s"]
    assert requests.loc[rejected, times].isna().all(axis=None)
    assert requests.loc[~rejected, times].notna().all(axis=None)
    served = requests[~rejected]
    assert np.allclose(served["ttft_s"], served["first_token_s"] - served["arrival_s"], rtol=0, atol=1e-9)
    assert (served["queue_s"] <= served["ttft_s"]).all()
    with h5py.File(samples / "sample.h5") as file:
        attributes = file["requests"].attrs
        assert attributes["outcome_names"].tolist() == [
            b"served", b"cached", b"rejected_too_long", b"rejected", b"failed", b"unfinished", b"timed_out",
        ]  # fmt: skip
        assert attributes["pool_names"].tolist() == [b"chat", b"code", b"unassigned"]
        assert attributes["FIELD_6_UNITS"] == b"s"


def test_attribution_opens_in_pandas(samples):
    purposes = ["prefill", "decode", "idle", "startup", "host", "facility", "lost"]
    parts = pd.read_hdf(samples / "sample.h5", "attribution/parts")
    assert parts.columns.tolist() == [
        "pool", "tenant", "served", *(f"{name}_j" for name in purposes), *(f"{name}_usd" for name in purposes),
    ]  # fmt: skip
    assert parts["pool"].tolist() == [0, 0, -1]
    assert parts["tenant"].tolist() == [3, 4, -1]
    assert parts["served"].tolist() == [12, 1, 0]
    assert parts.loc[0, "startup_j"] == 4 and parts.loc[0, "facility_usd"] == 0.6
    assert parts["lost_j"].tolist() == [0, 0, 0.5]
    with h5py.File(samples / "sample.h5") as file:
        assert file["attribution/parts"].attrs["FIELD_3_UNITS"] == b"J"


def test_requests_of_a_stopped_run(samples):
    assert len(pd.read_hdf(samples / "stopped.h5.part", "requests")) == 8192


def test_provenance(samples):
    with h5py.File(samples / "sample.h5") as file:
        group = file["provenance"]
        assert group["scenario"][()].decode() == "title: A made-up day of chat\nseed: 1\n"
        assert group.attrs["overrides"].tolist() == [b"pools.chat.replicas.start=8", b"seed=18446744073709551615"]
        assert group.attrs["seed"] == 2**64 - 1
        assert group["figures"].dtype.names == ("path", "value", "low", "high", "unit", "status", "source")
    figures = pd.read_hdf(samples / "sample.h5", "provenance/figures")
    assert figures["value"].tolist() == [16.5, 1.5]
    assert figures["low"][0] == 15.0 and figures["high"][0] == 18.0 and np.isnan(figures["low"][1])
    assert figures["path"].map(lambda text: text if isinstance(text, str) else text.decode()).tolist() == [
        "accelerators.l4.idle_empty",
        "site.pue",
    ]


def test_no_object_carries_a_time_of_day(samples):
    with h5py.File(samples / "sample.h5") as file:

        def check(name, node):
            info = h5py.h5o.get_info(node.id)
            assert not hasattr(info, "mtime") or info.mtime == 0, name

        file.visititems(check)


def test_index(samples, engine):
    with xr.open_dataset(samples / "index.h5", engine=engine) as index:
        assert index["variant"].values.tolist() == ["l4 hpa", "never ran"]
        assert index["file"].values.tolist() == ["sample.h5", "gone.h5"]
        assert index["seed"].values.tolist() == [1, 2]
        energy = float(index["summary"].sel(variant="l4 hpa", measure="it_energy_kwh"))
        assert str(index["unit"].sel(measure="ttft_s_p99").values) == "s"
        assert index["better"].sel(measure="slo_share") == "higher"
    with xr.open_dataset(samples / "sample.h5", group="summary", engine=engine) as summary:
        assert float(summary["it_energy_kwh"]) == energy


@pytest.mark.skipif(not shutil.which("h5dump"), reason="no h5dump here; on Debian: apt-get install hdf5-tools")
def test_files_open_in_h5dump(samples):
    for name in ["sample.h5", "no_requests.h5", "empty.h5", "stopped.h5.part", "index.h5"]:
        shown = subprocess.run(["h5dump", "-H", samples / name], capture_output=True, text=True, check=False)
        assert (shown.returncode, shown.stderr) == (0, ""), name
    power = ["h5dump", "-d", "/timeseries/power_w", "-s", "0,0,6", "-c", "1,1,1", samples / "sample.h5"]
    value = subprocess.run(power, capture_output=True, text=True, check=True).stdout
    with h5py.File(samples / "sample.h5") as file:
        written = float(re.search(r"\(0,0,6\): (\S+)", value)[1])
        assert written == pytest.approx(file["timeseries/power_w"][0, 0, 6], rel=1e-4)


def test_everything_in_the_files_stands_on_the_page(samples):
    """And the page promises nothing that is not there."""
    page = (pathlib.Path(__file__).parents[2] / "analysis" / "FORMAT.md").read_text()
    sections = dict(re.findall(r"^## `?([^`\n]+)`?\n(.*?)(?=^## |\Z)", page, re.S | re.M))
    rows = {path: re.findall(r"^\| `(\w+)` \|(.*)\|$", text, re.M) for path, text in sections.items()}
    with h5py.File(samples / "sample.h5") as file:
        assert set(file.attrs) == {name for name, _ in rows["Root attributes"]}
        for path in ["timeseries", "servers", "latency"]:
            declared = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows[f"/{path}"]}
            # The sample has no semantic cache.
            assert set(file[path]) == {name for name in declared if not name.startswith("cache_")}, path
            for name, dataset in file[path].items():
                cells = declared[name]
                if len(cells) < 4:  # a dimension
                    continue
                dimensions = [dataset.dims[axis][0].name.rpartition("/")[2] for axis in range(dataset.ndim)]
                assert ", ".join(dimensions) == cells[0], name
                assert cells[1] == ("text" if dataset.dtype == object else str(dataset.dtype)), name
                units = dataset.attrs.get("units", b"")
                assert cells[2] == (units.decode() if isinstance(units, bytes) else units), name
                method = dataset.attrs.get("cell_methods", b"")
                assert cells[3].strip("`") == (method.decode() if isinstance(method, bytes) else method), name
        of_each = set(next(iter(file["summary"].values())).attrs) - {"_FillValue"}
        assert set(file["summary"]) | set(file["summary"].attrs) | of_each == {name for name, _ in rows["/summary"]}
        assert list(file["requests"].dtype.names) == [name for name, _ in rows["/requests"] if name.islower() and not name.endswith("_names")]
        assert list(file["provenance/figures"].dtype.names) == [name for name, _ in rows["/provenance/figures"]]
    with h5py.File(samples / "index.h5") as file:
        assert set(file) == {name for name, _ in rows["index.h5"]}
