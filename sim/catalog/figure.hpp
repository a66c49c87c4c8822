// A number of the catalogue, always together with its source and the degree of trust in it.
#pragma once

#include <array>
#include <optional>
#include <string>

namespace idlewatt {

/// The origin of a number, from the most to the least trustworthy.
enum class Status { measured, published, derived, assumed };

inline constexpr std::array kStatuses{Status::measured, Status::published, Status::derived, Status::assumed};

constexpr const char* to_string(Status status) {
  switch (status) {
    case Status::measured:
      return "measured";
    case Status::published:
      return "published";
    case Status::derived:
      return "derived";
    case Status::assumed:
      return "assumed";
  }
  return "?";
}

/// The values between which a number plausibly lies.
struct FigureRange {
  double low = 0.0;
  double high = 0.0;
};

/// One number in SI units (the field's name carries the unit), with its source. An assumed number has a range.
struct Figure {
  double value = 0.0;
  Status status = Status::assumed;
  std::string source;
  std::optional<FigureRange> range = std::nullopt;
};

}  // namespace idlewatt
