// A short text that tells inputs apart: whether a result was made from what is asked now.
#pragma once

#include <string>
#include <string_view>

#include "base/int128.hpp"

namespace idlewatt {

/// FNV-1a with 128 bits (Fowler, Noll and Vo), its digits stirred by SplitMix64's finaliser so that a part of them is
/// as good as any other. Tells changes and accidents apart; no defence against malice.
class Fingerprint {
 public:
  /// Bytes with their number, so that "ab", "c" and "a", "bc" differ.
  Fingerprint& add(std::string_view bytes);
  /// 32 hexadecimal digits.
  std::string text() const;

 private:
  void mix(std::string_view bytes);

  uint128_t state_ = (uint128_t{0x6c62272e07bb0142} << 64) | 0x62b821756295c58d;
};

/// Of a file's bytes. Throws InputError when it cannot be read.
std::string fingerprint_of_file(const std::string& path);

}  // namespace idlewatt
