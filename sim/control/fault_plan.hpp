// Which faults come when: those of a scenario's list, and those that its rates draw. Knows nothing of the fleet's
// state.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/random.hpp"
#include "base/ticks.hpp"
#include "fleet/fleet.hpp"
#include "scenario/faults.hpp"

namespace idlewatt {

/// What every server, accelerator and rack has to expect, in order of time. Each draws from a stream of its own, named
/// after it, so that a server more or less changes nobody else's fate.
class FaultPlan {
 public:
  FaultPlan(const Faults& faults, const Fleet& fleet, std::uint64_t seed, Ticks horizon);

  /// When the next fault begins; kNever when none does before the horizon.
  Ticks next() const { return due_.empty() ? kNever : due_.top().at; }
  /// Takes it. Requires next() != kNever.
  FaultEvent take();

 private:
  /// A rate as it comes to one target.
  struct Source {
    const FaultRate* rate = nullptr;
    FaultEvent event;
    RandomStream random;
  };
  struct Due {
    Ticks at = 0;
    std::size_t number = 0;  ///< of the event, then of the source
    bool operator>(const Due& other) const { return at != other.at ? at > other.at : number > other.number; }
  };

  /// `target` says the server, accelerator or rack.
  void add_source(const FaultRate& rate, FaultEvent target, const std::string& name, std::uint64_t seed);
  void draw(std::size_t source, Ticks from);

  std::vector<FaultEvent> events_;
  std::vector<Source> sources_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  Ticks horizon_;
};

}  // namespace idlewatt
