#include "results/node.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <hdf5_hl.h>
#include <limits>

#include "base/error.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr unsigned kInOrder = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
constexpr unsigned kGzipLevel = 4;
// Attributes stay in the object's header up to this number: the alternative costs kilobytes an object.
constexpr unsigned kCompactAttributes = 200;

Handle scalar_space() {
  return {H5Screate(H5S_SCALAR), H5Sclose, "H5Screate"};
}

void write_attribute(hid_t node, const std::string& name, hid_t type, hid_t space, const void* value) {
  const Handle attribute(H5Acreate2(node, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "H5Acreate2");
  if (value != nullptr) {
    check(H5Awrite(attribute.get(), type, value), "H5Awrite");
  }
}

/// Texts as wide as the longest of them, and at least a byte.
void write_fixed_list(hid_t node, const std::string& name, const std::vector<std::string>& texts,
                      Handle (*type_of_width)(std::size_t)) {
  std::size_t width = 1;
  for (const std::string& text : texts) {
    width = std::max(width, text.size());
  }
  std::vector<char> values(width * texts.size(), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::copy(texts[i].begin(), texts[i].end(), values.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  const std::array<hsize_t, 1> size{texts.size()};
  write_attribute(node, name, type_of_width(width).get(), simple_space(size).get(),
                  texts.empty() ? nullptr : values.data());
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> result;
  result.reserve(texts.size());
  for (const std::string& text : texts) {
    result.push_back(text.c_str());
  }
  return result;
}

}  // namespace

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "H5Tcopy");
  check(H5Tset_size(type.get(), H5T_VARIABLE), "H5Tset_size");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

Handle fixed_utf8_type(std::size_t size) {
  Handle type = fixed_text_type(size);
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

Handle fixed_text_type(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "H5Tcopy");
  check(H5Tset_size(type.get(), std::max<std::size_t>(size, 1)), "H5Tset_size");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "H5Tset_strpad");
  return type;
}

Handle create_group(hid_t parent, const std::string& name) {
  Handle properties(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "H5Pcreate");
  check(H5Pset_link_creation_order(properties.get(), kInOrder), "H5Pset_link_creation_order");
  check(H5Pset_attr_creation_order(properties.get(), kInOrder), "H5Pset_attr_creation_order");
  check(H5Pset_attr_phase_change(properties.get(), kCompactAttributes, 0), "H5Pset_attr_phase_change");
  check(H5Pset_obj_track_times(properties.get(), false), "H5Pset_obj_track_times");
  return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), H5Gclose, "H5Gcreate2"};
}

Handle open_group(hid_t parent, const std::string& name) {
  return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, "H5Gopen2"};
}

Handle dataset_properties() {
  Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "H5Pcreate");
  check(H5Pset_attr_creation_order(properties.get(), kInOrder), "H5Pset_attr_creation_order");
  check(H5Pset_attr_phase_change(properties.get(), kCompactAttributes, 0), "H5Pset_attr_phase_change");
  check(H5Pset_obj_track_times(properties.get(), false), "H5Pset_obj_track_times");
  return properties;
}

Handle simple_space(std::span<const hsize_t> sizes) {
  return {H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose, "H5Screate_simple"};
}

Handle create_dataset(hid_t parent, const std::string& name, hid_t type, hid_t space, hid_t properties) {
  return {H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose, "H5Dcreate2"};
}

Handle create_chunked_dataset(hid_t parent, const std::string& name, hid_t type, hid_t space, hid_t properties,
                              std::span<const hsize_t> chunk) {
  check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk");
  check(H5Pset_shuffle(properties), "H5Pset_shuffle");
  check(H5Pset_deflate(properties, kGzipLevel), "H5Pset_deflate");
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "H5Pcreate");
  check(H5Pset_chunk_cache(access.get(), 1, 0, 1.0), "H5Pset_chunk_cache");
  return {H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, properties, access.get()), H5Dclose, "H5Dcreate2"};
}

void set_attribute(hid_t node, const std::string& name, const std::string& text) {
  write_attribute(node, name, fixed_utf8_type(text.size()).get(), scalar_space().get(), text.c_str());
}

void set_attribute(hid_t node, const std::string& name, double value) {
  write_attribute(node, name, native<double>(), scalar_space().get(), &value);
}

void set_attribute(hid_t node, const std::string& name, std::int32_t value) {
  write_attribute(node, name, native<std::int32_t>(), scalar_space().get(), &value);
}

