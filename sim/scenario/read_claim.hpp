// Reads claims: what stands under `claim:` of a scenario, and files that list such scenarios under `claims:`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenario/claim_file.hpp"
#include "scenario/key_table.hpp"
#include "scenario/scenario_source.hpp"

namespace idlewatt {

/// The keys under `claim:`, and those of a file that lists claims.
const KeyTable& claim_keys();
const KeyTable& claim_list_keys();

/// Files with claims, as one answer.
struct ClaimList {
  std::string title;
  std::string about;               ///< what they are and how to read them; may be empty
  std::vector<std::string> files;  ///< paths, in the file's order
};

/// The claims that `path` stands for: those of its `claims:`, or itself if it has a `claim:`; nothing for a scenario
/// without one. Throws InputError.
std::optional<ClaimList> read_claim_list(const std::string& path);

/// The claim of a scenario file. Throws InputError; expressions are not looked at.
ClaimFile read_claim(ScenarioSource& source);

/// "a100 static" as expressions write it: "a100_static". Letters, digits and dots stay, all else becomes `_`.
std::string expression_name(const std::string& name);

}  // namespace idlewatt
