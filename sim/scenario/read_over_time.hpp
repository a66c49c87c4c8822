// Reads prices and intensities that may change over the day and the year.
#pragma once

#include <string>

#include "scenario/read_hourly_series.hpp"
#include "scenario/read_site.hpp"
#include "base/quantity.hpp"

namespace idlewatt {

/// How a kind of value is written.
struct OverTimeKind {
  std::string key;     ///< "electricity"
  std::string number;  ///< of the map, for one number: "price"
  Dimension dimension = Dimension::number;
  std::string column;          ///< of a series, unless another is named
  bool signed_series = false;  ///< hourly values may be negative, as prices on wholesale markets are
};

/// Where series come from.
struct SeriesSource {
  const PathResolver& path_of;
  const KnownSeries& known;
};

/// A number, `{price: ..., periods: [...]}` or `{series: ..., column: ..., repeat: ..., surcharge: ...}`. Throws
/// PlacedError.
OverTime read_over_time(const YamlNode& node, const OverTimeKind& kind, const SeriesSource& source);

/// `{series: ..., column: ..., repeat: ...}` of shares of a plant's peak.
std::shared_ptr<const HourlySeries> read_shares(const YamlNode& node, const std::string& what,
                                                const SeriesSource& source);

}  // namespace idlewatt
