// The parts shared by readers of result files. Internal to results/: needs hdf5.h.
//
// Nothing is read from a file before its class, its shape and its size have been checked. So no value is read into less
// memory than it takes, and no memory is asked for that the file could not fill.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "base/error.hpp"
#include "results/result.hpp"
#include "results/seal.hpp"
#include "results/table.hpp"

namespace idlewatt::hdf5 {

/// Runs `read` with the file open; every error becomes an InputError that names the file. Checks the seal first. A file
/// without a seal is read only if `unsealed` accepts it.
template <class Read>
auto reading(const std::string& path, Read&& read, Unsealed unsealed = Unsealed::refused) {
  if (unsealed == Unsealed::refused || has_seal(path)) {
    check_seal(path);
  }
  prepare_library();
  try {
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "H5Fopen");
    return read(file.get());
  } catch (const OutputError& error) {
    throw InputError(path + ": cannot be read as a result of idlewatt: " + error.what());
  }
}

/// The number of values in a dataset or an attribute. Throws OutputError unless all values are of the class `wanted`,
/// the dataspace has `rank` dimensions (any number when negative; an empty dataspace has rank 1), and the file is large
/// enough for them (stored bytes unpack to at most 1032 times as many).
std::size_t checked_size(hid_t node, H5T_class_t wanted, int rank, const char* name);

/// Checks that the node holds one value of the class. Throws OutputError otherwise.
void check_one(hid_t node, H5T_class_t wanted, const char* name);

/// The HDF5 class of T.
template <class T>
constexpr H5T_class_t class_of() {
  return std::is_floating_point_v<T> ? H5T_FLOAT : H5T_INTEGER;
}

/// The value of an attribute that is a text, or a list of texts, of fixed length.
std::string text_attribute(hid_t node, const char* name);
std::vector<std::string> text_list_attribute(hid_t node, const char* name);

/// The value of a dataset that is one text of fixed length.
std::string text_dataset(hid_t parent, const char* name);
/// The values of a dataset that is a list of texts, of fixed or of any length.
std::vector<std::string> text_list_dataset(hid_t parent, const char* name);

/// The values of a dataset of numbers, whole or not, of any shape.
NumberArray numbers(hid_t parent, const char* name);

template <class T>
T number_attribute(hid_t node, const char* name) {
  const Handle attribute(H5Aopen(node, name, H5P_DEFAULT), H5Aclose, name);
  check_one(attribute.get(), class_of<T>(), name);
  T value{};
  check(H5Aread(attribute.get(), native<T>(), &value), name);
  return value;
}

template <class T>
T number_dataset(hid_t parent, const char* name) {
  const Handle data(H5Dopen2(parent, name, H5P_DEFAULT), H5Dclose, name);
  check_one(data.get(), class_of<T>(), name);
  T value{};
  check(H5Dread(data.get(), native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), name);
  return value;
}

inline bool exists(hid_t parent, const char* name) {
  return check(H5Lexists(parent, name, H5P_DEFAULT), "H5Lexists") > 0;
}

/// The type of a row in memory. Throws OutputError unless the table has every column with its class. Texts longer than
/// their room are cut.
Handle row_type_of(hid_t table, const std::vector<Column>& columns, std::size_t row_bytes, const char* name);

/// All rows of a table, by the columns' names; none when there is no table.
template <class Row>
std::vector<Row> read_table(hid_t group, const char* name, const std::vector<Column>& columns) {
  if (!exists(group, name)) {
    return {};
  }
  const Handle data(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose, name);
  const Handle type = row_type_of(data.get(), columns, sizeof(Row), name);
  std::vector<Row> rows(checked_size(data.get(), H5T_COMPOUND, 1, name));
  if (!rows.empty()) {
    check(H5Dread(data.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), name);
  }
  return rows;
}

}  // namespace idlewatt::hdf5
