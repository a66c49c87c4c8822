// `--uncertainty` for claims: tests whether a verdict stands when figures are drawn from their ranges.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/claims/run_claims.hpp"
#include "cli/run/uncertainty.hpp"

namespace idlewatt {

/// The draws for one claim, of the figures with a range that its scenarios and its steps use. Nothing when none has a
/// range, since the verdict then depends on none.
std::optional<Uncertainty> draw_for(const ClaimCase& one, std::uint64_t draws);

/// The verdicts of the draws. Requires that `uncertainty.summaries` has their runs.
DrawnVerdicts drawn_verdicts(const ClaimCase& one, const Uncertainty& uncertainty);

}  // namespace idlewatt
