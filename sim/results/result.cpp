#include "results/result.hpp"

#include <limits>

#include "base/error.hpp"
#include "results/index.hpp"
#include "results/node.hpp"
#include "results/read_file.hpp"
#include "results/summary_group.hpp"

namespace idlewatt {
namespace {

using hdf5::check;
using hdf5::Handle;
using hdf5::number_attribute;
using hdf5::reading;
using hdf5::text_attribute;
using hdf5::text_list_attribute;

Summary unknown_summary() {
  Summary summary;
  for (const Measure& measure : measures()) {
    measure.set(summary, std::numeric_limits<double>::quiet_NaN());
  }
  return summary;
}

}  // namespace

void prepare_result_files() {
  hdf5::prepare_library();
}

Result read_result(const std::string& path, Unsealed unsealed) {
  return reading(
      path,
      [](hid_t file) {
        if (!hdf5::exists(file, "timeseries")) {
          throw OutputError("it holds no run");
        }
        Result result;
        result.complete = number_attribute<std::int32_t>(file, "complete") == 1;
        result.title = text_attribute(file, "title");
        result.variant = text_attribute(file, "variant");
        result.seed = number_attribute<std::uint64_t>(file, "seed");
        result.version = text_attribute(file, "idlewatt_version");
        result.scenario_hash = text_attribute(file, "scenario_hash");
        const Handle provenance = hdf5::open_group(file, "provenance");
        result.overrides = text_list_attribute(provenance.get(), "overrides");
        result.summary = result.complete ? hdf5::read_summary(file) : unknown_summary();
        return result;
      },
      unsealed);
}

std::string fingerprint_of_complete(const std::string& path) {
  try {
    return reading(path, [](hid_t file) {
      const bool complete = number_attribute<std::int32_t>(file, "complete") == 1;
      return complete ? text_attribute(file, "scenario_hash") : std::string();
    });
  } catch (const Error&) {
    return {};
  }
}

bool is_complete_result(const std::string& path) {
  try {
    return read_result(path).complete;
  } catch (const Error&) {
    return false;
  }
}

bool has_series(const std::string& path) {
  try {
    return reading(path, [](hid_t file) { return hdf5::exists(file, "timeseries"); });
  } catch (const InputError&) {
    return true;
  }
}

std::vector<std::string> read_index_files(const std::string& path) {
  return reading(path, [](hid_t file) {
    return hdf5::exists(file, "file") ? hdf5::text_list_dataset(file, "file") : std::vector<std::string>{};
  });
}

NumberArray read_numbers(const std::string& path, const std::string& dataset, Unsealed unsealed) {
  return reading(
      path,
      [&](hid_t file) {
        const char* name = dataset.c_str();
        const Handle data(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name);
        const Handle type(H5Dget_type(data.get()), H5Tclose, name);
        const H5T_class_t found = H5Tget_class(type.get());
        NumberArray result;
        result.values.resize(hdf5::checked_size(data.get(), found == H5T_INTEGER ? found : H5T_FLOAT, -1, name));
        const Handle space(H5Dget_space(data.get()), H5Sclose, name);
        std::vector<hsize_t> size(static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space.get()), name)));
        check(H5Sget_simple_extent_dims(space.get(), size.data(), nullptr), name);
        result.shape.assign(size.begin(), size.end());
        if (!result.values.empty()) {
          check(H5Dread(data.get(), hdf5::native<double>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, result.values.data()), name);
        }
        return result;
      },
      unsealed);
}

}  // namespace idlewatt
