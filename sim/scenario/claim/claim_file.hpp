// A claim as its file states it: a sentence, the quantities to find, and the rules of the verdict.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A text with the place of its first character, so that messages can point into the text.
struct ClaimText {
  std::string text;
  Place place;
  bool on_one_line = false;  ///< true: the characters follow one another in the file from `place` on
};

/// A number that the claim states itself.
struct ClaimGiven {
  std::string name;
  double value = 0.0;
  std::string unit;  ///< unit for display; empty for a plain number
  std::string source;
};

/// A batch step, or one for each of `batches`, whose cost the physics gives.
struct ClaimStep {
  std::string name;
  Pool pool;
  std::vector<std::int64_t> batches;  ///< sequences of a decode step; empty for a prefill step
  bool is_list = false;               ///< true: `batch` was a list, and the step's names carry the batch
  std::int64_t context = 0;           ///< tokens that each sequence reads; for a prompt: tokens computed before
  std::int64_t prompt = 0;            ///< tokens of a prefill step
  double within_s = std::numeric_limits<double>::infinity();  ///< for a list: the best batch takes no longer than this
};

/// A quantity that is found by an expression.
struct ClaimFind {
  std::string name;
  ClaimText expression;
  std::string unit;
};

/// The verdict on a claim.
enum class Verdict { holds, holds_only_if, does_not_hold };

inline constexpr std::array kVerdicts{Verdict::holds, Verdict::holds_only_if, Verdict::does_not_hold};

/// A rule of the verdict.
struct ClaimRule {
  ClaimText when;  ///< an expression; empty for the rule `otherwise`
  Verdict verdict = Verdict::does_not_hold;
  ClaimText is;       ///< "holds", "does not hold", or "holds only if ..." with `{quantities}`
  ClaimText because;  ///< a sentence with `{quantities}`; may be empty
};

/// A claim as its file states it.
struct ClaimFile {
  std::string path;
  std::string says;  ///< the claim's sentence
  std::vector<ClaimGiven> given;
  std::vector<ClaimStep> steps;
  std::vector<ClaimFind> find;     ///< in order: each may use the quantities before it
  std::vector<ClaimText> shows;    ///< sentences with `{quantities}`
  std::vector<ClaimText> assumes;  ///< sentences with `{quantities}`
  std::vector<ClaimRule> rules;    ///< the first rule that applies decides; the last is `otherwise`
};

}  // namespace idlewatt
