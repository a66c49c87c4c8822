#include "base/spelling_suggestion.hpp"

#include <algorithm>

namespace idlewatt {
namespace {

std::string lower(std::string_view word) {
  std::string result(word);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

// "a100" means some "a100-sxm-80"; a single letter means nothing.
bool abbreviates(std::string_view word, std::string_view name) {
  return word.size() >= 2 && name.starts_with(word);
}

/// Digits in a row.
struct Digits {
  std::string_view text;
  bool after_letters = false;  ///< as in "h100", where they name a generation
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::vector<Digits> digits_of(std::string_view word) {
  std::vector<Digits> all;
  for (std::size_t at = 0; at < word.size();) {
    if (!is_digit(word[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < word.size() && is_digit(word[end])) {
      ++end;
    }
    all.push_back({word.substr(at, end - at), at > 0 && word[at - 1] >= 'a' && word[at - 1] <= 'z'});
    at = end;
  }
  return all;
}

/// Whether two names can be of the same thing. "h200" is no misspelt "h100", "llama-3-70b" no "llama-3-8b", and
/// "qwen2_moe" is more than a "qwen2".
bool may_mean(std::string_view word, std::string_view name) {
  constexpr std::size_t kSlip = 2;  // letters too many
  if (word.starts_with(name) && word.size() > name.size() + kSlip) {
    return false;
  }
  const std::vector<Digits> wanted = digits_of(word);
  const std::vector<Digits> found = digits_of(name);
  return wanted.size() == found.size() &&
         std::equal(wanted.begin(), wanted.end(), found.begin(), [](const Digits& a, const Digits& b) {
           return a.text == b.text || (!a.after_letters && !b.after_letters && edit_distance(a.text, b.text) <= 1);
         });
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the usual table: the swap looks two rows back.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substitution, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string wanted = lower(word);
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::string name = lower(candidate);
    const std::size_t limit = std::max<std::size_t>(1, (2 * std::max(wanted.size(), name.size()) + 2) / 5);
    std::size_t distance = edit_distance(wanted, name);
    if (abbreviates(wanted, name)) {
      distance = std::min<std::size_t>(distance, 1);
    } else if (!may_mean(wanted, name)) {
      continue;
    }
    // One letter replaced by one other is no resemblance.
    const bool all_wrong = distance >= std::max(wanted.size(), name.size());
    if (distance <= limit && !all_wrong && (!best || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace idlewatt
