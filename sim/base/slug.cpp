#include "base/slug.hpp"

#include <algorithm>

namespace idlewatt {

std::string slug(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (upper) {
      result += static_cast<char>(c - 'A' + 'a');
    } else if (kept) {
      result += c;
    } else if (!result.empty() && result.back() != '-') {
      result += '-';
    }
  }
  result.erase(0, std::min(result.find_first_not_of("-."), result.size()));
  while (!result.empty() && result.back() == '-') {
    result.pop_back();
  }
  constexpr std::size_t longest = 100;  // file systems take 255 bytes; leave room for ".h5.part"
  return result.empty() ? "variant" : result.substr(0, longest);
}

}  // namespace idlewatt
