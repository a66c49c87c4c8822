#include "base/fingerprint.hpp"

#include <array>
#include <cstdint>
#include <fmt/core.h>
#include <fstream>

#include "base/error.hpp"

namespace idlewatt {

namespace {

std::uint64_t stirred(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

Fingerprint& Fingerprint::add(std::string_view bytes) {
  const std::string size = fmt::format("{}:", bytes.size());
  mix(size);
  mix(bytes);
  return *this;
}

void Fingerprint::mix(std::string_view bytes) {
  constexpr uint128_t prime = (uint128_t{1} << 88) | 0x13b;
  for (const char byte : bytes) {
    state_ = (state_ ^ static_cast<unsigned char>(byte)) * prime;
  }
}

std::string Fingerprint::text() const {
  const std::uint64_t high = stirred(static_cast<std::uint64_t>(state_ >> 64) ^ static_cast<std::uint64_t>(state_));
  const std::uint64_t low = stirred(static_cast<std::uint64_t>(state_) + high);
  const uint128_t value = (uint128_t{high} << 64) | low;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (int shift = 124; shift >= 0; shift -= 4) {
    result += digits[static_cast<std::size_t>((value >> shift) & 15)];
  }
  return result;
}

std::string fingerprint_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Fingerprint fingerprint;
  std::array<char, 1 << 16> buffer{};
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
    fingerprint.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) {
    throw InputError(path + ": cannot be read; expected a file");
  }
  return fingerprint.text();
}

}  // namespace idlewatt
