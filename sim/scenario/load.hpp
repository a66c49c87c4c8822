// The door to scenarios: a file and the command line's wishes in, checked structs out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

struct LoadOptions {
  std::vector<std::string> set = {};       ///< "pools.chat.servers=l4-8", from --set; after the variant's own overrides
  std::optional<std::uint64_t> seed = {};  ///< instead of the scenario's
  Hdf5TraceOpener open_hdf5_trace = {};    ///< for traces in HDF5; without it they are refused
  bool fingerprint = false;                ///< fill in Scenario::fingerprint: reads every file that the scenario names
  std::string platforms_dir = {};          ///< the folder with accelerators/, servers/, models/, engines/
};

/// One scenario per variant, in the file's order; one without a name where the file has no variants. Throws InputError
/// "file:line:column: what is wrong; expected ...; did you mean ...?", a line for each problem, the place that of the
/// override (a variant's, or "--set path=value") where the value came from there.
std::vector<Scenario> load_scenario(const std::string& path, const LoadOptions& options);

}  // namespace idlewatt
