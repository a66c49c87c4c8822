#include "results/result.hpp"

#include <limits>

#include "base/error.hpp"
#include "results/index.hpp"
#include "results/node.hpp"
#include "results/read_file.hpp"
#include "results/summary_group.hpp"

namespace idlewatt {
namespace {

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

std::vector<IndexedRun> read_index(const std::string& path) {
  return reading(path, [](hid_t file) {
    std::vector<IndexedRun> runs;
    if (!hdf5::exists(file, "file")) {
      return runs;
    }
    const std::vector<std::string> files = hdf5::text_list_dataset(file, "file");
    const std::vector<std::string> scenarios = hdf5::text_list_dataset(file, "scenario");
    if (files.size() != scenarios.size()) {
      throw OutputError("its lists of files and of scenarios differ in length");
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      runs.push_back({files[i], scenarios[i]});
    }
    return runs;
  });
}

NumberArray read_numbers(const std::string& path, const std::string& dataset, Unsealed unsealed) {
  return reading(
      path, [&](hid_t file) { return hdf5::numbers(file, dataset.c_str()); }, unsealed);
}

}  // namespace idlewatt
