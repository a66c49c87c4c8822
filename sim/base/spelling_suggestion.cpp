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
bool begins_with_the_other(std::string_view a, std::string_view b) {
  return std::min(a.size(), b.size()) >= 2 && (a.starts_with(b) || b.starts_with(a));
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
    if (begins_with_the_other(wanted, name)) {
      distance = std::min<std::size_t>(distance, 1);
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
