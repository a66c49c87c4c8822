#include "results/table.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>

#include "base/error.hpp"
#include "results/series_variable.hpp"

namespace idlewatt::hdf5 {

std::vector<Column> as_declared(const FormatGroup& declared, std::vector<Column> columns) {
  if (columns.size() != declared.variables.size()) {
    throw Error(fmt::format("the columns of the table {} are not the declared ones", declared.path));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const FormatVariable& variable = declared.variables[i];
    if (columns[i].name != variable.name) {
      throw Error(
          fmt::format("the table {} has `{}` where `{}` is declared", declared.path, columns[i].name, variable.name));
    }
    check_type(variable, columns[i].type);
    columns[i].units = variable.units;
  }
  return columns;
}

hsize_t rows_per_chunk_of_whole(std::size_t rows, hsize_t most) {
  return std::clamp<hsize_t>(rows, 1, most);
}

Table::Table(hid_t parent, const std::string& name, const std::string& title, std::span<const Column> columns,
             std::size_t row_size, hsize_t chunk_rows)
    : row_type_(H5Tcreate(H5T_COMPOUND, row_size), H5Tclose, "H5Tcreate") {
  // In the file the columns stand as listed, without gaps, wherever they stand in memory.
  std::size_t packed_size = 0;
  for (const Column& column : columns) {
    check(H5Tinsert(row_type_.get(), column.name.c_str(), column.offset, column.type), "H5Tinsert");
    packed_size += H5Tget_size(column.type);
  }
  const Handle file_type(H5Tcreate(H5T_COMPOUND, packed_size), H5Tclose, "H5Tcreate");
  std::size_t packed_at = 0;
  for (const Column& column : columns) {
    check(H5Tinsert(file_type.get(), column.name.c_str(), packed_at, column.type), "H5Tinsert");
    packed_at += H5Tget_size(column.type);
  }

  const std::array<hsize_t, 1> size{0};
  const std::array<hsize_t, 1> largest{H5S_UNLIMITED};
  const std::array<hsize_t, 1> chunk{chunk_rows};
  const Handle space(H5Screate_simple(1, size.data(), largest.data()), H5Sclose, "H5Screate_simple");
  const Handle properties = dataset_properties();
  dataset_ = create_chunked_dataset(parent, name, file_type.get(), space.get(), properties.get(), chunk);

  set_fixed_attribute(dataset_.get(), "CLASS", "TABLE");
  set_fixed_attribute(dataset_.get(), "VERSION", "3.0");
  set_fixed_attribute(dataset_.get(), "TITLE", title);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    set_fixed_attribute(dataset_.get(), fmt::format("FIELD_{}_NAME", i), columns[i].name);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].units.empty()) {
      set_fixed_attribute(dataset_.get(), fmt::format("FIELD_{}_UNITS", i), columns[i].units);
    }
  }
}

void Table::append(const void* rows, std::size_t count) {
  if (count > 0) {
    write_rows(dataset_.get(), row_type_.get(), written_, count, rows);
    written_ += count;
  }
}

}  // namespace idlewatt::hdf5
