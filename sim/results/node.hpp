// Groups, datasets, attributes and dimension scales in the form that netCDF requires. Internal to results/: needs
// hdf5.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "results/format.hpp"
#include "results/handle.hpp"

namespace idlewatt::hdf5 {

/// The library's type for a C++ type.
template <class T>
hid_t native();
template <>
inline hid_t native<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t native<std::int8_t>() {
  return H5T_NATIVE_INT8;
}
template <>
inline hid_t native<std::int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
inline hid_t native<std::int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
inline hid_t native<std::uint64_t>() {
  return H5T_NATIVE_UINT64;
}

/// The type of UTF-8 texts of any length, which both xarray engines decode to str.
Handle text_type();
/// The type of zero-padded ASCII texts of `size` bytes (at least one), which PyTables reads.
Handle fixed_text_type(std::size_t size);
/// The type of zero-padded UTF-8 texts of `size` bytes (at least one). Our own readers read only texts of fixed length:
/// texts of any length stand in heaps within the file, where the library trusts every length that it finds.
Handle fixed_utf8_type(std::size_t size);

Handle create_group(hid_t parent, const std::string& name);
Handle open_group(hid_t parent, const std::string& name);

/// Creation properties of a dataset: no times, attributes in order and inside its header.
Handle dataset_properties();

Handle simple_space(std::span<const hsize_t> sizes);
Handle create_dataset(hid_t parent, const std::string& name, hid_t type, hid_t space, hid_t properties);
/// Creates a dataset in chunks with shuffle, gzip 4 and no chunk cache, for writers that pass whole chunks.
Handle create_chunked_dataset(hid_t parent, const std::string& name, hid_t type, hid_t space, hid_t properties,
                              std::span<const hsize_t> chunk);

/// Adds an attribute to a node. The node must not have it.
void set_attribute(hid_t node, const std::string& name, const std::string& text);
void set_attribute(hid_t node, const std::string& name, double value);
void set_attribute(hid_t node, const std::string& name, std::int32_t value);
void set_attribute(hid_t node, const std::string& name, std::int64_t value);
void set_attribute(hid_t node, const std::string& name, std::uint64_t value);
/// Changes the value of an attribute that the node has with the same type.
void change_attribute(hid_t node, const std::string& name, std::int32_t value);
/// Adds a list of strings; an empty list is a zero-length attribute.
void set_attribute(hid_t node, const std::string& name, const std::vector<std::string>& texts);
/// Adds strings of fixed length, as PyTables stores its own.
void set_fixed_attribute(hid_t node, const std::string& name, const std::string& text);
void set_fixed_attribute(hid_t node, const std::string& name, const std::vector<std::string>& texts);
/// Adds `_FillValue` = NaN with one element, as netCDF stores it.
void set_nan_fill_attribute(hid_t node);

/// Properties for writing values that pass through a conversion buffer: texts of any length, rows of a table. The
/// library clears the buffer at every write; clearing its default megabyte would cost more than the rest of a small
/// file. The buffer holds at least one value of `largest_value` bytes.
Handle small_transfer(std::size_t largest_value = 0);

/// Writes a scalar text of fixed length.
void write_text(hid_t parent, const std::string& name, const std::string& text);
/// Writes strings along one dimension. Requires at least one. The dataset can serve as a dimension scale.
Handle write_texts(hid_t parent, const std::string& name, const std::vector<std::string>& texts);
/// Checks that the library's `type` is the declared one. Throws Error otherwise.
void check_type(const FormatVariable& declared, hid_t type);

/// Writes a scalar within its object header.
Handle write_scalar(hid_t parent, const std::string& name, double value);

/// Makes a 1-D dataset the dimension of its own name.
void make_dimension(hid_t dataset, const std::string& name);
/// Creates a dimension without coordinates in netCDF's form.
Handle bare_dimension(hid_t parent, const std::string& name, hsize_t size);
void attach_dimensions(hid_t dataset, std::span<const hid_t> dimensions);

}  // namespace idlewatt::hdf5
