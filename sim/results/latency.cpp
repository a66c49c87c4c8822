#include "results/latency.hpp"

#include <array>
#include <map>

#include "results/format.hpp"
#include "results/si.hpp"

namespace idlewatt::hdf5 {
namespace {

template <class T>
void write_numbers(hid_t group, const char* name, const std::vector<T>& values, std::span<const hsize_t> size,
                   std::span<const hid_t> dimensions) {
  const FormatVariable& declared = format_group("/latency").variable(name);
  const Handle dataset =
      create_dataset(group, declared.name, native<T>(), simple_space(size).get(), dataset_properties().get());
  set_attribute(dataset.get(), "units", declared.units);
  set_attribute(dataset.get(), "long_name", declared.long_name);
  attach_dimensions(dataset.get(), dimensions);
  check(H5Dwrite(dataset.get(), native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dwrite");
}

}  // namespace

void write_latencies(hid_t parent, const std::vector<LatencyHistogram>& histograms) {
  std::map<Ticks, Ticks> grid;  // lower edge -> upper edge
  for (const LatencyHistogram& histogram : histograms) {
    for (const LatencyHistogram::Bin& bin : histogram.bins) {
      grid.emplace(bin.from, bin.to);
    }
  }
  if (grid.empty()) {
    return;
  }
  std::vector<double> from;
  std::vector<double> to;
  std::map<Ticks, std::size_t> place;
  for (const auto& [lower, upper] : grid) {
    place.emplace(lower, from.size());
    from.push_back(seconds(lower));
    to.push_back(seconds(upper));
  }
  std::vector<std::int64_t> requests(histograms.size() * from.size(), 0);
  std::vector<std::string> names;
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    names.push_back(histograms[i].name);
    labels.push_back(histograms[i].label);
    for (const LatencyHistogram::Bin& bin : histograms[i].bins) {
      requests[i * from.size() + place.at(bin.from)] = bin.requests;
    }
  }

  const FormatGroup& declared = format_group("/latency");
  const Handle group = create_group(parent, "latency");
  const Handle latency = write_texts(group.get(), "latency", names);
  make_dimension(latency.get(), "latency");
  set_attribute(latency.get(), "long_name", declared.dimension("latency").long_name);
  const Handle label = write_texts(group.get(), "label", labels);
  set_attribute(label.get(), "long_name", declared.variable("label").long_name);
  attach_dimensions(label.get(), std::array{latency.get()});
  const Handle bin = bare_dimension(group.get(), "bin", from.size());
  const std::array<hsize_t, 2> size{histograms.size(), from.size()};
  const std::array<hid_t, 2> dimensions{latency.get(), bin.get()};
  write_numbers(group.get(), "from_s", from, std::span(size).last(1), std::span(dimensions).last(1));
  write_numbers(group.get(), "to_s", to, std::span(size).last(1), std::span(dimensions).last(1));
  write_numbers(group.get(), "requests", requests, size, dimensions);
}

}  // namespace idlewatt::hdf5
