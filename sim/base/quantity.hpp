// Quantities as people write them: "50 ms", "80 GB", "80 GiB", "0.10 USD/kWh".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// What a number measures. Everything is kept in the SI unit named here (GB is 1e9 bytes, GiB is 2^30).
enum class Dimension {
  number,            ///< no unit
  count,             ///< whole number, no unit
  share,             ///< 0 to 1, or "15 %"
  time,              ///< s
  bytes,             ///< byte
  bandwidth,         ///< byte/s ("100 Gbps" is bits)
  power,             ///< W
  rate,              ///< 1/s
  flops,             ///< operations/s
  energy_per_byte,   ///< J/byte ("120 pJ/B")
  energy_per_flop,   ///< J/operation
  price_per_energy,  ///< USD/kWh, as all money in US dollars unless another currency is asked for
  price_per_time,    ///< USD/h
  carbon_intensity,  ///< g/kWh
  frequency,         ///< Hz
  energy,            ///< MWh
  money,             ///< USD
  price_per_power,   ///< USD/kW
  price_per_mass,    ///< USD/t
  mass,              ///< kg
  water,             ///< l/kWh
};

/// The value in the dimension's unit, or nothing with `problem` set to "what is wrong; expected what", the units that
/// are legal, and what was probably meant if that is of the same size: "`50` has no unit; expected a time such as `50
/// ms`". A number without its unit is a problem wherever a unit is due; so is one that is not finite, a negative one in
/// every dimension but `number`, and money in another currency than US dollars.
std::optional<double> parse_quantity(std::string_view text, Dimension dimension, std::string& problem);

/// An amount or a price with its currency.
struct Money {
  double value = 0.0;         ///< in the dimension's unit, in whole units of the currency
  std::string currency = {};  ///< "EUR"; empty where the text says cents (`ct/kWh`) and not of what
};

/// Whether a dimension is one of money: its units begin with a currency.
bool is_money(Dimension dimension);

/// As parse_quantity, for any currency of currencies(). No exchange rate is applied. `dimension` is one of money.
std::optional<Money> parse_money(std::string_view text, Dimension dimension, std::string& problem);

/// Codes of ISO 4217 that prices may be in: "USD", "EUR"...
const std::vector<std::string>& currencies();

/// "a time such as `50 ms`", for messages.
std::string expected(Dimension dimension);

/// The unit as files name it: "s", "byte", "W", "1"...
std::string unit_of(Dimension dimension);

/// A text that names US dollars, such as a unit ("USD/kWh") or the name of a measure ("cost_usd"), in another currency:
/// "EUR/kWh", "cost_eur". Only whole words change.
std::string in_currency(std::string text, std::string_view currency);

/// The shortest text that reads back as the same number, without an exponent where that is readable: "4096", "0.1".
std::string number_text(double value);

/// The number with its unit, as parse_quantity reads it: "0.05 s", "64".
std::string quantity_text(double value, Dimension dimension);

}  // namespace idlewatt
