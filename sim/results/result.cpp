#include "results/result.hpp"

#include <limits>

#include "results/format.hpp"
#include "results/index.hpp"
#include "results/node.hpp"
#include "results/read_file.hpp"
#include "results/summary_group.hpp"
#include "base/error.hpp"

namespace idlewatt {
namespace {

using hdf5::check;
using hdf5::Handle;

using hdf5::check_version;
using hdf5::number_attribute;
using hdf5::reading;
using hdf5::taken;
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

Result read_result(const std::string& path) {
  return reading(path, [](hid_t file) {
    check_version(file);
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
  });
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
  hdf5::prepare_library();
  try {
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "H5Fopen");
    return check(H5Lexists(file.get(), "timeseries", H5P_DEFAULT), "H5Lexists") > 0;
  } catch (const OutputError&) {
    return true;
  }
}

std::vector<std::string> read_index_files(const std::string& path) {
  return reading(path, [](hid_t file) {
    if (check(H5Lexists(file, "file", H5P_DEFAULT), "H5Lexists") == 0) {
      return std::vector<std::string>{};
    }
    const Handle data(H5Dopen2(file, "file", H5P_DEFAULT), H5Dclose, "H5Dopen2");
    const Handle type(H5Dget_type(data.get()), H5Tclose, "H5Dget_type");
    if (check(H5Tis_variable_str(type.get()), "H5Tis_variable_str") == 0) {
      throw OutputError("it is no index of runs");
    }
    const Handle space(H5Dget_space(data.get()), H5Sclose, "H5Dget_space");
    std::vector<char*> texts(static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space.get()), "size")));
    check(H5Dread(data.get(), hdf5::text_type().get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "H5Dread");
    return taken(texts);
  });
}

NumberArray read_numbers(const std::string& path, const std::string& dataset) {
  return reading(path, [&](hid_t file) {
    const Handle data(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose, "H5Dopen2");
    const Handle space(H5Dget_space(data.get()), H5Sclose, "H5Dget_space");
    std::vector<hsize_t> size(static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space.get()), "rank")));
    check(H5Sget_simple_extent_dims(space.get(), size.data(), nullptr), "H5Sget_simple_extent_dims");
    NumberArray result;
    std::size_t count = 1;
    for (const hsize_t length : size) {
      result.shape.push_back(static_cast<std::size_t>(length));
      count *= static_cast<std::size_t>(length);
    }
    result.values.resize(count);
    if (count > 0) {
      check(H5Dread(data.get(), hdf5::native<double>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, result.values.data()),
            "H5Dread");
    }
    return result;
  });
}

}  // namespace idlewatt
