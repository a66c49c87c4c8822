// Prices, carbon intensities and temperatures as grid operators, markets and weather services publish them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.hpp"

namespace idlewatt {

/// The use of a series.
enum class FeedQuantity : std::uint8_t { price, carbon, temperature };

/// The choices that a scenario states beside the path of a file; empty where it states nothing.
struct FeedChoice {
  FeedQuantity quantity = FeedQuantity::price;
  std::string area;                            ///< area to read where a file has several: "SE3", "ERCO", a node
  std::string kind;                            ///< kind to read where a file has several: "life-cycle", "direct",
                                               ///< "with-vat"...
  std::map<std::string, double> factors = {};  ///< g/kWh by fuel, for files that have only generation by fuel
};

/// A file in memory.
struct FeedFile {
  std::string path;
  std::string text;
};

/// A value and the time for which it holds.
struct FeedRow {
  std::int64_t start_unix_s = 0;
  std::int64_t end_unix_s = 0;  ///< 0 where the file has no end: until the next row
  double value = 0.0;           ///< NaN where the file has a row without a value
};

/// The values that were read from a file.
struct FeedRows {
  std::string unit;   ///< unit of the values: "EUR/MWh", "lb/MWh", "p/kWh", "degC"
  std::string about;  ///< part of the file that was read, without the format's name: "life-cycle intensity of SE"
  std::vector<FeedRow> rows = {};
};

/// A layout of files that is recognised by a file's beginning.
struct FeedFormat {
  const char* name;     ///< "Electricity Maps"
  const char* told_by;  ///< mark by which it is recognised: "first column `Datetime (UTC)`"
  bool (*recognises)(std::string_view head);
  FeedRows (*read)(const FeedFile& file, const FeedChoice& choice);
};

/// All layouts, in the order in which they are tried.
const std::vector<FeedFormat>& feed_formats();

/// The layout of a file, recognised by its first bytes; null for an unknown layout.
const FeedFormat* recognised_feed(std::string_view text);

}  // namespace idlewatt
