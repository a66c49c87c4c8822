#include "results/provenance.hpp"

#include <algorithm>
#include <cstring>

#include "results/table.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr hsize_t kMostChunkRows = 256;

/// Text columns are as wide as their longest value: PyTables reads no variable-length strings in tables.
void write_figures(hid_t group, const std::vector<ProvenanceEntry>& figures) {
  std::size_t path = 1;
  std::size_t unit = 1;
  std::size_t status = 1;
  std::size_t source = 1;
  for (const ProvenanceEntry& figure : figures) {
    path = std::max(path, figure.path.size());
    unit = std::max(unit, figure.unit.size());
    status = std::max(status, figure.status.size());
    source = std::max(source, figure.source.size());
  }
  const Handle path_type = fixed_text_type(path);
  const Handle unit_type = fixed_text_type(unit);
  const Handle status_type = fixed_text_type(status);
  const Handle source_type = fixed_text_type(source);
  const std::size_t value_at = path;
  const std::size_t low_at = value_at + sizeof(double);
  const std::size_t high_at = low_at + sizeof(double);
  const std::size_t unit_at = high_at + sizeof(double);
  const std::size_t status_at = unit_at + unit;
  const std::size_t source_at = status_at + status;
  const std::size_t row_size = source_at + source;
  const std::vector<Column> columns =
      as_declared(format_group("/provenance/figures"), {
                                                           {"path", "", 0, path_type.get()},
                                                           {"value", "", value_at, native<double>()},
                                                           {"low", "", low_at, native<double>()},
                                                           {"high", "", high_at, native<double>()},
                                                           {"unit", "", unit_at, unit_type.get()},
                                                           {"status", "", status_at, status_type.get()},
                                                           {"source", "", source_at, source_type.get()},
                                                       });
  Table table(group, "figures", "figures that the run rests on", columns, row_size,
              rows_per_chunk_of_whole(figures.size(), kMostChunkRows));

  std::vector<char> rows(row_size * figures.size(), '\0');
  char* row = rows.data();
  for (const ProvenanceEntry& figure : figures) {
    std::memcpy(row, figure.path.data(), figure.path.size());
    std::memcpy(row + value_at, &figure.value, sizeof figure.value);
    std::memcpy(row + low_at, &figure.low, sizeof figure.low);
    std::memcpy(row + high_at, &figure.high, sizeof figure.high);
    std::memcpy(row + unit_at, figure.unit.data(), figure.unit.size());
    std::memcpy(row + status_at, figure.status.data(), figure.status.size());
    std::memcpy(row + source_at, figure.source.data(), figure.source.size());
    row += row_size;
  }
  table.append(rows.data(), figures.size());
}

}  // namespace

void write_provenance(hid_t parent, const Provenance& provenance) {
  const Handle group = create_group(parent, "provenance");
  set_attribute(group.get(), "title", provenance.title);
  set_attribute(group.get(), "variant", provenance.variant);
  set_attribute(group.get(), "seed", provenance.seed);
  set_attribute(group.get(), "idlewatt_version", provenance.version);
  set_attribute(group.get(), "overrides", provenance.overrides);
  write_text(group.get(), "scenario", provenance.scenario_text);
  write_figures(group.get(), provenance.figures);
}

}  // namespace idlewatt::hdf5
