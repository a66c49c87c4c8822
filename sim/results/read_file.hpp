// What readers of result files share. Internal to record/: needs hdf5.h.
#pragma once

#include <string>
#include <vector>

#include "results/table.hpp"
#include "base/error.hpp"

namespace idlewatt::hdf5 {

/// Runs `read` with the file open; every error becomes an InputError that names the file.
template <class Read>
auto reading(const std::string& path, Read&& read) {
  prepare_library();
  try {
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "H5Fopen");
    return read(file.get());
  } catch (const OutputError& error) {
    if (std::string(error.what()).find("truncated file") != std::string::npos) {
      throw InputError(path + ": is cut off: its end is missing");
    }
    throw InputError(path + ": cannot be read as a result of idlewatt: " + error.what());
  }
}

std::string text_attribute(hid_t node, const char* name);
std::vector<std::string> text_list_attribute(hid_t node, const char* name);

template <class T>
T number_attribute(hid_t node, const char* name) {
  const Handle attribute(H5Aopen(node, name, H5P_DEFAULT), H5Aclose, name);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose, name);
  if (check(H5Sget_simple_extent_npoints(space.get()), name) != 1) {
    throw OutputError(std::string("attribute ") + name + " is not one number");
  }
  T value{};
  check(H5Aread(attribute.get(), native<T>(), &value), name);
  return value;
}

inline bool exists(hid_t parent, const char* name) {
  return check(H5Lexists(parent, name, H5P_DEFAULT), "H5Lexists") > 0;
}

/// All rows of a table, by the columns' names; none where there is no table.
template <class Row>
std::vector<Row> read_table(hid_t group, const char* name, const std::vector<Column>& columns) {
  if (!exists(group, name)) {
    return {};
  }
  const Handle data(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose, "H5Dopen2");
  const Handle space(H5Dget_space(data.get()), H5Sclose, "H5Dget_space");
  const Handle type(H5Tcreate(H5T_COMPOUND, sizeof(Row)), H5Tclose, "H5Tcreate");
  for (const Column& column : columns) {
    check(H5Tinsert(type.get(), column.name.c_str(), column.offset, column.type), "H5Tinsert");
  }
  std::vector<Row> rows(static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space.get()), "size")));
  if (!rows.empty()) {
    check(H5Dread(data.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), "H5Dread");
  }
  return rows;
}

/// Texts that the library allocated, which are given back.
std::vector<std::string> taken(const std::vector<char*>& texts);

/// Throws OutputError for a file of a newer format.
void check_version(hid_t file);

}  // namespace idlewatt::hdf5
