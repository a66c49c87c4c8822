// Quantities as people write them: "50 ms", "80 GB", "80 GiB", "0.10 USD/kWh".
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
  price_per_energy,  ///< USD/kWh
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

/// The value in the dimension's unit, or nothing with `problem` set to "what is wrong; expected what", and what was
/// probably meant: "`50` has no unit; expected a time such as `50 ms`". A number without its unit is a problem wherever
/// a unit is due; so is one that is not finite, and a negative one in every dimension but `number`.
std::optional<double> parse_quantity(std::string_view text, Dimension dimension, std::string& problem);

/// "a time such as `50 ms`", for messages.
std::string expected(Dimension dimension);

/// The unit as files name it: "s", "byte", "W", "1"...
std::string unit_of(Dimension dimension);

/// The shortest text that reads back as the same number, without an exponent where that is readable: "4096", "0.1".
std::string number_text(double value);

/// The number with its unit, as parse_quantity reads it: "0.05 s", "64".
std::string quantity_text(double value, Dimension dimension);

}  // namespace idlewatt
