// Quantities as people write them: "50 ms", "80 GB", "80 GiB", "0.10 USD/kWh".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// The kind of a quantity. Values are kept in the unit named at each kind (GB is 1e9 bytes, GiB is 2^30).
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
  price_per_energy,  ///< USD/kWh; all money is in US dollars unless a currency is passed
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

/// The value of a text in the dimension's unit. Returns nothing and sets `problem` to "what is wrong; expected
/// what": the problem names the legal units, or the likely meaning if that is of the same size, as in "`50` has no
/// unit; expected a time such as `50 ms`". Refused are: a number without a unit where a unit is due, a number that is
/// not finite, a negative number in every dimension but `number`, and money in a currency other than US dollars.
std::optional<double> parse_quantity(std::string_view text, Dimension dimension, std::string& problem);

/// An amount or a price with its currency.
struct Money {
  double value = 0.0;         ///< amount in the dimension's unit, for example 0.1 for 0.1 EUR/kWh
  std::string currency = {};  ///< "EUR"; empty where the text says cents (`ct/kWh`) without a currency
};

/// True when the dimension is one of money: its units begin with a currency.
bool is_money(Dimension dimension);

/// Reads an amount or a price in any currency of currencies(), as parse_quantity() reads quantities. Applies no
/// exchange rate. Requires is_money(dimension).
std::optional<Money> parse_money(std::string_view text, Dimension dimension, std::string& problem);

/// Codes of ISO 4217 that prices may be in: "USD", "EUR"...
const std::vector<std::string>& currencies();

/// The expectation for error messages: "a time such as `50 ms`".
std::string expected(Dimension dimension);

/// The unit of a dimension as result files name it: "s", "byte", "W", "1"...
std::string unit_of(Dimension dimension);

/// Replaces US dollars by another currency in a text such as a unit ("USD/kWh") or the name of a measure
/// ("cost_usd"): "EUR/kWh", "cost_eur". Only whole words change.
std::string in_currency(std::string text, std::string_view currency);

/// The shortest text that reads back as the same number, without an exponent where it stays readable: "4096",
/// "0.1".
std::string number_text(double value);

/// The number with its unit, in a form that parse_quantity() reads: "0.05 s", "64".
std::string quantity_text(double value, Dimension dimension);

}  // namespace idlewatt
