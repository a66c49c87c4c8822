#include "control/autoscaler.hpp"

#include <algorithm>
#include <utility>

#include "scenario/policy/chosen_policy.hpp"

namespace idlewatt {

Autoscaler::Autoscaler(const Scenario& scenario, RunningPool& pool, Ticks cold_start)
    : pool_(&pool),
      start_unix_s_(scenario.start_unix_s),
      time_zone_(&scenario.site.tariff.time_zone),
      cold_start_(cold_start) {
  const AutoscaleDeclaration declaration = chosen_autoscaling(pool.settings().autoscaling);
  policy_ = declaration.make(pool.settings().autoscaling.parameters);
  if (declaration.info.clairvoyant) {
    forecast_ = std::make_unique<TraceForecast>(scenario, pool.id(), pool.work_of_a_token());
  }
}

AutoscaleDecision Autoscaler::decide(Ticks now) {
  AutoscaleView seen = view(now);
  if (forecast_) {
    forecast_->forget_before(now);
    seen.forecast = forecast_.get();
  }
  return policy_->decide(seen);
}

ReplicaSample Autoscaler::sample(const HostedReplica& replica, Ticks now) {
  last_busy_.resize(std::max(last_busy_.size(), replica.id().index() + 1), 0);
  const Ticks busy =
      replica.work_done().busy - std::exchange(last_busy_[replica.id().index()], replica.work_done().busy);
  const Ticks elapsed = now - last_.at;
  return {.replica = replica.id(),
          .running = replica.serving().running(),
          .waiting = replica.serving().waiting(),
          .busy_share = elapsed > 0 ? static_cast<double>(busy) / static_cast<double>(elapsed) : 0.0,
          .kv_usage = replica.serving().kv_usage(now),
          .prompt_tokens = replica.work_done().prompt_tokens,
          .output_tokens = replica.work_done().output_tokens};
}

AutoscaleView Autoscaler::view(Ticks now) {
  ReplicaSet& replicas = pool_->replicas();
  replicas.report(now);
  const ReplicaCounts& limits = pool_->settings().replicas;
  AutoscaleView view{.now = now,
                     .start = limits.start,
                     .minimum = limits.minimum,
                     .maximum = limits.maximum,
                     .target = replicas.target(),
                     .ready = replicas.count(ReplicaState::ready),
                     .unready = replicas.count(ReplicaState::starting) + replicas.count(ReplicaState::pending),
                     .pending = replicas.count(ReplicaState::pending),
                     .queued = pool_->requests().unrouted(),
                     .outstanding = pool_->meter().outstanding(),
                     .unrouted = pool_->requests().unrouted(),
                     .counters = &pool_->meter().counters(),
                     .start_unix_s = start_unix_s_,
                     .time_zone = time_zone_,
                     .cold_start = cold_start_};
  for (const auto& replica : replicas.all()) {
    view.queued += replica->serving().waiting();
    const ReplicaSample seen = sample(*replica, now);
    if (replica->state() == ReplicaState::ready) {
      view.ongoing += replica->outstanding();
      view.running += replica->serving().running();
      view.replicas.push_back(seen);
    }
  }
  const MeterReading read = pool_->meter().reading(now);
  const auto elapsed = static_cast<double>(now - last_.at);
  if (elapsed > 0.0) {
    const double elapsed_s = to_seconds(now - last_.at);
    const PoolCounts counts = read.counts - last_.counts;
    view.mean_outstanding = static_cast<double>(read.outstanding_ticks - last_.outstanding_ticks) / elapsed;
    view.arrivals_per_s = static_cast<double>(counts.arrivals) / elapsed_s;
    view.busy_replicas = static_cast<double>(read.busy_ticks - last_.busy_ticks) / elapsed;
    view.output_tokens_per_s = static_cast<double>(counts.output_tokens) / elapsed_s;
  }
  last_ = read;
  return view;
}

}  // namespace idlewatt
