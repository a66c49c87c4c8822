// A number of the catalogue: never without its source and how far to trust it.
#pragma once

#include <optional>
#include <string>

namespace idlewatt {

/// How a number was come by, from the most to the least trustworthy.
enum class Status { measured, published, derived, assumed };

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

/// Between what values a number may well lie.
struct FigureRange {
  double low = 0.0;
  double high = 0.0;
};

/// One number in SI units (the field's name carries the unit), with where it comes from. What is assumed has a range.
struct Figure {
  double value = 0.0;
  Status status = Status::assumed;
  std::string source;
  std::optional<FigureRange> range = std::nullopt;
};

}  // namespace idlewatt
