#include "traffic/instant.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/date_time.hpp"
#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kTickDigits = 11;  // decimals of a second
constexpr std::size_t kMostWholeDigits = 15;
constexpr std::int64_t kLongestS = 90'000'000;  // 2.85 years: below what ticks hold
static_assert(kTicksPerSecond == 100'000'000'000);

std::size_t decimals_of(TimeUnit unit) {
  constexpr std::size_t decimals[] = {0, 3, 6, 9};
  return decimals[static_cast<std::size_t>(unit)];
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Instant> parse_number_of(std::string_view text, TimeUnit unit) {
  std::string plain;
  if (text.find_first_of("eE") != std::string_view::npos) {
    if (!write_out(text, plain)) {
      return std::nullopt;
    }
    text = plain;
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string whole(text.substr(0, point));
  std::string fraction(point < text.size() ? text.substr(point + 1) : std::string_view{});
  if (whole.empty() || point + 1 == text.size() || !all_digits(whole) || !all_digits(fraction)) {
    return std::nullopt;
  }
  const std::size_t moved = decimals_of(unit);
  if (whole.size() <= moved) {
    whole.insert(0, moved + 1 - whole.size(), '0');
  }
  fraction.insert(0, whole.substr(whole.size() - moved));
  whole.resize(whole.size() - moved);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  if (whole.size() > kMostWholeDigits) {
    return std::nullopt;
  }
  Instant result;
  std::from_chars(whole.data(), whole.data() + whole.size(), result.seconds);
  const bool up = fraction.size() > kTickDigits && fraction[kTickDigits] >= '5';
  fraction.resize(kTickDigits, '0');
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), result.fraction);
  return up ? later(result, 1) : result;
}

}  // namespace

const char* name_of(TimeUnit unit) {
  constexpr const char* names[] = {"seconds", "milliseconds", "microseconds", "nanoseconds"};
  return names[static_cast<std::size_t>(unit)];
}

std::optional<Instant> parse_instant(std::string_view text, TimeUnit unit) {
  if (const auto date = parse_date_time(text)) {
    return Instant{.seconds = date->wall_s - date->utc_offset_s.value_or(0),
                   .fraction = Ticks{date->nanosecond} * (kTicksPerSecond / 1'000'000'000),
                   .is_date = true};
  }
  return parse_number_of(text, unit);
}

std::optional<Ticks> ticks_between(const Instant& start, const Instant& time) {
  const std::int64_t seconds = time.seconds - start.seconds;
  if (seconds > kLongestS || seconds < -kLongestS) {
    return std::nullopt;
  }
  return seconds * kTicksPerSecond + (time.fraction - start.fraction);
}

Instant later(const Instant& time, Ticks by) {
  Instant result = time;
  result.seconds += by / kTicksPerSecond;
  result.fraction += by % kTicksPerSecond;
  if (result.fraction < 0) {
    --result.seconds;
    result.fraction += kTicksPerSecond;
  } else if (result.fraction >= kTicksPerSecond) {
    ++result.seconds;
    result.fraction -= kTicksPerSecond;
  }
  return result;
}

}  // namespace idlewatt
