// Number formats of weights and arithmetic.
#pragma once

#include <array>
#include <cstddef>

namespace idlewatt {

enum class Precision { fp16, bf16, int8 };

inline constexpr std::array kPrecisions{Precision::fp16, Precision::bf16, Precision::int8};
inline constexpr std::size_t kPrecisionCount = kPrecisions.size();

constexpr const char* to_string(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return "fp16";
    case Precision::bf16:
      return "bf16";
    case Precision::int8:
      return "int8";
  }
  return "?";
}

/// Bytes of one weight. int8 means weights and activations in 8 bits (W8A8); the KV cache stays in 16 bits.
constexpr double weight_bytes(Precision precision) {
  return precision == Precision::int8 ? 1.0 : 2.0;
}

/// Bytes of one element of the KV cache, at every precision above.
inline constexpr double kKvElementBytes = 2.0;

}  // namespace idlewatt
