// The answer of `idlewatt run --json`.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/run/choice.hpp"
#include "cli/run/uncertainty.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

/// The answer of one variant.
struct JsonVariant {
  std::string name;  ///< empty when the scenario has no variants
  std::string file;
  std::optional<Summary> summary;
  std::string error;  ///< in place of file and summary
};

/// The answer of a run, with everything that JSON shows of it.
struct JsonAnswer {
  std::string title;
  std::uint64_t seed = 0;
  std::string version;
  std::vector<std::string> notes;  ///< notes beside the costs
  std::string index;               ///< file that lists the results
  std::vector<JsonVariant> variants;
  std::vector<AskedRun> asked;               ///< completed runs, with the SLOs of their scenarios
  const Uncertainty* uncertainty = nullptr;  ///< uncertainty of the variants, in their order; null without
  std::string uncertainty_file;
};

/// The value of a measure: a whole number for counts, null for NaN.
nlohmann::ordered_json number_json(const Measure& measure, double value);

/// The answer as JSON. Keys have a fixed order; measures are ordered as in measures(). Doubles have every digit that
/// tells them apart; counts are integers; a missing value is null. Ends with a line feed.
std::string to_json(const JsonAnswer& answer);

}  // namespace idlewatt
