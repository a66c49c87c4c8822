#include "results/series_group.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <fmt/core.h>

#include "results/si.hpp"

namespace idlewatt::hdf5 {
namespace {

/// Simulated time 0 as CF writes it: "seconds since 2024-03-01 00:00:00".
std::string time_units(std::int64_t start_unix_s) {
  using namespace std::chrono;
  const sys_seconds start{std::chrono::seconds{start_unix_s}};
  const sys_days day = floor<days>(start);
  const year_month_day date{day};
  const hh_mm_ss clock{start - day};
  return fmt::format("seconds since {:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace

hsize_t rows_per_chunk(std::uint64_t bins, std::uint64_t row_values) {
  constexpr std::uint64_t shortest = 256;
  constexpr std::uint64_t longest = 4096;
  constexpr std::uint64_t memory = 64'000'000;
  const std::uint64_t wanted = std::clamp(std::bit_ceil(bins / 48 + 1), shortest, longest);
  const std::uint64_t affordable = std::bit_floor(std::max<std::uint64_t>(memory / (8 * row_values), 1));
  const std::uint64_t used = std::bit_ceil(bins + 1);  // a chunk is packed whole, however little is in it
  return std::min({wanted, affordable, used});
}

SeriesGroup::SeriesGroup(hid_t parent, std::string_view path, std::int64_t start_unix_s, hsize_t chunk_rows)
    : format_(&format_group(path)), chunk_rows_(chunk_rows), group_(create_group(parent, std::string(path.substr(1)))) {
  const FormatDimension& time = format_->dimension("time");
  time_ = {group_.get(),
           {.name = time.name,
            .dimensions = {},
            .type = time.type,
            .units = time_units(start_unix_s),
            .cell_methods = "",
            .long_name = time.long_name},
           {},
           chunk_rows_};
  set_attribute(time_.dataset(), "standard_name", "time");
  set_attribute(time_.dataset(), "calendar", "standard");
  set_attribute(time_.dataset(), "axis", "T");
  set_attribute(time_.dataset(), "bounds", "time_bnds");
  make_dimension(time_.dataset(), "time");

  constexpr hsize_t ends = 2;
  dimensions_.emplace("nv", std::pair(bare_dimension(group_.get(), "nv", ends), ends));
  time_bounds_ = variable<double>("time_bnds");
}

void SeriesGroup::add_labels(std::string_view dimension, const std::vector<std::string>& texts) {
  const FormatDimension& declared = format_->dimension(dimension);
  Handle dataset = write_texts(group_.get(), declared.name, texts);
  make_dimension(dataset.get(), declared.name);
  set_attribute(dataset.get(), "long_name", declared.long_name);
  dimensions_.emplace(declared.name, std::pair(std::move(dataset), static_cast<hsize_t>(texts.size())));
}

std::vector<DimensionRef> SeriesGroup::row_of(const FormatVariable& declared) const {
  std::vector<DimensionRef> row;
  for (const std::string& name : declared.dimensions) {
    if (name != "time") {
      const auto& [handle, size] = dimensions_.at(name);
      row.push_back({handle.get(), size});
    }
  }
  return row;
}

void SeriesGroup::attach(hid_t dataset, const FormatVariable& declared) const {
  std::vector<hid_t> scales{time_.dataset()};
  for (const DimensionRef& dimension : row_of(declared)) {
    scales.push_back(dimension.scale);
  }
  attach_dimensions(dataset, scales);
}

bool SeriesGroup::add_bin(Ticks from, Ticks to) {
  time_.push(seconds(from));
  time_bounds_.push(seconds(from));
  time_bounds_.push(seconds(to));
  return ++waiting_ == chunk_rows_;
}

}  // namespace idlewatt::hdf5
