// A number of the catalogue: never without its source and how far to trust it.
#pragma once

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

/// One number in SI units (the field's name carries the unit), with where it comes from.
struct Figure {
  double value = 0.0;
  Status status = Status::assumed;
  std::string source;
};

}  // namespace idlewatt
