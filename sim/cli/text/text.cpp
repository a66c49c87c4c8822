#include "cli/text/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <sstream>

#include "base/spelling_suggestion.hpp"

namespace idlewatt {

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  if (const auto found = nearest(word, candidates)) {
    return "did you mean `" + *found + "`?";
  }
  return "expected " + listed(candidates, " or ");
}

std::vector<std::string> unique_slugs(const std::vector<std::string>& names, const std::vector<std::string>& reserved) {
  std::set<std::string> taken(reserved.begin(), reserved.end());
  std::vector<std::string> result;
  for (const std::string& name : names) {
    const std::string base = slug(name);
    std::string candidate = base;
    for (int number = 2; !taken.insert(candidate).second; ++number) {
      candidate = base + "-" + std::to_string(number);
    }
    result.push_back(candidate);
  }
  return result;
}

std::string duration(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e12) {
    return "?";
  }
  constexpr double minute = 60.0;
  if (seconds < minute) {
    const double tenths = std::round(seconds * 10.0) / 10.0;
    return compact(tenths, 3) + " s";
  }
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr std::array<Unit, 4> units{{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  std::int64_t rest = std::llround(seconds);
  std::string result;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::int64_t count = rest / units[i].seconds;
    if (count == 0) {
      continue;
    }
    result = std::to_string(count) + " " + units[i].name;
    rest %= units[i].seconds;
    if (i + 1 < units.size() && rest / units[i + 1].seconds > 0) {
      result += " " + std::to_string(rest / units[i + 1].seconds) + " " + units[i + 1].name;
    }
    break;
  }
  return result == "1 d" ? "24 h" : result;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string left_aligned(const std::string& text, std::size_t width) {
  const std::size_t used = display_width(text);
  return text + std::string(width > used ? width - used : 0, ' ');
}

std::string right_aligned(const std::string& text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(width > used ? width - used : 0, ' ') + text;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.empty() && display_width(lines.back()) + 1 + display_width(word) <= width) {
      lines.back() += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::string paragraph(const std::string& text, std::size_t width, std::size_t indent) {
  std::string result;
  for (const std::string& line : wrapped(text, width > indent ? width - indent : 1)) {
    result += std::string(indent, ' ') + line + "\n";
  }
  return result;
}

std::string amount(double value, const std::string& unit) {
  constexpr int digits = 4;
  if (unit == "s" && value < 1.0) {
    return rounded(value * 1e3, digits) + " ms";
  }
  return unit == "1" ? rounded(value * 100.0, digits) + " %" : rounded(value, digits) + " " + unit;
}

std::string counted(std::int64_t count, std::string_view singular, std::string_view plural) {
  return grouped(count) + " " + std::string(count == 1 ? singular : plural);
}

std::string listed(const std::vector<std::string>& items, std::string_view last_separator) {
  std::string result;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size();
    const std::string_view separator = last ? last_separator : ", ";
    result += (i == 0 ? std::string() : std::string(separator)) + items[i];
  }
  return result;
}

std::string shorter_quotes(std::string_view message) {
  constexpr std::size_t most = 120;
  std::string result;
  while (!message.empty()) {
    const std::size_t open = message.find('`');
    const std::size_t close = open == std::string_view::npos ? open : message.find('`', open + 1);
    if (close == std::string_view::npos) {
      result += message;
      break;
    }
    result += message.substr(0, open + 1);
    const std::string_view quote = message.substr(open + 1, close - open - 1);
    result += quote.size() > most ? std::string(quote.substr(0, most - 3)) + "..." : std::string(quote);
    result += '`';
    message.remove_prefix(close + 1);
  }
  std::replace(result.begin(), result.end(), '\n', ' ');
  return result;
}

}  // namespace idlewatt