void change_attribute(hid_t node, const std::string& name, std::int32_t value) {
  const Handle attribute(H5Aopen(node, name.c_str(), H5P_DEFAULT), H5Aclose, "H5Aopen");
  check(H5Awrite(attribute.get(), native<std::int32_t>(), &value), "H5Awrite");
}

void set_attribute(hid_t node, const std::string& name, std::int64_t value) {
  write_attribute(node, name, native<std::int64_t>(), scalar_space().get(), &value);
}

void set_attribute(hid_t node, const std::string& name, std::uint64_t value) {
  write_attribute(node, name, native<std::uint64_t>(), scalar_space().get(), &value);
}

void set_attribute(hid_t node, const std::string& name, const std::vector<std::string>& texts) {
  write_fixed_list(node, name, texts, fixed_utf8_type);
}

void set_fixed_attribute(hid_t node, const std::string& name, const std::string& text) {
  write_attribute(node, name, fixed_text_type(text.size()).get(), scalar_space().get(), text.c_str());
}

void set_fixed_attribute(hid_t node, const std::string& name, const std::vector<std::string>& texts) {
  write_fixed_list(node, name, texts, fixed_text_type);
}

void set_nan_fill_attribute(hid_t node) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::array<hsize_t, 1> one{1};
  write_attribute(node, "_FillValue", native<double>(), simple_space(one).get(), &nan);
}

Handle small_transfer(std::size_t largest_value) {
  constexpr std::size_t kUsualBytes = 16 * 1024;
  Handle properties(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "H5Pcreate");
  check(H5Pset_buffer(properties.get(), std::max(kUsualBytes, largest_value), nullptr, nullptr), "H5Pset_buffer");
  return properties;
}

void write_text(hid_t parent, const std::string& name, const std::string& text) {
  const Handle type = fixed_utf8_type(text.size());
  const Handle dataset = create_dataset(parent, name, type.get(), scalar_space().get(), dataset_properties().get());
  check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.c_str()), "H5Dwrite");
}

Handle write_texts(hid_t parent, const std::string& name, const std::vector<std::string>& texts) {
  const Handle type = text_type();
  const std::array<hsize_t, 1> size{texts.size()};
  Handle dataset = create_dataset(parent, name, type.get(), simple_space(size).get(), dataset_properties().get());
  const std::vector<const char*> values = pointers(texts);
  check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, small_transfer().get(), values.data()), "H5Dwrite");
  return dataset;
}

void check_type(const FormatVariable& declared, hid_t type) {
  struct Known {
    const char* name;
    hid_t type;
  };
  for (const Known& known : {Known{"float64", native<double>()}, Known{"int8", native<std::int8_t>()},
                             Known{"int32", native<std::int32_t>()}, Known{"int64", native<std::int64_t>()},
                             Known{"uint64", native<std::uint64_t>()}}) {
    if (declared.type == known.name && check(H5Tequal(type, known.type), "H5Tequal") > 0) {
      return;
    }
  }
  if (declared.type != "text" || check(H5Tget_class(type), "H5Tget_class") != H5T_STRING) {
    throw Error(fmt::format("`{}` is written as another type than the declared {}", declared.name, declared.type));
  }
}

Handle write_scalar(hid_t parent, const std::string& name, double value) {
  const Handle properties = dataset_properties();
  check(H5Pset_layout(properties.get(), H5D_COMPACT), "H5Pset_layout");
  Handle dataset = create_dataset(parent, name, native<double>(), scalar_space().get(), properties.get());
  check(H5Dwrite(dataset.get(), native<double>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), "H5Dwrite");
  return dataset;
}

void make_dimension(hid_t dataset, const std::string& name) {
  check(H5DSset_scale(dataset, name.c_str()), "H5DSset_scale");
}

Handle bare_dimension(hid_t parent, const std::string& name, hsize_t size) {
  const std::array<hsize_t, 1> sizes{size};
  Handle dataset = create_dataset(parent, name, H5T_IEEE_F32BE, simple_space(sizes).get(), dataset_properties().get());
  make_dimension(dataset.get(), fmt::format("This is a netCDF dimension but not a netCDF variable.{:10d}", size));
  return dataset;
}

void attach_dimensions(hid_t dataset, std::span<const hid_t> dimensions) {
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    check(H5DSattach_scale(dataset, dimensions[i], static_cast<unsigned>(i)), "H5DSattach_scale");
  }
}

}  // namespace idlewatt::hdf5
