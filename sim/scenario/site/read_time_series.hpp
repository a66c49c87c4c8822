// Reads prices, carbon intensities and shares that change over time from a file of any known layout.
#pragma once

#include <memory>
#include <string>

#include "catalog/tariff.hpp"
#include "scenario/feed/feed.hpp"

namespace idlewatt {

/// The bounds of values, both ends included.
struct SeriesBounds {
  double least = 0.0;
  double most = 0.0;
};

/// The series that a scenario asks for.
struct SeriesRequest {
  std::string path;        ///< path of the file
  std::string name;        ///< path as the scenario writes it, for TimeSeries::path
  std::string column;      ///< column of values, in a file whose columns the scenario names; otherwise empty
  std::string time;        ///< column of times beside it; empty for a file with a column `utc` and one hour per row
  std::string unit;        ///< unit of that column's values: "EUR/MWh"
  TimeZone zone = {};      ///< zone of times that state none
  FeedChoice choice = {};  ///< choices among the values of a recognised layout
  SeriesBounds bounds = {};
  bool repeats = false;
  bool hold_gaps = false;  ///< true: a missing value is the last known one
};

/// Reads a series. If the file's beginning is that of a layout in feed_formats() and the request names no column, the
/// file is read by that layout. Otherwise it is read as a table with a column of times:
///
/// - `utc`: "2023-01-01 05:00:00+00:00" (or with `T`, or `Z`, or no offset), each row an hour after the one before;
/// - a column that the request names: ISO times in any order, in the request's zone where they state none. A row lasts
///   until the next row, at most as long as the shortest row.
///
/// Missing values are NaN. Throws InputError "file:line:column: ..." for times that cannot be read, for two values for
/// one time, for values that are no numbers within the bounds, and, in a column `utc`, for gaps and other zones.
std::shared_ptr<const TimeSeries> read_time_series(const SeriesRequest& request);

/// The key under which the series is kept beside its path: the column, or the choices by which the request selects
/// values.
std::string selection_text(const SeriesRequest& request);

}  // namespace idlewatt
