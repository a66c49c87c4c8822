// `idlewatt run` and `idlewatt check` on files with claims.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "claims/claim.hpp"
#include "cli/command_line.hpp"
#include "cli/select.hpp"
#include "scenario/read_claim.hpp"

namespace idlewatt {

/// The claims in the file that the command line names, if it has any. Throws InputError.
std::optional<ClaimList> claims_of(const CommandLine& line);

/// A claim, read and checked, with what it wants simulated.
struct ClaimCase {
  ClaimFile claim;
  std::shared_ptr<const Catalog> catalog;
  Selection selection;  ///< without scenarios where arithmetic and physics are enough
};

/// Reads every file of the list and checks every expression in them; runs nothing. Throws InputError.
std::vector<ClaimCase> read_claim_cases(const CommandLine& line, const ClaimList& list);

/// Runs what the claims want, several processes at a time, judges them, and prints the answer.
ExitStatus run_claims(const CommandLine& line, const ClaimList& list);

/// Says what would run.
ExitStatus check_claims(const CommandLine& line, const ClaimList& list);

}  // namespace idlewatt
