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

/// What a series is wanted for.
enum class FeedQuantity : std::uint8_t { price, carbon, temperature };

/// What a scenario says about a file beside its path; empty where it says nothing.
struct FeedChoice {
  FeedQuantity quantity = FeedQuantity::price;
  std::string area;                            ///< "SE3", "ERCO", a node: where a file has several
  std::string kind;                            ///< "life-cycle", "direct", "with-vat"...: where a file has several
  std::map<std::string, double> factors = {};  ///< g/kWh by fuel, for files that have generation alone
};

/// A file in memory.
struct FeedFile {
  std::string path;
  std::string text;
};

/// A value and when it holds.
struct FeedRow {
  std::int64_t start_unix_s = 0;
  std::int64_t end_unix_s = 0;  ///< 0 where the file does not say: until the next row
  double value = 0.0;           ///< NaN where the file has a row without a value
};

struct FeedRows {
  std::string unit;   ///< of the values: "EUR/MWh", "lb/MWh", "p/kWh", "degC"
  std::string about;  ///< what was read of what the file has, without the format's name: "life-cycle intensity of SE"
  std::vector<FeedRow> rows = {};
};

/// A layout that is recognised by its head.
struct FeedFormat {
  const char* name;     ///< "Electricity Maps"
  const char* told_by;  ///< by what it is recognised: "first column `Datetime (UTC)`"
  bool (*recognises)(std::string_view head);
  FeedRows (*read)(const FeedFile& file, const FeedChoice& choice);
};

/// Every layout, in the order in which they are tried.
const std::vector<FeedFormat>& feed_formats();

/// The layout of a file by its first bytes; null for another.
const FeedFormat* recognised_feed(std::string_view text);

}  // namespace idlewatt
