// Rows of the tables below /bill, for writing and reading. Internal to results/: needs hdf5.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "results/table.hpp"

namespace idlewatt::hdf5 {

struct IntervalRow {
  std::int64_t end_ticks = 0;
  std::int64_t owned_j = 0;
  std::int64_t owned_fj = 0;
  std::int64_t rented_j = 0;
  std::int64_t rented_fj = 0;
};

inline std::vector<Column> interval_columns() {
  return {{"end_ticks", "", offsetof(IntervalRow, end_ticks), native<std::int64_t>()},
          {"owned_j", "", offsetof(IntervalRow, owned_j), native<std::int64_t>()},
          {"owned_fj", "", offsetof(IntervalRow, owned_fj), native<std::int64_t>()},
          {"rented_j", "", offsetof(IntervalRow, rented_j), native<std::int64_t>()},
          {"rented_fj", "", offsetof(IntervalRow, rented_fj), native<std::int64_t>()}};
}

/// The lengths in bytes to which names of servers, and paths, are cut.
inline constexpr std::size_t kNameBytes = 64;
inline constexpr std::size_t kPathBytes = 512;

struct ServersRow {
  char type[kNameBytes] = {};
  std::int8_t rented = 0;
  std::int64_t count = 0;
  double rent_usd_per_h = 0.0;
  std::int64_t increment_ticks = 0;
  std::int64_t minimum_ticks = 0;
};

inline std::vector<Column> servers_columns(hid_t name_type) {
  return {{"type", "", offsetof(ServersRow, type), name_type},
          {"rented", "", offsetof(ServersRow, rented), native<std::int8_t>()},
          {"count", "", offsetof(ServersRow, count), native<std::int64_t>()},
          {"rent_usd_per_h", "", offsetof(ServersRow, rent_usd_per_h), native<double>()},
          {"increment_ticks", "", offsetof(ServersRow, increment_ticks), native<std::int64_t>()},
          {"minimum_ticks", "", offsetof(ServersRow, minimum_ticks), native<std::int64_t>()}};
}

struct RentalRow {
  std::int64_t servers = 0;
  std::int64_t used_ticks = 0;
  std::int8_t open = 0;
  std::int64_t count = 0;
};

inline std::vector<Column> rental_columns() {
  return {{"servers", "", offsetof(RentalRow, servers), native<std::int64_t>()},
          {"used_ticks", "", offsetof(RentalRow, used_ticks), native<std::int64_t>()},
          {"open", "", offsetof(RentalRow, open), native<std::int8_t>()},
          {"count", "", offsetof(RentalRow, count), native<std::int64_t>()}};
}

/// The lengths in bytes to which the name of a series' values, and their unit, are cut.
inline constexpr std::size_t kColumnBytes = 256;
inline constexpr std::size_t kUnitBytes = 32;

struct SeriesRow {
  char path[kPathBytes] = {};
  char column[kColumnBytes] = {};
  char unit[kUnitBytes] = {};
  std::int64_t start_unix_s = 0;
  std::int64_t step_s = 0;
  std::int64_t values = 0;
};

inline std::vector<Column> series_columns(hid_t path_type, hid_t column_type, hid_t unit_type) {
  return {{"path", "", offsetof(SeriesRow, path), path_type},
          {"column", "", offsetof(SeriesRow, column), column_type},
          {"unit", "", offsetof(SeriesRow, unit), unit_type},
          {"start_unix_s", "", offsetof(SeriesRow, start_unix_s), native<std::int64_t>()},
          {"step_s", "", offsetof(SeriesRow, step_s), native<std::int64_t>()},
          {"values", "", offsetof(SeriesRow, values), native<std::int64_t>()}};
}

struct ValueRow {
  double value = 0.0;
};

inline std::vector<Column> value_columns() {
  return {{"value", "", offsetof(ValueRow, value), native<double>()}};
}

}  // namespace idlewatt::hdf5
