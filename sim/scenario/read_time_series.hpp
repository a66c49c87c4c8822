// Reads prices, carbon intensities and shares that change over time from a file, whatever its layout.
#pragma once

#include <memory>
#include <string>

#include "catalog/tariff.hpp"
#include "scenario/feed.hpp"

namespace idlewatt {

/// What values may be, ends included.
struct SeriesBounds {
  double least = 0.0;
  double most = 0.0;
};

/// A series that a scenario asks for.
struct SeriesRequest {
  std::string path;        ///< opens
  std::string name;        ///< as the scenario has it, for TimeSeries::path
  std::string column;      ///< of values, in a file whose columns the scenario names; else empty
  std::string time;        ///< the column of times beside it; empty for one hour a row with a column `utc`
  std::string unit;        ///< of that column's values: "EUR/MWh"
  TimeZone zone = {};      ///< of times that say none
  FeedChoice choice = {};  ///< for layouts that are recognised
  SeriesBounds bounds = {};
  bool repeats = false;
  bool hold_gaps = false;  ///< what is missing is as it was before
};

/// A file is read as one of feed_formats() if its head says so and the request names no column. Otherwise as a table
/// with a column of times:
///
/// - `utc`: "2023-01-01 05:00:00+00:00" (or with `T`, or `Z`, or no offset), each row an hour after the one before;
/// - one that the request names: ISO times, of its zone where they say none, in any order. A row lasts until the next
///   one, at most as long as the shortest row.
///
/// Missing values are NaN. Throws InputError "file:line:column: ...": for times that are none, two values for one time,
/// values that are no number within the bounds, and in a column `utc` for gaps and other zones.
std::shared_ptr<const TimeSeries> read_time_series(const SeriesRequest& request);

/// What the series is kept by beside its path: the column, or all that the request says to choose among values.
std::string selection_text(const SeriesRequest& request);

}  // namespace idlewatt
