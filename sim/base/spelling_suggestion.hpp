// The name that was probably meant, for error messages.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// Insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b` (Damerau-Levenshtein, each
/// place edited at most once).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, letter case aside, or nothing when none is near enough to be worth proposing: two
/// fifths of its letters may be wrong, or the candidate may begin with the word. Of equals, the first. A candidate that
/// is likely another thing is not proposed: one whose digits after letters differ (`h200` and `h100`) or whose other
/// numbers differ by more than a digit, and one that the word merely begins with (`qwen2_moe` and `qwen2`).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace idlewatt
