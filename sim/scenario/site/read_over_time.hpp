// Reads prices and intensities that may change over the day and the year.
#pragma once

#include <string>

#include "base/quantity.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/site/read_site.hpp"
#include "scenario/site/read_time_series.hpp"
#include "scenario/site/site_money.hpp"

namespace idlewatt {

/// The form of one kind of value.
struct OverTimeKind {
  std::string key;     ///< "electricity"
  std::string number;  ///< key of the number within a map: "price"
  Dimension dimension = Dimension::number;
  std::string column;          ///< default column of a series with a column `utc`
  bool signed_series = false;  ///< true: values over time may be negative, as prices on wholesale markets are
  FeedQuantity feed = FeedQuantity::price;
};

/// The sources of series, and the properties that they share with the rest of the site.
struct SeriesSource {
  const PathResolver& path_of;
  const KnownSeries& known;
  const TimeZone& zone;  ///< zone of times that state none
  SiteMoney& money;
};

/// The keys of a map with values over time.
KeyTable over_time_keys(const OverTimeKind& kind);

/// The keys of a series of shares of a plant's peak.
const KeyTable& share_series_keys();

/// Reads a number, `{price: ..., periods: [...]}` or `{series: ..., ...}`. The file of a series must have a recognised
/// layout, a column `utc`, or the columns that the map names. Throws PlacedError.
OverTime read_over_time(const YamlNode& node, const OverTimeKind& kind, const SeriesSource& source);

/// Reads `{series: ..., column: ..., repeat: ...}` with shares of a plant's peak. Throws PlacedError.
std::shared_ptr<const TimeSeries> read_shares(const Section& fields, const SeriesSource& source);

}  // namespace idlewatt
