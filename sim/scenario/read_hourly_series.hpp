// Reads a column of a CSV file with one row an hour, such as prices and carbon intensities of a grid.
#pragma once

#include <memory>
#include <string>

#include "catalog/tariff.hpp"

namespace idlewatt {

/// What values of a column may be, ends included.
struct SeriesBounds {
  double least = 0.0;
  double most = 0.0;
};

/// The file's first line names its columns, among them `utc`; a row's `utc` reads "2023-01-01 05:00:00+00:00" (or with
/// `T`, or `Z`, or no offset), each row an hour after the one before. Throws InputError "file:line:column: ...":
/// for times of another offset, gaps, repeated or missing hours (daylight saving), and values that are no number
/// within `bounds`. `path` opens; the series keeps `name` as its path.
std::shared_ptr<const HourlySeries> read_hourly_series(const std::string& path, const std::string& name,
                                                       const std::string& column, const SeriesBounds& bounds,
                                                       bool repeats);

}  // namespace idlewatt
