// The known name that a misspelt word probably means, for error messages.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// The least number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
/// (Damerau-Levenshtein distance, each place edited at most once).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, letter case aside; nothing when no candidate is near enough to propose. A
/// candidate is near enough when at most two fifths of the letters are wrong, or when it begins with the word. Of
/// equally near candidates the first is returned. A candidate that is likely another thing is not proposed: one whose
/// digits after letters differ (`h200` and `h100`), one whose other numbers differ by more than a digit, and one that
/// is merely the beginning of the word (`qwen2_moe` and `qwen2`).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace idlewatt
