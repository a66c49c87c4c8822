// The faults of a run with their times: those of a scenario's list, and those drawn from its rates. Does not depend on
// the fleet's state.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/random.hpp"
#include "base/ticks.hpp"
#include "fleet/fleet.hpp"
#include "scenario/site/faults.hpp"

namespace idlewatt {

/// The future faults of every server, accelerator and rack, in order of time. Each of them draws from a random stream
/// named after it, so one server more or less does not change the faults of the others.
class FaultPlan {
 public:
  FaultPlan(const Faults& faults, const Fleet& fleet, std::uint64_t seed, Ticks horizon);

  /// The start of the next fault; kNever when none starts before the horizon.
  Ticks next() const { return due_.empty() ? kNever : due_.top().at; }
  /// Takes the next fault. Requires next() != kNever.
  FaultEvent take();

 private:
  /// A rate applied to one target.
  struct Source {
    const FaultRate* rate = nullptr;
    FaultEvent event;
    RandomStream random;
  };
  struct Due {
    Ticks at = 0;
    std::size_t number = 0;  ///< number of the event, or behind the events the number of the source
    bool operator>(const Due& other) const { return at != other.at ? at > other.at : number > other.number; }
  };

  /// Adds a rate for the server, accelerator or rack in `target`.
  void add_source(const FaultRate& rate, FaultEvent target, const std::string& name, std::uint64_t seed);
  void draw(std::size_t source, Ticks from);

  std::vector<FaultEvent> events_;
  std::vector<Source> sources_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  Ticks horizon_;
};

}  // namespace idlewatt
