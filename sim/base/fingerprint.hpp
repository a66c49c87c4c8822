// A short text that differs when inputs differ. It tells whether a result was made from the inputs of today.
#pragma once

#include <string>
#include <string_view>

#include "base/int128.hpp"

namespace idlewatt {

/// A hash of 128 bits: FNV-1a (Fowler, Noll and Vo), finished by SplitMix64 so that any part of its digits is
/// evenly spread. Detects changes and accidents; does not protect against malice.
class Fingerprint {
 public:
  /// Adds the bytes and their number, so that "ab", "c" and "a", "bc" have different fingerprints.
  Fingerprint& add(std::string_view bytes);
  /// The fingerprint as 32 hexadecimal digits.
  std::string text() const;

 private:
  void mix(std::string_view bytes);

  uint128_t state_ = (uint128_t{0x6c62272e07bb0142} << 64) | 0x62b821756295c58d;
};

/// The fingerprint of the bytes of a file. Throws InputError when the file cannot be read.
std::string fingerprint_of_file(const std::string& path);

}  // namespace idlewatt
