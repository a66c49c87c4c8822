#include "base/csv_text.hpp"

#include <cmath>

#include "base/quantity.hpp"

namespace idlewatt {

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string cell = "\"";
  for (const char letter : text) {
    cell += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return cell + "\"";
}

std::string csv_number(double value) {
  return std::isfinite(value) ? number_text(value) : "";
}

}  // namespace idlewatt
