// A claim as its file writes it: a sentence, what is to be found out about it, and the rules of the verdict.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Text with the place of its first character, so that a mistake inside it can be pointed at.
struct ClaimText {
  std::string text;
  Place place;
  bool on_one_line = false;  ///< its characters stand one after the other from `place` on
};

/// A number that the claim itself brings.
struct ClaimGiven {
  std::string name;
  double value = 0.0;
  std::string unit;  ///< as it is shown; empty for a plain number
  std::string source;
};

/// A batch step, or one for each of `batches`, that the physics is asked about.
struct ClaimStep {
  std::string name;
  Pool pool;
  std::vector<std::int64_t> batches;  ///< sequences of a decode step; empty for a prefill step
  bool is_list = false;               ///< `batch` was a list: names carry the batch
  std::int64_t context = 0;           ///< tokens that each sequence reads; of a prompt: computed already
  std::int64_t prompt = 0;            ///< tokens of a prefill step
  double within_s = std::numeric_limits<double>::infinity();  ///< of a list: the best batch takes no longer than this
};

/// A quantity that the claim's expressions find.
struct ClaimFind {
  std::string name;
  ClaimText expression;
  std::string unit;
};

enum class Verdict { holds, holds_only_if, does_not_hold };

inline constexpr std::array kVerdicts{Verdict::holds, Verdict::holds_only_if, Verdict::does_not_hold};

struct ClaimRule {
  ClaimText when;  ///< an expression; empty: otherwise
  Verdict verdict = Verdict::does_not_hold;
  ClaimText is;       ///< "holds", "does not hold", or "holds only if ..." with `{quantities}`
  ClaimText because;  ///< a sentence with `{quantities}`; may be empty
};

struct ClaimFile {
  std::string path;
  std::string says;  ///< the claim's sentence
  std::vector<ClaimGiven> given;
  std::vector<ClaimStep> steps;
  std::vector<ClaimFind> find;     ///< in order: each may use those before it
  std::vector<ClaimText> shows;    ///< sentences with `{quantities}`
  std::vector<ClaimText> assumes;  ///< sentences with `{quantities}`
  std::vector<ClaimRule> rules;    ///< the first that applies decides; the last is `otherwise`
};

}  // namespace idlewatt
