// analysis/FORMAT.md from the declarations.
#include <fmt/core.h>

#include "ledger/summary.hpp"
#include "results/format.hpp"
#include "results/summary_names.hpp"

namespace idlewatt {
namespace {

const char* const kHead = R"(# The result file

<!-- Written by `idlewatt format > analysis/FORMAT.md`; a test fails when it is out of date. -->

`idlewatt run` writes one HDF5 file per variant. This page describes it: format version )";

const char* const kOpen = R"(.

```python
import pandas as pd, xarray as xr

series   = xr.open_dataset("run.h5", group="timeseries")   # engines netcdf4 and h5netcdf, no options
summary  = xr.open_dataset("run.h5", group="summary")
requests = pd.read_hdf("run.h5", "requests")               # if the scenario records requests
figures  = pd.read_hdf("run.h5", "provenance/figures")
```

- A run writes beside the file, under a name that nobody can foresee (`run.h5.x7k2m9qa.part`). When the run has ended,
  everything is on the disk and reads back, the part is renamed to `run.h5`. So a file with its final name is whole; its
  root attribute `complete` is 1. Two runs cannot write to one folder at a time: the second is told so.
- A run that was stopped leaves `run.h5.part`, with `complete` 0 and no `/summary` and `/latency`. It opens like a whole
  file and holds all full chunks of bins (at most 4096 bins each) and of requests (8192). A run that was killed
  (`kill -9`) leaves the same under the part's own name and without a checksum; if it was killed within the fraction of
  a millisecond in which a chunk is flushed, the last rows may not be readable.
- Equal runs (scenario, variant, seed, version, machine architecture) give equal bytes. No time of day is stored.
- Texts are UTF-8. Labels along dimensions are of variable length, all others of fixed length, padded with zeros;
  those of tables are ASCII, for PyTables.
- Missing numbers are NaN. Units are SI with `kWh`, `Wh`, `h`, `USD`; `1` is a plain number.
- What a later version of idlewatt adds (a variable, a column, a measure, a state) does not raise the format version:
  read by name, and take lists of states, outcomes and measures from the file.

## The checksum

The last 32 bytes of every HDF5 file of idlewatt (results, indexes, tables of grids, traces) are a checksum, behind the
end of the file as HDF5 sees it, so other programs do not notice: the text `idlewatt`, the format version (uint32,
little-endian like all), the CRC-32 of all bytes before (uint32, that of zlib), how many these are (uint64), the text
`checksum`. Readers of idlewatt check it first and refuse a file without it, or with a wrong one: a damaged file may
still open, with other numbers. A program that changes the file removes or breaks the checksum; copy what you want to
change.

## Versions

Readers refuse a file of another version and name the version. Files of version 2 and 1 cannot be read any more: run the
scenario again.

- **3**: adds a checksum at the end. Names are the usual ones of LLM serving: `queries` is now `requests`, `tries` is now
  `attempts`, `wh_per_query` is now `wh_per_request`. Attributes are texts of fixed length.
- **2**: adds the power of each server in bins of its own (`/servers`), and histograms of latencies.
- **1**: the first version.

## Which numbers are exact

The simulator counts time in ticks of 10 ps and energy in femtojoules, as integers. The tables below say of each number
what it is:

- *exact*: an integer or a text.
- *rounded*: such an integer of the ledger, converted to float64; one or two roundings (2e-16) away from it. A time that
  is a whole number of seconds is written as such. Sums over bins equal the totals of the ledger to double rounding: the
  integral of `power_w` over everything is `accelerator_energy_kwh`, that of `rack_power_w` is `it_energy_kwh`, and the
  sum of `accelerator_time_s` is `accelerator_hours`. Expect relative differences of 1e-13 or less.
- *attributed*: as exact as the number that it is a part of, but a rule says which part (idle waste among servers that
  work and wait at once, the energy of a batch among its requests).
- *computed*: in floating point, from exact numbers.

Within a bin, a batch step that straddles the bin's edge is split between the bins pro rata of its time. The totals do
not depend on it; a single bin does. Exact arithmetic says nothing about how well the model fits the machine: see
`/provenance/figures` for what each number rests on.
)";

