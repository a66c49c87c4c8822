#include "run/simulation.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <variant>

#include "control/fleet_controller.hpp"
#include "python/python_policy.hpp"
#include "run/control_schedule.hpp"
#include "run/platform.hpp"
#include "run/sampler.hpp"
#include "run/traffic_actor.hpp"
#include "scenario/policy/chosen_policy.hpp"

namespace idlewatt {
namespace {

Provenance provenance(const Scenario& scenario, const RunOptions& options) {
  return {.title = scenario.title,
          .variant = scenario.variant,
          .seed = scenario.seed,
          .version = options.version,
          .scenario_text = scenario.text,
          .fingerprint = scenario.fingerprint,
          .overrides = scenario.overrides,
          .figures = options.figures};
}

/// Servers between which KV caches may travel, each pair once.
std::vector<std::pair<ServerId, ServerId>> sending_pairs(const Scenario& scenario, const Fleet& fleet) {
  std::set<std::pair<ServerId, ServerId>> pairs;
  for (const Pool& prefill : scenario.pools) {
    if (prefill.role != PoolRole::prefill) {
      continue;
    }
    const Pool& decode = scenario.pools[*prefill.decode_pool];
    for (const ServerId from : fleet.servers().ids()) {
      for (const ServerId to : fleet.servers().ids()) {
        if (fleet.server(from).type->name == prefill.server && fleet.server(to).type->name == decode.server) {
          pairs.emplace(std::min(from, to), std::max(from, to));
        }
      }
    }
  }
  return {pairs.begin(), pairs.end()};
}

NetworkPlan network(const Scenario& scenario, const Fleet& fleet) {
  NetworkPlan plan;
  plan.store_bytes_per_s = scenario.site.store_bytes_per_s;
  for (const FleetRack& rack : fleet.racks()) {
    plan.uplink_bytes_per_s.add(rack.uplink_bytes_per_s);
  }
  for (const FleetServer& server : fleet.servers()) {
    plan.servers.add({.rack = server.rack,
                      .nic_bytes_per_s = server.type->nic_bytes_per_s.value,
                      .disk_bytes_per_s = server.type->disk_bytes_per_s.value,
                      .accelerator_link_bytes_per_s = std::max(server.accelerator->link_bytes_per_s.value,
                                                               server.type->host_to_accelerator_bytes_per_s.value)});
  }
  plan.pairs = sending_pairs(scenario, fleet);
  return plan;
}

/// When the end of a transfer is acted upon. SimGrid's clock is a sum of floating-point steps, one for each thing that
/// happens anywhere: rounded to a microsecond, the end does not depend on how often the driver looked. Rounding turns
/// from down to up at an odd place, for ends are often round numbers, halves of a microsecond too. The next microsecond
/// after that lies ahead of all that has been acted upon meanwhile.
Ticks next_microsecond(Ticks time) {
  constexpr Ticks kUpAbove = kTicksPerMicrosecond * 38197 / 100000;
  return ((time + kTicksPerMicrosecond - kUpAbove) / kTicksPerMicrosecond + 1) * kTicksPerMicrosecond;
}

/// A run: the fleet, what decides about it, and the driver that gives everybody its turn.
class Simulation {
 public:
  Simulation(const Scenario& scenario, const RunOptions& options)
      : scenario_(&scenario),
        options_(&options),
        python_(uses_python(scenario) ? std::make_unique<PythonSession>(scenario.seed) : nullptr),
        cluster_(scenario, options.recorder),
        platform_(network(scenario, cluster_.fleet()), options.simgrid_arguments),
        controller_(scenario, cluster_),
        sampler_(scenario, cluster_),
        traffic_(scenario, controller_, cluster_.log()) {
    if (options.engine_ready) {
      options.engine_ready();
    }
  }

  RunResult run() {
    if (options_->recorder != nullptr) {
      options_->recorder->begin(cluster_.layout(), provenance(*scenario_, *options_));
    }
    platform_.run([this] { drive(); });
    RunResult result;
    result.interrupted = interrupted_;
    result.simulated_s = to_seconds(simulated_);
    if (!interrupted_) {
      result.summary = cluster_.finish(scenario_->horizon);
      if (options_->recorder != nullptr) {
        options_->recorder->end(result.summary);
      }
    }
    result.costs = {.requests = cluster_.log().statistics().arrivals(),
                    .simgrid_wakes = platform_.wakes(),
                    .replica_changes = cluster_.changes_taken()};
    return result;
  }

