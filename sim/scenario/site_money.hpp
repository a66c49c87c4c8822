// The one currency of a site: all its prices are in it, and no exchange rate is applied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/section.hpp"

namespace idlewatt {

/// Reads amounts and prices, and finds the currency that they share: the one of the key `currency`, else the first that
/// a price names. Throws PlacedError for a price in another one.
class SiteMoney {
 public:
  /// `site` may have a key `currency`.
  explicit SiteMoney(const Section& site);

  /// As read_quantity in fields.hpp, and Section::quantity.
  double read(const YamlNode& node, const std::string& label, Dimension dimension, const Bounds& bounds = {});
  double quantity(const Section& fields, std::string_view key);

  /// Prices at `place` are in `currency`; empty for cents of whatever currency. `what` is quoted in messages.
  void found(const Place& place, const std::string& what, const std::string& currency);

  /// "USD" where nothing names any.
  std::string currency() const { return currency_.empty() ? "USD" : currency_; }
  /// "file:line:column: warning: ...", once all is read.
  std::vector<std::string> warnings() const;

 private:
  std::string currency_;
  std::string named_by_;  ///< the text that named it
  Place cents_;           ///< of the first price in cents of nothing
  std::string cents_text_;
};

}  // namespace idlewatt
