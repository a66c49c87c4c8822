// A short description of a scenario: its traffic, its limits and its hardware.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// The simulated time on the clocks that hour profiles and prices follow: "24 h from Mon 2024-07-01 00:00
/// America/Los_Angeles".
std::string describe_time(const Scenario& scenario);

/// One line per entry of `traffic:`: "chat-spiky-day -> llama-3-8b, SLO: TTFT 1 s, TPOT 100 ms".
std::vector<std::string> describe_traffic(const Scenario& scenario);

/// One line per pool: "chat: llama-3-8b in bf16 on hgx-a100-80, 1 accelerator a replica, 8 replicas (1 to 16); ...".
std::vector<std::string> describe_pools(const Scenario& scenario);

/// The servers of all racks: "2 x hgx-a100-80 (16 x a100-sxm-80), 8 x l4-8 (64 x l4)".
std::string describe_fleet(const Scenario& scenario);

/// The assumed numbers of the catalogue that scenarios use, each counted once.
struct AssumedNumbers {
  std::int64_t count = 0;
  std::string where;  ///< entries that hold most of them: "t4 14, l4 12 and 3 others"
};
AssumedNumbers assumed_numbers(const std::vector<Scenario>& scenarios);

/// The variant in words: "variant `l4`", or "the run" for a scenario without variants.
std::string describe_variant(const Scenario& scenario);

}  // namespace idlewatt
