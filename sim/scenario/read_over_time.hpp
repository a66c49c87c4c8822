// Reads prices and intensities that may change over the day and the year.
#pragma once

#include <string>

#include "base/quantity.hpp"
#include "scenario/key_table.hpp"
#include "scenario/read_site.hpp"
#include "scenario/read_time_series.hpp"
#include "scenario/site_money.hpp"

namespace idlewatt {

/// How a kind of value is written.
struct OverTimeKind {
  std::string key;     ///< "electricity"
  std::string number;  ///< of the map, for one number: "price"
  Dimension dimension = Dimension::number;
  std::string column;          ///< of a series with a column `utc`, unless another is named
  bool signed_series = false;  ///< values over time may be negative, as prices on wholesale markets are
  FeedQuantity feed = FeedQuantity::price;
};

/// Where series come from, and what they share with the rest of the site.
struct SeriesSource {
  const PathResolver& path_of;
  const KnownSeries& known;
  const TimeZone& zone;  ///< of times that say none
  SiteMoney& money;
};

/// The keys of a map with values over time.
KeyTable over_time_keys(const OverTimeKind& kind);

/// The keys of a series of shares of a plant's peak.
const KeyTable& share_series_keys();

/// A number, `{price: ..., periods: [...]}` or `{series: ..., ...}`, whose file is of a layout that is recognised, has
/// a column `utc`, or columns that are named. Throws PlacedError.
OverTime read_over_time(const YamlNode& node, const OverTimeKind& kind, const SeriesSource& source);

/// `{series: ..., column: ..., repeat: ...}` of shares of a plant's peak.
std::shared_ptr<const TimeSeries> read_shares(const Section& fields, const SeriesSource& source);

}  // namespace idlewatt
