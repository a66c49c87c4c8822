#include "results/series_variable.hpp"

#include <limits>

namespace idlewatt::hdf5 {
namespace {

// Wide rows (a fleet of thousands of servers) are cut, so that reading one server does not unpack them all.
constexpr hsize_t kWidestChunk = 256;

}  // namespace

Handle create_series(hid_t group, const FormatVariable& declared, hid_t type, std::span<const DimensionRef> row,
                     hsize_t chunk_rows) {
  check_type(declared, type);
  std::vector<hsize_t> size{0};
  std::vector<hsize_t> largest{H5S_UNLIMITED};
  std::vector<hsize_t> chunk{chunk_rows};
  for (const DimensionRef& dimension : row) {
    size.push_back(dimension.size);
    largest.push_back(dimension.size);
    chunk.push_back(std::min(dimension.size, kWidestChunk));
  }
  const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), largest.data()), H5Sclose,
                     "H5Screate_simple");
  const Handle properties = dataset_properties();
  const bool real = check(H5Tequal(type, H5T_NATIVE_DOUBLE), "H5Tequal") > 0;
  if (real) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    check(H5Pset_fill_value(properties.get(), type, &nan), "H5Pset_fill_value");
  }
  Handle dataset = create_chunked_dataset(group, declared.name, type, space.get(), properties.get(), chunk);
  if (real) {
    set_nan_fill_attribute(dataset.get());
  }
  if (!declared.units.empty()) {
    set_attribute(dataset.get(), "units", declared.units);
  }
  if (!declared.long_name.empty()) {
    set_attribute(dataset.get(), "long_name", declared.long_name);
  }
  if (!declared.cell_methods.empty()) {
    set_attribute(dataset.get(), "cell_methods", declared.cell_methods);
  }
  return dataset;
}

void write_rows(hid_t dataset, hid_t type, hsize_t from, hsize_t rows, const void* values) {
  std::vector<hsize_t> size;
  {
    const Handle space(H5Dget_space(dataset), H5Sclose, "H5Dget_space");
    size.resize(static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space.get()), "rank")));
    check(H5Sget_simple_extent_dims(space.get(), size.data(), nullptr), "H5Sget_simple_extent_dims");
  }
  size[0] = from + rows;
  check(H5Dset_extent(dataset, size.data()), "H5Dset_extent");

  std::vector<hsize_t> start(size.size(), 0);
  start[0] = from;
  size[0] = rows;
  const Handle memory = simple_space(size);
  const Handle file(H5Dget_space(dataset), H5Sclose, "H5Dget_space");
  check(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr),
        "H5Sselect_hyperslab");
  check(H5Dwrite(dataset, type, memory.get(), file.get(), small_transfer(H5Tget_size(type)).get(), values), "H5Dwrite");
}

}  // namespace idlewatt::hdf5
