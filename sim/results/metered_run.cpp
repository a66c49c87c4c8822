#include "results/metered_run.hpp"

#include <cstring>

#include "results/bill_rows.hpp"
#include "results/read_file.hpp"

namespace idlewatt {
namespace {

using hdf5::Handle;

constexpr int128_t kFemto = 1'000'000'000'000'000;

template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  return std::string(field, strnlen(field, N));
}

Energy energy(std::int64_t joules, std::int64_t femtojoules) {
  return {static_cast<int128_t>(joules) * kFemto + femtojoules};
}

Meter read_meter(hid_t group) {
  Meter meter;
  meter.start_unix_s = hdf5::number_attribute<std::int64_t>(group, "start_unix_s");
  meter.interval = hdf5::number_attribute<std::int64_t>(group, "interval_ticks");
  meter.idle_waste_j = hdf5::number_attribute<double>(group, "idle_waste_j");
  meter.under_use_j = hdf5::number_attribute<double>(group, "under_use_j");
  meter.lower_bound_j = hdf5::number_attribute<double>(group, "lower_bound_j");
  meter.cache_j = hdf5::number_attribute<double>(group, "cache_j");
  for (const hdf5::IntervalRow& row :
       hdf5::read_table<hdf5::IntervalRow>(group, "intervals", hdf5::interval_columns())) {
    meter.ends.push_back(row.end_ticks);
    meter.owned.push_back(energy(row.owned_j, row.owned_fj));
    meter.rented.push_back(energy(row.rented_j, row.rented_fj));
  }
  const Handle name_type = hdf5::fixed_text_type(hdf5::kNameBytes);
  for (const hdf5::ServersRow& row :
       hdf5::read_table<hdf5::ServersRow>(group, "servers", hdf5::servers_columns(name_type.get()))) {
    meter.servers.push_back({.type = text_of(row.type),
                             .rented = row.rented != 0,
                             .count = row.count,
                             .rent_usd_per_h = row.rent_usd_per_h,
                             .increment = row.increment_ticks,
                             .minimum = row.minimum_ticks});
  }
  for (const hdf5::RentalRow& row : hdf5::read_table<hdf5::RentalRow>(group, "rentals", hdf5::rental_columns())) {
    if (row.servers < 0 || row.servers >= static_cast<std::int64_t>(meter.servers.size())) {
      throw OutputError("a rental of its bill is of no server");
    }
    meter.rentals.push_back(
        {.servers = row.servers, .used = row.used_ticks, .open = row.open != 0, .count = row.count});
  }
  return meter;
}

std::vector<std::shared_ptr<const TimeSeries>> read_series(hid_t group) {
  const Handle path_type = hdf5::fixed_text_type(hdf5::kPathBytes);
  const Handle column_type = hdf5::fixed_text_type(hdf5::kColumnBytes);
  const Handle unit_type = hdf5::fixed_text_type(hdf5::kUnitBytes);
  const auto values = hdf5::read_table<hdf5::ValueRow>(group, "values", hdf5::value_columns());
  std::vector<std::shared_ptr<const TimeSeries>> all;
  std::size_t from = 0;
  for (const hdf5::SeriesRow& row : hdf5::read_table<hdf5::SeriesRow>(
           group, "series", hdf5::series_columns(path_type.get(), column_type.get(), unit_type.get()))) {
    TimeSeries series{.path = text_of(row.path),
                      .column = text_of(row.column),
                      .unit = text_of(row.unit),
                      .start_unix_s = row.start_unix_s,
                      .step_s = static_cast<std::int32_t>(row.step_s)};
    const auto count = static_cast<std::size_t>(row.values);
    constexpr std::int64_t kLongestStep = 86400;
    if (row.values < 0 || count > values.size() - from || row.step_s < 60 || row.step_s > kLongestStep) {
      throw OutputError("a series of its bill is cut off");
    }
    for (const std::size_t end = from + count; from < end; ++from) {
      series.values.push_back(values[from].value);
    }
    all.push_back(std::make_shared<const TimeSeries>(std::move(series)));
  }
  return all;
}

std::vector<ProvenanceEntry> read_figures(hid_t provenance) {
  struct Row {
    char path[256] = {};
    double value = 0.0;
    double low = 0.0;
    double high = 0.0;
    char unit[32] = {};
    char status[32] = {};
  };
  const Handle path_type = hdf5::fixed_text_type(sizeof(Row::path));
  const Handle word_type = hdf5::fixed_text_type(sizeof(Row::unit));
  const std::vector<hdf5::Column> columns{{"path", "", offsetof(Row, path), path_type.get()},
                                          {"value", "", offsetof(Row, value), hdf5::native<double>()},
                                          {"low", "", offsetof(Row, low), hdf5::native<double>()},
                                          {"high", "", offsetof(Row, high), hdf5::native<double>()},
                                          {"unit", "", offsetof(Row, unit), word_type.get()},
                                          {"status", "", offsetof(Row, status), word_type.get()}};
  std::vector<ProvenanceEntry> figures;
  for (const Row& row : hdf5::read_table<Row>(provenance, "figures", columns)) {
    figures.push_back({.path = text_of(row.path),
                       .value = row.value,
                       .unit = text_of(row.unit),
                       .status = text_of(row.status),
                       .source = "",
                       .low = row.low,
                       .high = row.high});
  }
  return figures;
}

}  // namespace

MeteredRun read_metered_run(const std::string& path) {
  MeteredRun run;
  run.result = read_result(path);
  if (!run.result.complete) {
    throw InputError(
        path + ": is incomplete: the run was stopped, or is still going; `idlewatt recover` shows what is whole in it");
  }
  hdf5::reading(path, [&](hid_t file) {
    if (!hdf5::exists(file, "bill")) {
      throw InputError(path + ": holds no meters: an older idlewatt wrote it; expected a run of this one");
    }
    const Handle group = hdf5::open_group(file, "bill");
    run.meter = read_meter(group.get());
    run.site = hdf5::text_dataset(group.get(), "site");
    run.series = read_series(group.get());
    const Handle provenance = hdf5::open_group(file, "provenance");
    run.figures = read_figures(provenance.get());
    return 0;
  });
  return run;
}

}  // namespace idlewatt
