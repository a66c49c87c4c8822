#include "results/bill_group.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

#include "base/error.hpp"
#include "results/bill_rows.hpp"
#include "results/format.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr int128_t kFemto = 1'000'000'000'000'000;
constexpr hsize_t kFewRows = 64;
constexpr hsize_t kManyRows = 4096;

/// One table below /bill, with all its rows.
template <class Row>
void write_table(hid_t group, const std::string& name, const std::string& title, std::vector<Column> columns,
                 const std::vector<Row>& rows, hsize_t chunk_rows) {
  if (rows.empty()) {
    return;
  }
  columns = as_declared(format_group("/bill/" + name), std::move(columns));
  Table table(group, name, title, columns, sizeof(Row), rows_per_chunk_of_whole(rows.size(), chunk_rows));
  table.append(rows.data(), rows.size());
}

template <std::size_t N>
void put(char (&field)[N], const std::string& text) {
  if (text.size() > N) {
    throw OutputError(fmt::format("the name `{}` is longer than {} bytes", text, N));
  }
  std::copy(text.begin(), text.end(), field);
}

void write_intervals(hid_t group, const Meter& meter) {
  std::vector<IntervalRow> rows;
  for (std::size_t i = 0; i < meter.ends.size(); ++i) {
    const int128_t owned = meter.owned[i].fj;
    const int128_t rented = meter.rented[i].fj;
    rows.push_back({.end_ticks = meter.ends[i],
                    .owned_j = static_cast<std::int64_t>(owned / kFemto),
                    .owned_fj = static_cast<std::int64_t>(owned % kFemto),
                    .rented_j = static_cast<std::int64_t>(rented / kFemto),
                    .rented_fj = static_cast<std::int64_t>(rented % kFemto)});
  }
  write_table(group, "intervals", "energy by accounting interval", interval_columns(), rows, kManyRows);
}

void write_servers(hid_t group, const Meter& meter) {
  std::vector<ServersRow> servers;
  for (const MeteredServers& metered : meter.servers) {
    ServersRow& row = servers.emplace_back();
    put(row.type, metered.type);
    row.rented = metered.rented ? 1 : 0;
    row.count = metered.count;
    row.rent_usd_per_h = metered.rent_usd_per_h;
    row.increment_ticks = metered.increment;
    row.minimum_ticks = metered.minimum;
  }
  write_table(group, "servers", "servers by type and ownership", servers_columns(fixed_text_type(kNameBytes).get()),
              servers, kFewRows);
  std::vector<RentalRow> rentals;
  for (const Rental& rental : meter.rentals) {
    RentalRow& row = rentals.emplace_back();
    row.servers = rental.servers;
    row.used_ticks = rental.used;
    row.open = rental.open ? 1 : 0;
    row.count = rental.count;
  }
  write_table(group, "rentals", "rentals of equal length", rental_columns(), rentals, kManyRows);
}

void write_series(hid_t group, const Meter& meter, const Tariff& tariff) {
  const auto end = meter.start_unix_s + static_cast<std::int64_t>(std::ceil(to_seconds(meter.horizon())));
  std::vector<SeriesRow> series;
  std::vector<ValueRow> values;
  for (const auto& used : series_of(tariff)) {
    const TimeSeries part = used->cut(meter.start_unix_s, end);
    SeriesRow& row = series.emplace_back();
    put(row.path, part.path);
    put(row.column, part.column);
    put(row.unit, part.unit);
    row.start_unix_s = part.start_unix_s;
    row.step_s = part.step_s;
    row.values = static_cast<std::int64_t>(part.values.size());
    for (const double value : part.values) {
      values.push_back({value});
    }
  }
  const Handle path_type = fixed_text_type(kPathBytes);
  const Handle column_type = fixed_text_type(kColumnBytes);
  const Handle unit_type = fixed_text_type(kUnitBytes);
  write_table(group, "series", "values over time, in the time of the run",
              series_columns(path_type.get(), column_type.get(), unit_type.get()), series, kFewRows);
  write_table(group, "values", "values of the series", value_columns(), values, kManyRows);
}

}  // namespace

void write_bill(hid_t parent, const Meter& meter, const Tariff& tariff, const std::string& site) {
  const Handle group = create_group(parent, "bill");
  set_attribute(group.get(), "start_unix_s", meter.start_unix_s);
  set_attribute(group.get(), "interval_ticks", std::int64_t{meter.interval});
  set_attribute(group.get(), "idle_waste_j", meter.idle_waste_j);
  set_attribute(group.get(), "under_use_j", meter.under_use_j);
  set_attribute(group.get(), "lower_bound_j", meter.lower_bound_j);
  set_attribute(group.get(), "cache_j", meter.cache_j);
  write_text(group.get(), "site", site);
  write_intervals(group.get(), meter);
  write_servers(group.get(), meter);
  write_series(group.get(), meter, tariff);
}

}  // namespace idlewatt::hdf5
