#include "datacenter/faults_actor.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "datacenter/actor_clock.hpp"
#include "datacenter/fault_plan.hpp"

namespace idlewatt {
namespace {

/// What the actor does next about a fault.
enum class Stage : std::uint8_t { notice, begin, end };

class FaultsAtWork {
 public:
  explicit FaultsAtWork(const ControlRoom& room)
      : room_(room),
        plan_(room.scenario.faults, room.cluster.fleet(), room.scenario.seed, room.scenario.horizon),
        uplink_factor_(room.scenario.racks.size(), 1.0) {}

  Ticks next() const { return std::min(plan_.next(), steps_.empty() ? kNever : steps_.top().at); }

  /// Does what is due at `now`, up to which the cluster was settled: what ends goes before what begins.
  void act(Ticks now) {
    while (next() <= now) {
      if (!steps_.empty() && steps_.top().at <= now) {
        const Step step = steps_.top();
        steps_.pop();
        carry_out(step, now);
      } else {
        const FaultEvent event = plan_.take();
        carry_out({now, taken_++, event.notice > 0 ? Stage::notice : Stage::begin, event}, now);
      }
    }
  }

 private:
  struct Step {
    Ticks at = 0;
    std::int64_t number = 0;  ///< of the fault
    Stage stage = Stage::begin;
    FaultEvent event;
    bool operator>(const Step& other) const { return at != other.at ? at > other.at : number > other.number; }
  };

  void carry_out(Step step, Ticks now) {
    const FaultEvent& event = step.event;
    Lifecycle& lifecycle = room_.lifecycle;
    const bool server = event.kind == FaultKind::crash || event.kind == FaultKind::spot;
    const Stage stage = step.stage;
    if (stage != Stage::end) {
      step.stage = stage == Stage::notice ? Stage::begin : Stage::end;
      step.at = now + (stage == Stage::notice ? event.notice : event.lasts);
      steps_.push(step);
    }
    if (event.kind == FaultKind::uplink) {
      set_uplink(event, stage == Stage::end);
    } else if (event.kind == FaultKind::slow) {
      lifecycle.slow_server(event.target, event.factor, stage != Stage::end, now);
    } else if (stage == Stage::notice) {
      lifecycle.clear_server(event.target, now);
    } else if (stage == Stage::begin && server) {
      lifecycle.lose_server(event.target, event.notice > 0, now);
    } else if (stage == Stage::begin) {
      lifecycle.lose_accelerator(event.target, event.accelerator, now);
    } else if (server) {
      lifecycle.regain_server(event.target, now);
    } else {
      lifecycle.regain_accelerator(event.target, event.accelerator, now);
    }
  }

  void set_uplink(const FaultEvent& event, bool whole_again) {
    // Of several faults of one uplink, the last to begin or end says how fast it is.
    const auto rack = static_cast<std::size_t>(event.target);
    uplink_factor_[rack] = whole_again ? 1.0 : event.factor;
    room_.site.set_uplink(event.target, room_.cluster.fleet().racks()[rack].uplink_bytes_per_s * uplink_factor_[rack]);
  }

  ControlRoom room_;
  FaultPlan plan_;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps_;
  std::vector<double> uplink_factor_;  ///< by rack
  std::int64_t taken_ = 0;
};

}  // namespace

void add_faults(const ControlRoom& room) {
  if (!room.scenario.faults.any()) {
    return;
  }
  const auto faults = std::make_shared<FaultsAtWork>(room);
  const auto clock = std::make_shared<ActorClock>(room.site, room.clock, faults->next());
  act(room.site, "faults", clock, [room, faults](ActorClock& own) {
    while (own.now() < room.scenario.horizon) {
      room.cluster.settle(own.now());
      faults->act(own.now());
      if (faults->next() == kNever) {
        return;
      }
      own.sleep_until(faults->next());
    }
  });
}

}  // namespace idlewatt
