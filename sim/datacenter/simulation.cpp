#include "datacenter/simulation.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "datacenter/actor_clock.hpp"
#include "datacenter/cluster.hpp"
#include "datacenter/control_clock.hpp"
#include "datacenter/controllers.hpp"
#include "datacenter/faults_actor.hpp"
#include "datacenter/kv_mover.hpp"
#include "datacenter/lifecycle.hpp"
#include "datacenter/site.hpp"
#include "datacenter/traffic.hpp"
#include "datacenter/waiting_clients.hpp"
#include "python/python_policy.hpp"
#include "scenario/chosen_policy.hpp"

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
std::vector<std::pair<std::int32_t, std::int32_t>> sending_pairs(const Scenario& scenario, const Fleet& fleet) {
  std::set<std::pair<std::int32_t, std::int32_t>> pairs;
  for (const Pool& prefill : scenario.pools) {
    if (prefill.role != PoolRole::prefill) {
      continue;
    }
    const Pool& decode = scenario.pools[static_cast<std::size_t>(prefill.decode_pool)];
    for (std::size_t from = 0; from < fleet.servers().size(); ++from) {
      for (std::size_t to = 0; to < fleet.servers().size(); ++to) {
        if (fleet.servers()[from].type->name == prefill.server && fleet.servers()[to].type->name == decode.server) {
          pairs.emplace(static_cast<std::int32_t>(std::min(from, to)), static_cast<std::int32_t>(std::max(from, to)));
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
    plan.uplink_bytes_per_s.push_back(rack.uplink_bytes_per_s);
  }
  for (const FleetServer& server : fleet.servers()) {
    plan.servers.push_back(
        {.rack = server.rack,
         .nic_bytes_per_s = server.type->nic_bytes_per_s.value,
         .disk_bytes_per_s = server.type->disk_bytes_per_s.value,
         .accelerator_link_bytes_per_s =
             std::max(server.accelerator->link_bytes_per_s.value, server.type->host_to_accelerator_bytes_per_s.value)});
  }
  plan.pairs = sending_pairs(scenario, fleet);
  return plan;
}

/// A run: the fleet and the actors that move it.
class Simulation {
 public:
  Simulation(const Scenario& scenario, const RunOptions& options)
      : scenario_(&scenario),
        options_(&options),
        python_(uses_python(scenario) ? std::make_unique<PythonSession>(scenario.seed) : nullptr),
        traffic_(open_traffic(scenario)),
        cluster_(scenario, options.recorder),
        site_(network(scenario, cluster_.fleet()), options.simgrid_arguments),
        lifecycle_(site_, clock_, cluster_, scenario),
        clients_(scenario) {
    answers_matter_ = clients_.any() || std::any_of(scenario.traffic.begin(), scenario.traffic.end(),
                                                    [](const Traffic& entry) { return entry.client.has_value(); });
    if (clients_.any()) {
      cluster_.on_ended([this](const Request& request, Ticks end) { clients_.completed(request, end); });
    }
    if (options.engine_ready) {
      options.engine_ready();
    }
    add_sampler();
    const ControlRoom room{scenario, site_, clock_, cluster_, lifecycle_};
    for (std::size_t pool = 0; pool < scenario.pools.size(); ++pool) {
      add_autoscaler(room, pool);
      add_idle_manager(room, pool);
    }
    add_faults(room);
    add_kv_mover(room);
    if (options.more_control) {
      options.more_control(room);
    }
    site_.add_actor("traffic", false, [this] { traffic(); });
  }

  RunResult run() {
    if (options_->recorder != nullptr) {
      options_->recorder->begin(cluster_.layout(), provenance(*scenario_, *options_));
    }
    site_.run();
    RunResult result;
    result.interrupted = interrupted_;
    result.simulated_s = to_seconds(simulated_);
    if (!interrupted_) {
      result.summary = cluster_.finish(scenario_->horizon);
      if (options_->recorder != nullptr) {
        options_->recorder->end(result.summary);
      }
    }
    result.costs = {
        .requests = cluster_.arrivals(), .simgrid_wakes = site_.wakes(), .replica_changes = cluster_.changes_taken()};
    return result;
  }

 private:
  bool stopped() {
    interrupted_ = interrupted_ || (options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed));
    return interrupted_;
  }

  void traffic() {
    // Between two looks at the stop flag; a request takes about a microsecond.
    constexpr std::int64_t kLookEvery = 4096;
    Request request;
    for (std::int64_t i = 0; next_request(request); ++i) {
      if ((i % kLookEvery == 0 && stopped()) || !end_lookups(request.arrival) || !wait_for_control(request.arrival)) {
        return;
      }
      act(request.arrival, [&] { cluster_.arrive(std::move(request)); });
      request = {};
    }
    end_lookups(scenario_->horizon - 1);
  }

  /// The traffic acts at `time`, and nobody else meanwhile.
  template <class Body>
  void act(Ticks time, Body body) {
    acted_ = time;
    clock_.begin_act(ControlClock::kTraffic);
    body();
    clock_.end_act(ControlClock::kTraffic);
  }

  /// Takes every lookup in the cache that ends by `time`, each at its time: a miss may wake somebody. False when the
  /// run was interrupted meanwhile.
  bool end_lookups(Ticks time) {
    for (Ticks end = cluster_.next_lookup(); end <= time; end = cluster_.next_lookup()) {
      if (!wait_for_control(end)) {
        return false;
      }
      act(end, [&] { cluster_.settle(end); });
    }
    return true;
  }

  /// The next request before the horizon, of the trace or of a client that has its answer and has thought about it.
  bool next_request(Request& request) {
    if (!answers_matter_) {
      return traffic_->next(request) && request.arrival < scenario_->horizon;
    }
    return next_of_trace_or_clients(request);
  }

  /// When the traffic goes on.
  struct Due {
    Ticks arrival = kNever;     ///< of the trace, or of a client that has its answer and has thought about it
    Ticks client_act = kNever;  ///< a client gives up or tries again
    Ticks change = kNever;      ///< an answer that comes before may make a client ask before
    Ticks first() const { return std::min({arrival, client_act, change}); }
  };
  Due next_due() {
    const bool answers_awaited = clients_.any() || cluster_.lets_clients_go();
    return {.arrival = std::min(peeked_ ? trace_next_.arrival : kNever, clients_.next_arrival()),
            .client_act = cluster_.next_client_act(),
            .change = answers_awaited ? cluster_.next_change() : cluster_.next_lookup()};
  }

  bool next_of_trace_or_clients(Request& request) {
    if (!trace_ended_ && !peeked_) {
      peeked_ = traffic_->next(trace_next_);
      trace_ended_ = !peeked_;
    }
    for (;;) {
      const Due due = next_due();
      if (due.first() >= scenario_->horizon) {
        // All clients wait, and nothing moves until control does: until a replica is ready, say.
        const bool carries = cluster_.transfers() != nullptr && clock_.transfers() && site_.now() < scenario_->horizon;
        if ((clock_.next() >= scenario_->horizon && !carries) || !follow_control()) {
          return false;
        }
        continue;
      }
      if (!wait_for_control(due.first())) {
        return false;
      }
      if (next_due().first() < due.first()) {
        continue;  // control has made something happen sooner
      }
      if (due.change == due.first()) {
        act(due.change, [&] { cluster_.settle(due.change); });
      } else if (due.client_act == due.first()) {
        act(due.client_act, [&] { cluster_.act_for_clients(due.client_act); });
      } else if (peeked_ && trace_next_.arrival <= clients_.next_arrival()) {
        request = std::move(trace_next_);
        trace_next_ = {};
        peeked_ = false;
        request.id = numbered_++;
        return true;
      } else {
        clients_.take(request);
        request.arrival = std::max(request.arrival, acted_);
        request.id = numbered_++;
        return true;
      }
    }
  }

  /// Lets time pass until control has acted once more.
  bool follow_control() {
    constexpr Ticks kLook = kTicksPerSecond;  // while a transfer is under way, nobody knows who acts next
    site_.about_to_wait();                    // what the traffic has done may be due sooner
    const Ticks next = std::min(clock_.next(), scenario_->horizon);
    if (cluster_.transfers() != nullptr) {
      site_.sleep_until_or_rung(next, Bell::traffic);
      site_.give_way(patience_.asked(clock_.acts()));
      return !interrupted_;
    }
    site_.sleep_until(clock_.transfers() ? std::min(next, site_.now() + kLook) : next);
    site_.give_way(patience_.asked(clock_.acts()));
    return !interrupted_;
  }

  /// Lets every act of control up to `arrival` happen. False when the run was interrupted meanwhile.
  bool wait_for_control(Ticks arrival) {
    Ticks followed = -1;  // how far SimGrid's clock was followed
    while (!interrupted_) {
      site_.about_to_wait();
      if (clock_.next() <= arrival) {
        // First by time; at the same instant the others go first.
        site_.sleep_until(clock_.next());
        site_.give_way(patience_.asked(clock_.acts()));
        if (answers_matter_ && cluster_.transfers() != nullptr && next_due().first() < arrival) {
          return true;  // an answer that control has brought about comes first
        }
      } else if (clock_.transfers() && cluster_.transfers() != nullptr && followed < arrival) {
        // Until control is due sooner: a request whose KV cache has arrived may be answered before the arrival.
        followed = site_.sleep_until_or_rung(arrival, Bell::traffic) ? arrival : followed;
        site_.give_way(0);
      } else if (clock_.transfers() && followed < arrival) {
        site_.sleep_until(arrival);
        site_.give_way(0);
        followed = arrival;
      } else {
        return true;
      }
    }
    return false;
  }

  void add_sampler() {
    const Ticks first_sample = std::min(scenario_->sample_every, scenario_->horizon);
    const Ticks first_reading = cluster_.next_reading(0);
    const auto clock = std::make_shared<ActorClock>(site_, clock_, std::min(first_sample, first_reading));
    site_.add_actor("sampler", false, [this, clock, first_sample, first_reading] {
      Ticks sample = first_sample;
      Ticks reading = first_reading;
      for (;;) {
        const Ticks now = std::min(sample, reading);
        clock->sleep_until(now);
        if (stopped()) {
          break;
        }
        cluster_.settle(now);
        if (now == reading) {
          cluster_.read_meters(now);
          reading = cluster_.next_reading(now);
        }
        if (now < sample) {
          continue;
        }
        cluster_.close_bin(now);
        simulated_ = now;
        if (options_->progress) {
          options_->progress({.simulated_s = to_seconds(now),
                              .horizon_s = to_seconds(scenario_->horizon),
                              .requests = cluster_.arrivals()});
        }
        if (now >= scenario_->horizon) {
          break;
        }
        sample = std::min(now + scenario_->sample_every, scenario_->horizon);
      }
      clock->retire();
    });
  }

  const Scenario* scenario_;
  const RunOptions* options_;
  std::unique_ptr<PythonSession> python_;  ///< outlives the policies
  std::unique_ptr<TraceReader> traffic_;
  Cluster cluster_;
  ControlClock clock_;
  SimulatedSite site_;
  Lifecycle lifecycle_;
  WaitingClients clients_;
  bool answers_matter_ = false;  ///< what comes next depends on what has become of requests
  Request trace_next_;             ///< read ahead of the clients, if `peeked_`
  bool peeked_ = false;
  bool trace_ended_ = false;
  std::int64_t numbered_ = 0;
  Ticks acted_ = 0;  ///< when the traffic acted last
  Patience patience_;
  Ticks simulated_ = 0;
  bool interrupted_ = false;
};

}  // namespace

RunResult run(const Scenario& scenario, const RunOptions& options) {
  return Simulation(scenario, options).run();
}

}  // namespace idlewatt