 private:
  /// Gives everybody its turn: at every tick the sampler first, then control, then the traffic.
  void drive() {
    // Between two looks at the stop flag; a request takes about a microsecond.
    constexpr std::int64_t kLookEvery = 4096;
    carry_out(controller_.begin(), 0);
    std::size_t manual_act = 0;
    for (std::int64_t turns = 0; turns % kLookEvery != 0 || !stopped(); ++turns) {
      const Ticks traffic = traffic_.next();
      const Ticks control = std::min(schedule_.next(), next_manual_act(manual_act));
      const Ticks now = std::min({sampler_.next(), control, traffic});
      if (!let_time_pass(now)) {
        continue;  // a transfer has ended
      }
      if (sampler_.next() == now) {
        carry_out(controller_.settle(now), now);
        if (sample(now)) {
          return;
        }
      } else if (schedule_.next() == now) {
        carry_out(controller_.resume(schedule_.take(), now), now);
      } else if (control == now) {
        carry_out(controller_.settle(now), now);
        carry_out(options_->manual_acts[manual_act++].act(controller_, now), now);
      } else {
        carry_out(traffic_.act(now), now);
      }
    }
  }

  Ticks next_manual_act(std::size_t number) const {
    return number < options_->manual_acts.size() ? options_->manual_acts[number].at : kNever;
  }

  /// Lets SimGrid's time pass up to `now` while transfers are under way: nobody knows when they end, for others may
  /// come to share their links. False when one has ended before.
  bool let_time_pass(Ticks now) {
    if (platform_.transfers_under_way() == 0 || followed_ >= now) {
      return true;
    }
    if (platform_.wait_for_transfers(now)) {
      followed_ = now;
      return true;
    }
    for (const Platform::Ended& ended : platform_.take_ended()) {
      schedule_.set(ended.process, next_microsecond(ended.at));
    }
    return false;
  }

  void carry_out(Effects&& effects, Ticks now) {
    for (const Effect& effect : effects) {
      std::visit([this, now](const auto& wanted) { carry_out(wanted, now); }, effect);
    }
  }
  void carry_out(const Wait& wait, Ticks) { schedule_.set(wait.process, wait.until); }
  void carry_out(const Boot& boot, Ticks) { schedule_.set(boot.process, boot.until); }
  void carry_out(const ShutDown& shut_down, Ticks) { schedule_.set(shut_down.process, shut_down.until); }
  void carry_out(const SetUplink& uplink, Ticks now) {
    catch_up(now);
    platform_.set_uplink(uplink.rack, uplink.bytes_per_s);
  }
  void carry_out(const Cancel& cancel, Ticks) {
    schedule_.remove(cancel.process);
    platform_.abandon(cancel.process);
  }
  template <class Transfer>
  void carry_out(const Transfer& transfer, Ticks now) {
    catch_up(now);
    platform_.begin(transfer);
  }

  /// SimGrid's clock stands still while nothing is under way.
  void catch_up(Ticks now) {
    if (platform_.transfers_under_way() == 0) {
      platform_.advance_to(now);
      followed_ = now;
    }
  }

  /// True at the end of the run.
  bool sample(Ticks now) {
    if (stopped()) {
      return true;
    }
    if (sampler_.act(now)) {
      simulated_ = now;
      if (options_->progress) {
        options_->progress({.simulated_s = to_seconds(now),
                            .horizon_s = to_seconds(scenario_->horizon),
                            .requests = cluster_.log().statistics().arrivals()});
      }
    }
    return now >= scenario_->horizon;
  }

  bool stopped() {
    interrupted_ = interrupted_ || (options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed));
    return interrupted_;
  }

  const Scenario* scenario_;
  const RunOptions* options_;
  std::unique_ptr<PythonSession> python_;  ///< outlives the policies
  Cluster cluster_;
  Platform platform_;
  FleetController controller_;
  Sampler sampler_;
  TrafficActor traffic_;
  ControlSchedule schedule_;
  Ticks followed_ = -1;  ///< how far SimGrid's clock was followed
  Ticks simulated_ = 0;
  bool interrupted_ = false;
};

}  // namespace

RunResult run(const Scenario& scenario, const RunOptions& options) {
  return Simulation(scenario, options).run();
}

}  // namespace idlewatt
