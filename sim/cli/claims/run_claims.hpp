// `idlewatt run` and `idlewatt check` on files with claims.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "claims/claim.hpp"
#include "cli/options/command_line.hpp"
#include "cli/options/select.hpp"
#include "scenario/claim/read_claim.hpp"

namespace idlewatt {

/// The claims in the file on the command line; nothing when the file has none. Throws InputError.
std::optional<ClaimList> claims_of(const CommandLine& line);

/// A claim that has been read and checked, with the scenarios to simulate for it.
struct ClaimCase {
  ClaimFile claim;
  std::shared_ptr<const Catalog> catalog;
  Selection selection;  ///< no scenarios when arithmetic and physics are enough
};

/// Reads every file of the list and checks every expression in it. Runs nothing. Throws InputError.
std::vector<ClaimCase> read_claim_cases(const CommandLine& line, const ClaimList& list);

/// Runs the scenarios of the claims, several processes at a time, judges the claims, and prints the answer.
ExitStatus run_claims(const CommandLine& line, const ClaimList& list);

/// Prints what run_claims() would run.
ExitStatus check_claims(const CommandLine& line, const ClaimList& list);

}  // namespace idlewatt
