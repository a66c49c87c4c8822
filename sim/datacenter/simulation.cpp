#include "datacenter/simulation.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "datacenter/cluster.hpp"
#include "datacenter/control_clock.hpp"
#include "datacenter/site.hpp"
#include "policy/table.hpp"
#include "units/error.hpp"
#include "workload/open.hpp"

namespace idlewatt {
namespace {

std::vector<TrafficSource> sources(const Scenario& scenario) {
  std::vector<TrafficSource> result;
  for (const Traffic& traffic : scenario.traffic) {
    result.push_back(
        {.name = traffic.name, .file = traffic.file, .generated = traffic.generated, .scale = traffic.scale});
  }
  return result;
}

Provenance provenance(const Scenario& scenario, const RunOptions& options) {
  return {.title = scenario.title,
          .variant = scenario.variant,
          .seed = scenario.seed,
          .version = options.version,
          .scenario_text = scenario.text,
          .overrides = scenario.overrides,
          .figures = options.figures};
}

/// A run: the fleet and the actors that move it.
class Simulation {
 public:
  Simulation(const Scenario& scenario, const RunOptions& options)
      : scenario_(&scenario),
        options_(&options),
        traffic_(open_traffic(sources(scenario), scenario.seed)),
        cluster_(scenario, options.recorder),
        site_(options.simgrid_arguments) {
    if (options.engine_ready) {
      options.engine_ready();
    }
    add_sampler();
    for (std::size_t pool = 0; pool < scenario.pools.size(); ++pool) {
      add_autoscaler(*cluster_.pools()[pool]);
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
        .queries = cluster_.arrivals(), .simgrid_wakes = site_.wakes(), .replica_changes = cluster_.changes_taken()};
    return result;
  }

 private:
  bool stopped() {
    interrupted_ = interrupted_ || (options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed));
    return interrupted_;
  }

  void traffic() {
    Query query;
    // Between two looks at the stop flag; a query takes about a microsecond.
    constexpr std::int64_t kLookEvery = 4096;
    for (std::int64_t i = 0; traffic_->next(query) && query.arrival < scenario_->horizon; ++i) {
      if (i % kLookEvery == 0 && stopped()) {
        return;
      }
      wait_for_control(query.arrival);
      cluster_.arrive(std::move(query));
      query = {};
    }
  }

  /// Lets every act of control up to `arrival` happen.
  void wait_for_control(Ticks arrival) {
    while (clock_.next() <= arrival && !interrupted_) {
      // First by time; at the same instant the others go first.
      site_.sleep_until(clock_.next());
      site_.yield();
    }
  }

  void add_sampler() {
    const Ticks every = scenario_->sample_every;
    const std::size_t me = clock_.add(std::min(every, scenario_->horizon));
    site_.add_actor("sampler", false, [this, me, every] {
      Ticks now = 0;
      while (now < scenario_->horizon) {
        now = std::min(now + every, scenario_->horizon);
        site_.sleep_until(now);
        if (stopped()) {
          clock_.set(me, kNever);
          return;
        }
        cluster_.settle(now);
        cluster_.close_bin(now);
        simulated_ = now;
        if (options_->progress) {
          options_->progress({.simulated_s = to_seconds(now),
                              .horizon_s = to_seconds(scenario_->horizon),
                              .queries = cluster_.arrivals()});
        }
        clock_.set(me, now < scenario_->horizon ? std::min(now + every, scenario_->horizon) : kNever);
      }
    });
  }

  /// The actor of a pool's autoscaling policy: asks it, carries out what it decides, and sleeps until it is due again.
  void add_autoscaler(PoolRuntime& pool) {
    const AutoscaleDeclaration* declaration = find(autoscale_policies_, pool.settings().autoscaling.name);
    if (declaration == nullptr) {
      throw InputError("there is no autoscaling policy `" + pool.settings().autoscaling.name + "`");
    }
    std::shared_ptr<AutoscalePolicy> policy = declaration->make(pool.settings().autoscaling.parameters);
    const std::size_t me = clock_.add(0);
    site_.add_actor("autoscaler " + pool.settings().name, true, [this, me, policy, &pool] {
      Ticks now = 0;
      while (now < scenario_->horizon) {
        cluster_.settle(now);
        const AutoscaleView view = pool.view(now);
        const AutoscaleDecision decision = policy->decide(view);
        if (decision.replicas != view.target) {
          throw Error("autoscaling policy `" + pool.settings().autoscaling.name +
                      "` asks for another number of replicas");
        }
        now = std::max(decision.wake_at, now + 1);
        clock_.set(me, decision.wake_at);
        if (decision.wake_at >= scenario_->horizon) {
          clock_.set(me, kNever);
          return;
        }
        site_.sleep_until(now);
      }
    });
  }

  const Scenario* scenario_;
  const RunOptions* options_;
  std::unique_ptr<TraceReader> traffic_;
  const std::vector<AutoscaleDeclaration> autoscale_policies_ = autoscale_policies();
  Cluster cluster_;
  ControlClock clock_;
  SimulatedSite site_;
  Ticks simulated_ = 0;
  bool interrupted_ = false;
};

}  // namespace

RunResult run(const Scenario& scenario, const RunOptions& options) {
  return Simulation(scenario, options).run();
}

}  // namespace idlewatt
