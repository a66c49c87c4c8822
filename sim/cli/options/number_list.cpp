#include "cli/options/number_list.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "base/error.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kMostNumbers = 1000;

/// Reads one part after the other, and complains about the whole.
class Parser {
 public:
  Parser(const std::string& option, const std::string& text, std::int64_t least, std::int64_t most)
      : option_(option), text_(text), least_(least), most_(most) {}

  std::vector<std::int64_t> parse() {
    std::string_view rest = text_;
    for (;;) {
      const std::size_t comma = rest.find(',');
      part(rest.substr(0, comma));
      if (comma == std::string_view::npos) {
        return {numbers_.begin(), numbers_.end()};
      }
      rest.remove_prefix(comma + 1);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw InputError(option_ + " " + text_ + ": " + problem +
                     "; expected whole numbers such as `1,2,4`, `1..64` (doubled) or `100..500+100` (in steps)");
  }

  std::int64_t number(std::string_view word) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc::invalid_argument || end != word.data() + word.size()) {
      fail("`" + std::string(word) + "` is no whole number");
    }
    if (error != std::errc() || value < least_ || value > most_) {
      fail("`" + std::string(word) + "` is not between " + std::to_string(least_) + " and " + std::to_string(most_));
    }
    return value;
  }

  void add(std::int64_t value) {
    numbers_.insert(value);
    if (numbers_.size() > kMostNumbers) {
      fail("more than " + std::to_string(kMostNumbers) + " numbers");
    }
  }

  void part(std::string_view word) {
    const std::size_t dots = word.find("..");
    if (dots == std::string_view::npos) {
      add(number(word));
      return;
    }
    const std::size_t plus = word.find('+', dots);
    const std::int64_t first = number(word.substr(0, dots));
    const std::int64_t last = number(word.substr(dots + 2, plus == std::string_view::npos ? plus : plus - dots - 2));
    if (last < first) {
      fail("`" + std::string(word) + "` goes down");
    }
    const std::int64_t step = plus == std::string_view::npos ? 0 : number(word.substr(plus + 1));
    if (plus != std::string_view::npos && step == 0) {
      fail("`" + std::string(word) + "` never ends");
    }
    for (std::int64_t value = first; value <= last;
         value = step > 0 ? value + step : std::max<std::int64_t>(1, 2 * value)) {
      add(value);
    }
  }

  const std::string& option_;
  const std::string& text_;
  std::int64_t least_;
  std::int64_t most_;
  std::set<std::int64_t> numbers_;
};

}  // namespace

std::vector<std::int64_t> parse_number_list(const std::string& option, const std::string& text, std::int64_t least,
                                            std::int64_t most) {
  return Parser(option, text, least, most).parse();
}

}  // namespace idlewatt
