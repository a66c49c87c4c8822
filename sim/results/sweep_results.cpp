#include "results/sweep_results.hpp"

#include <array>
#include <charconv>
#include <span>

#include "results/format.hpp"
#include "results/node.hpp"
#include "results/part_file.hpp"
#include "results/summary_names.hpp"

namespace idlewatt {
namespace {

using namespace hdf5;

/// A column of text along a dimension.
void write_column(hid_t root, const std::string& name, const std::vector<std::string>& values, hid_t dimension,
                  const std::string& long_name) {
  const Handle dataset = write_texts(root, name, values);
  set_attribute(dataset.get(), "long_name", long_name);
  attach_dimensions(dataset.get(), std::array{dimension});
}

template <class T>
void write_numbers(hid_t root, const std::string& name, const std::vector<T>& values, std::span<const hid_t> dimensions,
                   std::span<const hsize_t> sizes, const std::string& long_name) {
  const Handle dataset = create_dataset(root, name, native<T>(), simple_space(sizes).get(), dataset_properties().get());
  if constexpr (std::is_same_v<T, double>) {
    set_nan_fill_attribute(dataset.get());
  }
  set_attribute(dataset.get(), "long_name", long_name);
  attach_dimensions(dataset.get(), dimensions);
  check(H5Dwrite(dataset.get(), native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dwrite");
}

Handle write_dimension(hid_t root, const std::string& name, const std::vector<std::string>& values,
                       const std::string& long_name) {
  Handle dataset = write_texts(root, name, values);
  set_attribute(dataset.get(), "long_name", long_name);
  make_dimension(dataset.get(), name);
  return dataset;
}

/// "/" divides groups in HDF5.
std::string axis_name(const std::string& name) {
  std::string result = "axis_" + name;
  for (char& c : result) {
    c = c == '/' ? '_' : c;
  }
  return result;
}

void write_axes(hid_t root, const SweepResults& results, hid_t configuration) {
  const std::array<hsize_t, 1> size{results.configurations.size()};
  for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
    const std::string name = axis_name(results.axes[axis]);
    std::vector<double> numbers;
    if (numeric_axis(results, axis, numbers)) {
      write_numbers(root, name, numbers, std::array{configuration}, size, results.axes[axis]);
    } else {
      write_column(root, name,
                   texts(results.configurations, [&](const SweepConfiguration& c) { return c.labels[axis]; }),
                   configuration, results.axes[axis]);
    }
  }
}

void write_all(hid_t root, const SweepResults& results) {
  const Handle configuration = write_dimension(root, "configuration",
                                               texts(results.configurations,
                                                     [&](const SweepConfiguration& c) {
                                                       std::string name;
                                                       for (const std::string& label : c.labels) {
                                                         name += (name.empty() ? "" : " ") + label;
                                                       }
                                                       return name;
                                                     }),
                                               "one choice on each axis");
  const Handle run = write_dimension(root, "run", texts(results.runs, [](const SweepRun& r) { return r.name; }),
                                     "a configuration with a seed");
  const Handle measure = write_dimension(root, "measure", texts(measures(), [](const Measure& m) { return m.name; }),
                                         "measure of the summary");
  write_axes(root, results, configuration.get());
  write_column(root, "label", texts(measures(), [](const Measure& m) { return m.label; }), measure.get(),
               "what to call a measure");
  write_column(root, "unit", texts(measures(), [](const Measure& m) { return m.unit; }), measure.get(),
               "unit of a measure");
  write_column(root, "better", texts(measures(), [](const Measure& m) { return better_name(m.better); }), measure.get(),
               "whether lower or higher values are better");
  write_column(root, "run_id", texts(results.runs, [](const SweepRun& r) { return r.id; }), run.get(),
               "stays when the grid grows");
  write_column(root, "run_file", texts(results.runs, [](const SweepRun& r) { return r.file; }), run.get(),
               "result file, relative to this one");

  std::vector<std::int64_t> counts;
  std::vector<double> mean;
  std::vector<double> ci95;
  for (const SweepConfiguration& c : results.configurations) {
    counts.push_back(static_cast<std::int64_t>(c.runs));
    mean.insert(mean.end(), c.mean.begin(), c.mean.end());
    ci95.insert(ci95.end(), c.ci95.begin(), c.ci95.end());
  }
  std::vector<std::uint64_t> seeds;
  std::vector<std::int64_t> configurations;
  std::vector<double> values;
  for (const SweepRun& r : results.runs) {
    seeds.push_back(r.seed);
    configurations.push_back(static_cast<std::int64_t>(r.configuration));
    for (const Measure& m : measures()) {
      values.push_back(m.get(r.summary));
    }
  }
  const std::array<hsize_t, 2> by_configuration{results.configurations.size(), measures().size()};
  const std::array<hsize_t, 2> by_run{results.runs.size(), measures().size()};
  const std::array dimensions{configuration.get(), measure.get()};
  const std::array run_dimensions{run.get(), measure.get()};
  write_numbers(root, "runs", counts, std::span(dimensions).first(1), std::span(by_configuration).first(1),
                "runs, one a seed, that mean and ci95 are of");
  write_numbers(root, "mean", mean, dimensions, by_configuration, "mean over the seeds, each in its own unit");
  write_numbers(root, "ci95", ci95, dimensions, by_configuration,
                "half the width of the 95 % confidence interval of the mean (Student)");
  write_numbers(root, "run_seed", seeds, std::span(run_dimensions).first(1), std::span(by_run).first(1), "seed");
  write_numbers(root, "run_configuration", configurations, std::span(run_dimensions).first(1),
                std::span(by_run).first(1), "index of the run's configuration");
  write_numbers(root, "value", values, run_dimensions, by_run, "measures of every run, each in its own unit");
}

}  // namespace

bool numeric_axis(const SweepResults& results, std::size_t axis, std::vector<double>& numbers) {
  numbers.clear();
  for (const SweepConfiguration& configuration : results.configurations) {
    const std::string& label = configuration.labels[axis];
    double value = 0.0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), value);
    if (error != std::errc() || end != label.data() + label.size()) {
      return false;
    }
    numbers.push_back(value);
  }
  return true;
}

void write_sweep_results(const std::string& path, const SweepResults& results) {
  writing(path, [&] {
    PartFile file(path);
    set_attribute(file.get(), "Conventions", "CF-1.10");
    set_attribute(file.get(), "title", results.title);
    set_attribute(file.get(), "format_version", kFormatVersion);
    set_attribute(file.get(), "axes", results.axes);
    // A dimension of size 0 means "unlimited" to netCDF, so the results of nothing hold nothing.
    if (!results.runs.empty()) {
      write_all(file.get(), results);
    }
    file.publish();
  });
}

}  // namespace idlewatt