const char* const kIndexExample = R"(
```python
index = xr.open_dataset("index.h5")
index.summary.sel(measure="idle_waste_share").to_series()
```
)";

std::string code(const std::string& text) {
  return text.empty() ? "" : fmt::format("`{}`", text);
}

const char* word(Exactness exactness) {
  switch (exactness) {
    case Exactness::exact:
      return "exact";
    case Exactness::rounded:
      return "rounded";
    case Exactness::attributed:
      return "attributed";
    case Exactness::computed:
      break;
  }
  return "computed";
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() || part.empty() ? "" : between) + part;
  }
  return text;
}

std::string row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) {
    text += " " + cell + (cell.empty() ? "|" : " |");
  }
  return text + "\n";
}

std::string head(const std::vector<std::string>& cells) {
  return "\n" + row(cells) + row(std::vector<std::string>(cells.size(), "---"));
}

std::string attribute_table(const FormatGroup& group) {
  std::string text = head({"attribute", "type", "meaning"});
  for (const FormatAttribute& attribute : group.attributes) {
    text += row({code(attribute.name), attribute.type, attribute.meaning});
  }
  return text;
}

std::string dimension_table(const FormatGroup& group) {
  std::string text = head({"dimension", "coordinate", "values"});
  for (const FormatDimension& dimension : group.dimensions) {
    text += row({code(dimension.name), dimension.type.empty() ? "none" : dimension.type,
                 joined({dimension.long_name, dimension.values}, "; ")});
  }
  return text;
}

std::string column_table(const FormatGroup& group) {
  std::string text = head({"column", "type", "unit", "number", "meaning"});
  for (const FormatVariable& variable : group.variables) {
    text += row({code(variable.name), variable.type, variable.units, word(variable.exactness),
                 joined({variable.long_name, variable.remark}, "; ")});
  }
  return text;
}

std::string variable_table(const FormatGroup& group) {
  std::string text = head({"dataset", "dimensions", "type", "unit", "`cell_methods`", "number", "meaning"});
  for (const FormatVariable& variable : group.variables) {
    const std::string dimensions = variable.dimensions.empty() ? "none" : joined(variable.dimensions, ", ");
    text += row({code(variable.name), dimensions, variable.type, variable.units, code(variable.cell_methods),
                 word(variable.exactness), joined({variable.long_name, variable.remark}, "; ")});
  }
  return text;
}

std::string measure_table() {
  std::string text = head({"dataset", "unit", "form", "group", "meaning"});
  for (const Measure& measure : measures()) {
    text +=
        row({code(measure.name), measure.unit, form_name(measure.form), group_name(measure.group), measure.meaning});
  }
  return text + "\nCounts are exact, quantiles within 0.4 % of the exact ones; the rest is computed from the ledger.\n";
}

std::string section(const FormatGroup& group) {
  std::string text;
  if (group.path == "/") {
    text = "\n## Root attributes\n";
  } else {
    text = fmt::format(
        "\n"
        "## `{}`\n"
        "\n"
        "{}\n",
        group.path, group.about);
  }
  if (!group.attributes.empty()) {
    text += attribute_table(group);
  }
  if (!group.dimensions.empty()) {
    text += dimension_table(group);
  }
  if (!group.variables.empty()) {
    text += group.table ? column_table(group) : variable_table(group);
  }
  if (group.path == "/summary") {
    text += measure_table();
  }
  if (!group.after.empty()) {
    text += fmt::format("\n{}\n", group.after);
  }
  return text;
}

}  // namespace

std::string format_page() {
  std::string page = kHead + std::to_string(kFormatVersion) + kOpen;
  for (const FormatGroup& group : format_groups()) {
    page += section(group);
  }
  return page + kIndexExample;
}

}  // namespace idlewatt
