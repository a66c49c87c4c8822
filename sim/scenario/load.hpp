// Loads scenarios: takes a file and the options of the command line, returns checked structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

struct LoadOptions {
  std::vector<std::string> set = {};       ///< overrides from --set: "pools.chat.servers=l4-8"; applied after the
                                           ///< variant's own
  std::optional<std::uint64_t> seed = {};  ///< replaces the scenario's seed
  Hdf5TraceOpener open_hdf5_trace = {};    ///< opens traces in HDF5; without it they are refused
  bool fingerprint = false;                ///< true: sets Scenario::fingerprint, which reads every file that the
                                           ///< scenario names
  std::string platforms_dir = {};          ///< folder with accelerators/, servers/, models/, engines/
};

/// One scenario per variant, in the file's order; one scenario without a name when the file has no variants. Throws
/// InputError with a line for each problem: "file:line:column: what is wrong; expected ...; did you mean ...?". A value
/// that came from an override has the place of the override (a variant's, or "--set path=value").
std::vector<Scenario> load_scenario(const std::string& path, const LoadOptions& options);

}  // namespace idlewatt
