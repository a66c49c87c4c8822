// Groups, datasets, attributes and dimension scales as netCDF wants them. Internal to results/: needs hdf5.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "results/format.hpp"
#include "results/handle.hpp"

namespace idlewatt::hdf5 {

/// The library's name for a C++ type.
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

/// UTF-8 of any length: what both xarray engines decode to str.
Handle text_type();
/// Zero-padded, `size` bytes (at least one), ASCII: what PyTables reads.
Handle fixed_text_type(std::size_t size);
/// The same in UTF-8. What a reader of ours takes from a file is of fixed length: texts of any length stand in heaps
/// within the file, in which the library trusts every length that it finds.
Handle fixed_utf8_type(std::size_t size);

Handle create_group(hid_t parent, const std::string& name);
Handle open_group(hid_t parent, const std::string& name);

/// Creation properties of a dataset: no times, attributes in order and inside its header.
Handle dataset_properties();

Handle simple_space(std::span<const hsize_t> sizes);
Handle create_dataset(hid_t parent, const std::string& name, hid_t type, hid_t space, hid_t properties);
/// The same with shuffle, gzip 4 and no cache of chunks: for writers that hand over whole chunks.
Handle create_chunked_dataset(hid_t parent, const std::string& name, hid_t type, hid_t space, hid_t properties,
                              std::span<const hsize_t> chunk);

/// Gives a node an attribute that it does not have.
void set_attribute(hid_t node, const std::string& name, const std::string& text);
void set_attribute(hid_t node, const std::string& name, double value);
void set_attribute(hid_t node, const std::string& name, std::int32_t value);
void set_attribute(hid_t node, const std::string& name, std::int64_t value);
void set_attribute(hid_t node, const std::string& name, std::uint64_t value);
/// Gives an attribute that the node has another value of the same type.
void change_attribute(hid_t node, const std::string& name, std::int32_t value);
/// A list of strings; an empty list is a zero-length attribute.
void set_attribute(hid_t node, const std::string& name, const std::vector<std::string>& texts);
/// Strings as PyTables stores its own: of fixed length.
void set_fixed_attribute(hid_t node, const std::string& name, const std::string& text);
void set_fixed_attribute(hid_t node, const std::string& name, const std::vector<std::string>& texts);
/// `_FillValue` = NaN, with one element, as netCDF has it.
void set_nan_fill_attribute(hid_t node);

/// For writing values that pass through a conversion buffer: texts of any length, rows of a table. The library clears
/// it at every write, all of its default megabyte, which cost more than the rest of a small file. One value must fit.
Handle small_transfer(std::size_t largest_value = 0);

/// A scalar of text, of fixed length.
void write_text(hid_t parent, const std::string& name, const std::string& text);
/// Strings along one dimension, not empty. The dataset can serve as a dimension scale.
Handle write_texts(hid_t parent, const std::string& name, const std::vector<std::string>& texts);
/// Throws Error unless the library's `type` is the one that was declared.
void check_type(const FormatVariable& declared, hid_t type);

/// A scalar in its own header.
Handle write_scalar(hid_t parent, const std::string& name, double value);

/// Turns a 1-D dataset into the dimension of its own name.
void make_dimension(hid_t dataset, const std::string& name);
/// A dimension without coordinates, in netCDF's way of saying so.
Handle bare_dimension(hid_t parent, const std::string& name, hsize_t size);
void attach_dimensions(hid_t dataset, std::span<const hid_t> dimensions);

}  // namespace idlewatt::hdf5
