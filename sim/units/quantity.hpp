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
};

/// The value in the dimension's unit, or nothing with `problem` set to what was expected ("a time such as `50 ms`").
/// A number without its unit is a problem wherever a unit is due.
std::optional<double> parse_quantity(std::string_view text, Dimension dimension, std::string& problem);

/// "a time such as `50 ms`", for messages.
std::string expected(Dimension dimension);

/// The unit as files name it: "s", "byte", "W", "1"...
std::string unit_of(Dimension dimension);

}  // namespace idlewatt
