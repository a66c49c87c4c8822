// Reads claims: the map under `claim:` of a scenario, and files that list such scenarios under `claims:`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenario/claim/claim_file.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/scenario_source.hpp"

namespace idlewatt {

/// The keys under `claim:`, and those of a file that lists claims.
const KeyTable& claim_keys();
const KeyTable& claim_list_keys();

/// A list of files with claims.
struct ClaimList {
  std::string title;
  std::string about;               ///< description of the claims and how to read them; may be empty
  std::vector<std::string> files;  ///< paths, in the file's order
};

/// The claims at `path`: the files under its `claims:`, or the file itself if it has a `claim:`; nothing for a scenario
/// without a claim. Throws InputError.
std::optional<ClaimList> read_claim_list(const std::string& path);

/// Reads the claim of a scenario file, without parsing its expressions. Throws InputError.
ClaimFile read_claim(ScenarioSource& source);

/// The name of a thing in expressions: "a100 static" becomes "a100_static". Letters, digits and dots stay; every other
/// character becomes `_`.
std::string expression_name(const std::string& name);

}  // namespace idlewatt
