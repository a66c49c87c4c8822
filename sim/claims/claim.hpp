// Judges a claim by the answers of its scenarios, the physics and the catalogue, and by its rules.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.hpp"
#include "claims/expression.hpp"
#include "ledger/summary.hpp"
#include "scenario/claim/claim_file.hpp"

namespace idlewatt {

/// The answer of one variant. The name is empty when the scenario has no variants.
struct ClaimRun {
  std::string variant;
  Summary summary;
};

/// Everything that a claim's expressions may name, but for what they find:
///   catalog.accelerators.a100_sxm_80.idle_loaded   each figure, in the unit of its dimension
///   physics.STEP.tokens_per_s                      of each step (physics.STEP.batch_8.tokens_per_s where it has many,
///                                                  physics.STEP.best.tokens_per_s of the one with the least energy)
///   run.VARIANT.wh_per_request                       each measure (run.wh_per_request without variants)
///   the numbers that the claim itself gives
/// Throws InputError when two variants read alike.
NamedValues claim_values(const ClaimFile& claim, const Catalog& catalog, const std::vector<ClaimRun>& runs);

/// A number that was given or found.
struct ClaimQuantity {
  std::string name;
  double value = 0.0;
  std::string unit;        ///< empty for a plain number
  std::string source;      ///< source of a number that was given
  std::string expression;  ///< expression of a number that was found
};

/// The number of times that each verdict came out when assumed figures were drawn from their ranges.
struct DrawnVerdicts {
  std::array<std::int64_t, kVerdicts.size()> counts{};  ///< in the order of kVerdicts
  std::int64_t left_out = 0;                            ///< draws that could not be run or judged
  /// For each quantity of the answer, in its order: the values with 5 % of the draws below and 5 % above.
  std::vector<std::pair<double, double>> intervals;

  std::int64_t of(Verdict verdict) const { return counts[static_cast<std::size_t>(verdict)]; }
  std::int64_t judged() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }
};

/// The answer to a claim.
struct ClaimAnswer {
  std::string file;
  std::string says;
  Verdict verdict = Verdict::does_not_hold;
  std::string verdict_text;  ///< "holds only if there are at most 4 sequences in a batch"
  std::string because;       ///< may be empty
  std::vector<std::string> shows;
  std::vector<std::string> assumes;
  std::vector<ClaimQuantity> quantities;
  std::optional<DrawnVerdicts> drawn;  ///< set when draws were asked for and some figure has a range
};

/// Evaluates the expressions in their order, then the rules. Throws PlacedError on mistakes in them, and on a quantity
/// that is no finite number, since nothing follows from it.
ClaimAnswer judge(const ClaimFile& claim, NamedValues values);

/// Finds mistakes in every expression, rule and sentence before anything has run. Only the names in `values` matter,
/// not the numbers. Throws PlacedError.
void check_claim(const ClaimFile& claim, NamedValues values);

/// The verdict in words: "holds", "holds only if", "does not hold".
const char* to_string(Verdict verdict);

/// The quantity as sentences show it: "0.00213 kWh", "12,300".
std::string quantity_text(const ClaimQuantity& quantity);

}  // namespace idlewatt
