"""The semantic cache as its user gives it: what is refused, what is shown and what is written."""

import json

import pytest
from support import copy_data, everything_in, idlewatt

SEMANTICS = "    semantics: {intents: 5, unique: 20 %, verbatim: 30 %}\n"


def with_cache(folder, cache, semantics=SEMANTICS):
    scenario = copy_data(folder) / "small.yaml"
    text = scenario.read_text()
    text = text.replace("    model: test-3b\n    slo", f"    model: test-3b\n{semantics}    slo", 1)
    scenario.write_text(text.replace("pools:\n", f"cache: {cache}\npools:\n", 1))


@pytest.mark.parametrize(
    "cache, expected",
    [
        ("semantic", "expected a map such as `{policy: none}`"),
        ("{policy: semantik}", "did you mean `semantic`?"),
        ("{policy: semantic, treshold: 90 %}", "did you mean `threshold`?"),
        ("{policy: semantic, threshold: 40 %}", "threshold"),
        ("{policy: semantic, ttl: 60}", "expected a time such as"),
        ("{policy: semantic, eviction: mru}", "expected one of `lru`, `lfu`, `fifo`"),
        ("{policy: semantic, scope: tenant}", "did you mean `per-tenant`?"),
        ("{policy: exact, entries: 0}", "entries"),
        ("{policy: exact, entries: 2.5}", "entries"),
        ("{policy: exact, memory: 1000}", "expected"),
        ("{policy: exact, threshold: 90 %}", "threshold"),
        ("{policy: exact, embedder: cpu}", "`embedder` is for the cache `semantic`"),
        ("{policy: semantic, embeder: l4}", "did you mean `embedder`?"),
        ("{policy: semantic, embedder: l40}", "l40"),
        ("{policy: semantic, embedder: l4, lookup_time: 5 ms}", "`lookup_time` is that of the CPU"),
    ],
)
def test_refused(tmp_path, cache, expected):
    with_cache(tmp_path, cache)
    before = everything_in(tmp_path)
    result = idlewatt("run", "data/small.yaml", cwd=tmp_path)
    assert result.returncode == 2, result
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("data/small.yaml:"), result.stderr
    assert expected in result.stderr
    assert everything_in(tmp_path) == before


def test_traffic_without_meaning_is_warned_of(tmp_path):
    with_cache(tmp_path, "{policy: semantic}", semantics="")
    result = idlewatt("check", "data/small.yaml", cwd=tmp_path)
    assert result.returncode == 0, result
    assert "warning: `cache` finds nothing in the traffic of" in result.stderr
    with_cache(tmp_path / "meant", "{policy: semantic}")
    assert "finds nothing" not in idlewatt("check", "data/small.yaml", cwd=tmp_path / "meant").stderr


@pytest.mark.parametrize("embedder", ["cpu", "l4"])
def test_what_a_run_shows_and_writes(tmp_path, embedder):
    with_cache(tmp_path, f"{{policy: semantic, threshold: 80 %, embedder: {embedder}}}")
    run = ["run", "data/small.yaml", "--variant", "four replicas", "--set", "requests=true"]
    shown = idlewatt(*run, "-o", "out", cwd=tmp_path)
    assert shown.returncode == 0, shown
    for row in ("cached", "cache hits", "wrong hits", "semantic cache"):
        assert f"  {row} " in shown.stdout, shown.stdout
    summary = json.loads(idlewatt(*run, "-o", "out2", "--json", cwd=tmp_path).stdout)["variants"][0]["summary"]
    assert 0 < summary["requests_cached"] < summary["requests_in"] == summary["cache_lookups"]
    (path,) = [path for path in (tmp_path / "out").iterdir() if path.name != "index.h5"]
    with pytest.importorskip("h5py").File(path) as file:
        series = file["timeseries"]
        seconds = series["time_bnds"][:, 1] - series["time_bnds"][:, 0]
        assert series["cache_lookups"][:].sum() == summary["cache_lookups"]
        assert series["cache_hits"][:].sum() == summary["requests_cached"]
        assert series["cache_wrong_hits"][:].sum() == summary["cache_wrong_hits"]
        assert series["cache_entries"][-1] > 0 and series["cache_bytes"][-1] > 0
        assert 1.5 * (series["cache_power_w"][:] * seconds).sum() / 3.6e6 == pytest.approx(summary["cache_energy_kwh"])
        # The first rack holds it: racks are still all of the IT energy.
        # The cache stands in no rack: it has an account of its own.
        it_w = series["rack_power_w"][:].sum(axis=1) + series["cache_power_w"][:]
        assert (it_w * seconds).sum() / 3.6e6 == pytest.approx(summary["it_energy_kwh"])
        assert (series["cache_idle_power_w"][:] <= series["cache_power_w"][:]).all()
        requests = file["requests"][:]
        names = list(file["requests"].attrs["outcome_names"])
        cached = requests[requests["outcome"] == [str(n.decode() if isinstance(n, bytes) else n) for n in names].index("cached")]
        assert len(cached) == summary["requests_cached"]
        assert cached["wrong"].sum() == summary["cache_wrong_hits"] == requests["wrong"].sum()
        assert (cached["end_s"] == cached["first_token_s"]).all() and (cached["pool"] == -1).all()


def test_without_a_cache_nothing_of_it_is_shown(tmp_path):
    copy_data(tmp_path)
    shown = idlewatt("run", "data/small.yaml", "--variant", "four replicas", "-o", "out", cwd=tmp_path)
    for row in ("cached", "cache hits", "wrong hits", "semantic cache"):
        assert f"  {row} " not in shown.stdout
    (path,) = [path for path in (tmp_path / "out").iterdir() if path.name != "index.h5"]
    with pytest.importorskip("h5py").File(path) as file:
        assert not [name for name in file["timeseries"] if name.startswith("cache")]
