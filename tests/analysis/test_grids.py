"""The results of grids, as Python reads and draws them."""

import pytest
import xarray

from idlewatt.errors import RunError
from idlewatt.grids import GridTable, main


def test_the_table_has_axes_means_and_intervals(samples):
    table = GridTable(samples / "grid.h5")
    assert table.title == "A made-up grid"
    assert table.axes == ["fleet", "model", "pools.chat.precision", "traffic.scale"]
    assert list(table.frame["fleet"]) == 3 * ["a100"] + 3 * ["l4"]
    assert list(table.frame["traffic.scale"]) == 2 * [0.5, 1.0, 2.0]
    energy = table.frame["facility_energy_kwh"]
    assert energy[2] == pytest.approx(4 * energy[0]) and table.units["facility_energy_kwh"] == "kWh"
    assert (table.frame["facility_energy_kwh.ci95"] == 0.1).all()


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_xarray_opens_it_without_options(samples, engine):
    with xarray.open_dataset(samples / "grid.h5", engine=engine) as data:
        assert data["mean"].dims == ("configuration", "measure") and data["value"].dims == ("run", "measure")
        assert data["mean"].shape[0] == 6 and data["value"].shape[0] == 12
        assert list(data["axis_traffic.scale"].values[:3]) == [0.5, 1.0, 2.0]
        assert list(data["runs"].values) == 6 * [2]
        assert list(data["run_configuration"].values[:4]) == [0, 0, 1, 1]


def test_a_figure_is_drawn(samples, tmp_path):
    assert main(["fleet-choice", str(samples / "grid.h5"), "-o", str(tmp_path / "a.png")]) == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_said_in_one_line(samples, tmp_path, capsys):
    assert main(["autoscaler-waste", str(samples / "grid.h5"), "-o", str(tmp_path / "a.png")]) == 2
    assert "the grid has no axis 'traffic'" in capsys.readouterr().err
    with pytest.raises(RunError, match="not the results of a grid"):
        GridTable(samples / "sample.h5")
    assert main(["fleet-choice", str(tmp_path / "none.h5"), "-o", str(tmp_path / "a.png")]) == 2
    assert main(["fleet-choice", str(samples / "grid.h5"), "-o", str(tmp_path / "no/a.png")]) == 3
    assert list(tmp_path.iterdir()) == []
