// `--uncertainty` for claims: whether a verdict stands when figures are drawn from their ranges.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/run_claims.hpp"
#include "cli/uncertainty.hpp"

namespace idlewatt {

/// The draws for one claim: of the figures with a range that its scenarios and its steps rest on. Nothing where none
/// has a range: then the verdict rests on none.
std::optional<Uncertainty> draw_for(const ClaimCase& one, std::uint64_t draws);

/// What the draws make of the claim, once their runs are in `uncertainty.summaries`.
DrawnVerdicts drawn_verdicts(const ClaimCase& one, const Uncertainty& uncertainty);

}  // namespace idlewatt
