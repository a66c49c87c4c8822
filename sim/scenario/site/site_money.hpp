// The one currency of a site. All prices of the site are in it; no exchange rate is applied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// Reads amounts and prices, and finds the currency that they share: the one under the key `currency`, otherwise that
/// of the first price. Throws PlacedError for a price in another currency.
class SiteMoney {
 public:
  /// Reads the currency from the key `currency` of `site`, if the key is given.
  explicit SiteMoney(const Section& site);

  /// Read an amount or a price, as read_quantity() in fields.hpp and Section::quantity() do.
  double read(const YamlNode& node, const std::string& label, Dimension dimension, const Bounds& bounds = {});
  double quantity(const Section& fields, std::string_view key);

  /// Records that the prices at `place` are in `currency`; empty for cents without a currency. `what` is quoted in
  /// messages.
  void found(const Place& place, const std::string& what, const std::string& currency);

  /// The currency; "USD" when nothing names one.
  std::string currency() const { return currency_.empty() ? "USD" : currency_; }
  /// Warnings "file:line:column: warning: ...". Call this after all prices have been read.
  std::vector<std::string> warnings() const;

 private:
  std::string currency_;
  std::string named_by_;  ///< the text that named it
  Place cents_;           ///< place of the first price in cents without a currency
  std::string cents_text_;
};

}  // namespace idlewatt
