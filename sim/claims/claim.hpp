// Judges a claim: what its scenarios, the physics and the catalogue say, and what its rules make of that.
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
#include "scenario/claim_file.hpp"

namespace idlewatt {

/// The answer of one variant. Empty name: the scenario has no variants.
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
  std::string source;      ///< of one that was given
  std::string expression;  ///< of one that was found
};

/// How often each verdict came out when assumed figures were drawn from their ranges.
struct DrawnVerdicts {
  std::array<std::int64_t, kVerdicts.size()> counts{};  ///< in the order of kVerdicts
  std::int64_t left_out = 0;                            ///< draws that could not be run or judged
  /// Of each quantity of the answer, in its order: 5 % of the draws are below, 5 % above.
  std::vector<std::pair<double, double>> intervals;

  std::int64_t of(Verdict verdict) const { return counts[static_cast<std::size_t>(verdict)]; }
  std::int64_t judged() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }
};

/// The answer.
struct ClaimAnswer {
  std::string file;
  std::string says;
  Verdict verdict = Verdict::does_not_hold;
  std::string verdict_text;  ///< "holds only if there are at most 4 sequences in a batch"
  std::string because;       ///< may be empty
  std::vector<std::string> shows;
  std::vector<std::string> assumes;
  std::vector<ClaimQuantity> quantities;
  std::optional<DrawnVerdicts> drawn;  ///< where draws were asked for, and there was something to draw
};

/// Evaluates expressions in their order, then the rules. Throws PlacedError on mistakes in them, and on a quantity that
/// comes out as no finite number: nothing can be concluded from that.
ClaimAnswer judge(const ClaimFile& claim, NamedValues values);

/// Finds mistakes in every expression, rule and sentence before anything has run: names are looked up, numbers do not
/// matter.
void check_claim(const ClaimFile& claim, NamedValues values);

/// "holds", "holds only if", "does not hold".
const char* to_string(Verdict verdict);

/// As sentences show it: "0.00213 kWh", "12,300".
std::string quantity_text(const ClaimQuantity& quantity);

}  // namespace idlewatt
