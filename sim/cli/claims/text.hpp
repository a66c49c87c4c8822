// The answers to claims on standard output.
#pragma once

#include <string>
#include <vector>

#include "claims/claim.hpp"
#include "cli/run/summary_table.hpp"

namespace idlewatt {

/// The answers to a list of claims.
struct ClaimsPage {
  std::string title;
  std::string about;  ///< may be empty
  std::string file;   ///< file that was run
  std::vector<ClaimAnswer> answers;
};

/// A table for people: claim, quantities found with their assumptions, verdict.
std::string claims_text(const ClaimsPage& page, const TextStyle& style);

/// JSON for programs: every quantity with every digit, texts as people see them.
std::string claims_json(const ClaimsPage& page);

/// A page in Markdown: a table of the verdicts, then a section for each claim.
std::string claims_markdown(const ClaimsPage& page);

}  // namespace idlewatt
