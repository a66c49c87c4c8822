#include "results/index.hpp"

#include <array>

#include "results/format.hpp"
#include "results/part_file.hpp"
#include "results/series_variable.hpp"
#include "results/summary_names.hpp"

namespace idlewatt {
namespace {

using namespace hdf5;

/// Texts as declared: a dimension's coordinates, or a variable along `dimension`.
Handle write_labels(hid_t parent, const std::string& name, const std::vector<std::string>& values,
                    hid_t dimension = H5I_INVALID_HID) {
  const FormatGroup& declared = format_group("index.h5");
  Handle dataset = write_texts(parent, name, values);
  if (dimension >= 0) {
    set_attribute(dataset.get(), "long_name", declared.variable(name).long_name);
    attach_dimensions(dataset.get(), std::array{dimension});
  } else {
    set_attribute(dataset.get(), "long_name", declared.dimension(name).long_name);
    make_dimension(dataset.get(), name);
  }
  return dataset;
}

void write_matrix(hid_t root, const std::vector<IndexEntry>& entries) {
  const FormatGroup& declared = format_group("index.h5");
  const Handle variant = write_labels(root, "variant", texts(entries, [](const IndexEntry& e) { return e.variant; }));
  const Handle measure = write_labels(root, "measure", texts(measures(), [](const Measure& m) { return m.name; }));
  write_labels(root, "file", texts(entries, [](const IndexEntry& e) { return e.file; }), variant.get());
  write_labels(root, "scenario", texts(entries, [](const IndexEntry& e) { return e.scenario; }), variant.get());
  write_labels(root, "label", texts(measures(), [](const Measure& m) { return m.label; }), measure.get());
  write_labels(root, "unit", texts(measures(), [](const Measure& m) { return m.unit; }), measure.get());
  write_labels(root, "better", texts(measures(), [](const Measure& m) { return better_name(m.better); }),
               measure.get());

  std::vector<std::uint64_t> seeds;
  std::vector<double> values;
  for (const IndexEntry& entry : entries) {
    seeds.push_back(entry.seed);
    for (const Measure& one : measures()) {
      values.push_back(one.get(entry.summary));
    }
  }
  const std::array<hsize_t, 2> size{entries.size(), measures().size()};
  const Handle seed = create_dataset(root, "seed", native<std::uint64_t>(),
                                     simple_space(std::span(size).first(1)).get(), dataset_properties().get());
  set_attribute(seed.get(), "long_name", declared.variable("seed").long_name);
  attach_dimensions(seed.get(), std::array{variant.get()});
  check(H5Dwrite(seed.get(), native<std::uint64_t>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, seeds.data()), "H5Dwrite");

  const Handle summary =
      create_dataset(root, "summary", native<double>(), simple_space(size).get(), dataset_properties().get());
  set_nan_fill_attribute(summary.get());
  set_attribute(summary.get(), "long_name", declared.variable("summary").long_name);
  attach_dimensions(summary.get(), std::array{variant.get(), measure.get()});
  check(H5Dwrite(summary.get(), native<double>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dwrite");
}

}  // namespace

void write_index(const std::string& path, const std::string& title, const std::vector<IndexEntry>& entries) {
  writing(path, [&] {
    PartFile file(path);
    set_attribute(file.get(), "Conventions", "CF-1.10");
    set_attribute(file.get(), "title", title);
    set_attribute(file.get(), "format_version", kFormatVersion);
    // A dimension of size 0 means "unlimited" to netCDF, so an index of nothing holds nothing.
    if (!entries.empty()) {
      write_matrix(file.get(), entries);
    }
    file.publish();
  });
}

}  // namespace idlewatt
