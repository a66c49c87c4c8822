// The answer of `idlewatt run --json`.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/choice.hpp"
#include "cli/uncertainty.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

struct JsonVariant {
  std::string name;  ///< empty where the scenario has no variants
  std::string file;
  std::optional<Summary> summary;
  std::string error;  ///< instead of file and summary
};

struct JsonAnswer {
  std::string title;
  std::uint64_t seed = 0;
  std::string version;
  std::vector<std::string> notes;  ///< what must be known beside the costs
  std::string index;               ///< the file that lists the results
  std::vector<JsonVariant> variants;
  std::vector<AskedRun> asked;               ///< those that are through, with what their scenarios ask
  const Uncertainty* uncertainty = nullptr;  ///< of the variants, in their order; null without
  std::string uncertainty_file;
};

/// A measure's value: a whole number for counts, null where there is none.
nlohmann::ordered_json number_json(const Measure& measure, double value);

/// Keys in this order, measures as measures() orders them, doubles with every digit that tells them apart, counts as
/// integers, null for what has no value. Ends with a line feed.
std::string to_json(const JsonAnswer& answer);

}  // namespace idlewatt
