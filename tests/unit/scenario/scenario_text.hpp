// A small valid scenario as text, in a folder of its own, to be spoilt by the tests one line at a time.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "scenario/load.hpp"
#include "support/source_dir.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt::test {

inline constexpr const char* kScenario =
    "title: A test\n"                                                               // 1
    "traffic:\n"                                                                    // 2
    "  - {source: chat.yaml, model: llama-3-8b, slo: {ttft: 1 s, tpot: 100 ms}}\n"  // 3
    "site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh}\n"              // 4
    "racks:\n"                                                                      // 5
    "  - {servers: 1 x hgx-a100-80, uplink: 100 Gbps}\n"                            // 6
    "pools:\n"                                                                      // 7
    "  chat:\n"                                                                     // 8
    "    model: llama-3-8b\n"                                                       // 9
    "    precision: bf16\n"                                                         // 10
    "    servers: hgx-a100-80\n"                                                    // 11
    "    replicas: {start: 2, min: 1, max: 8}\n"                                    // 12
    "    batching: {policy: continuous, max_sequences: 64}\n";                      // 13

inline constexpr const char* kWorkload =
    "name: chat\n"                                                    // 1
    "duration: 24 h\n"                                                // 2
    "mean_rate: 20 /s\n"                                              // 3
    "spikes: {per_day: 12, height: [4, 6], decay: 2 min}\n"           // 4
    "prompt_tokens:\n"                                                // 5
    "  quantiles: {0: 2, 0.5: 928, 1: 14050}\n"                       // 6
    "  source: a test\n"                                              // 7
    "output_tokens: {quantiles: {0: 1, 1: 1000}, source: a test}\n";  // 8

using Folder = TemporaryFolder;

/// `text` with the one place that reads `from` replaced. Throws when there is none, so that no test tests nothing.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    throw std::runtime_error("the text has no `" + from + "`");
  }
  return text.replace(at, from.size(), to);
}

inline LoadOptions options_with(const std::vector<std::string>& set = {}) {
  return {.set = set, .platforms_dir = source_dir() + "/platforms"};
}

/// Loads `text` as s.yaml beside `workload` as chat.yaml.
inline std::vector<Scenario> load(const std::string& text, const std::vector<std::string>& set = {},
                                  const std::string& workload = kWorkload) {
  const Folder folder;
  folder.write("chat.yaml", workload);
  return load_scenario(folder.write("s.yaml", text), options_with(set));
}

/// The message of the InputError that loading gives, or "no error".
inline std::string error_of(const std::string& text, const std::vector<std::string>& set = {},
                            const std::string& workload = kWorkload) {
  const Folder folder;
  folder.write("chat.yaml", workload);
  try {
    load_scenario(folder.write("s.yaml", text), options_with(set));
  } catch (const InputError& error) {
    return folder.relative(error.what());
  }
  return "no error";
}

/// The error after replacing one place of the valid scenario.
inline std::string error_with(const std::string& from, const std::string& to) {
  return error_of(with(kScenario, from, to));
}

}  // namespace idlewatt::test
