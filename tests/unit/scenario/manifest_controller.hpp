// The autoscaler of a manifest at work on a pool whose state the test says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policy/table.hpp"
#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt::test {

/// What a pool has to show.
struct PoolState {
  std::vector<std::int64_t> running = {};  ///< of each ready replica
  std::vector<std::int64_t> waiting = {};  ///< of each ready replica
  std::vector<double> busy = {};           ///< of each ready replica, a share
  std::vector<double> kv_usage = {};       ///< of each ready replica, a share
  std::int32_t ready = 0;                  ///< where no list says how many
  std::int32_t starting = 0;
  std::int64_t unrouted = 0;
  double arrivals_per_s = 0.0;
  double output_tokens_per_s = 0.0;  ///< of each replica
};

inline std::vector<std::int64_t> each(std::size_t replicas, std::int64_t value) {
  return std::vector<std::int64_t>(replicas, value);
}

class ManifestController {
 public:
  explicit ManifestController(ScalingManifest manifest, const std::vector<std::pair<std::string, double>>& more = {})
      : manifest_(std::move(manifest)) {
    const std::vector<AutoscaleDeclaration> policies = AutoscaleFamily::built_in();
    const AutoscaleDeclaration& declaration = *find(policies, manifest_.policy);
    Parameters parameters = Parameters::defaults_of(declaration.info);
    for (const ManifestValue& value : manifest_.values) {
      parameters.set(value.parameter, value.value);
    }
    for (const auto& [name, value] : more) {
      parameters.set(name, value);
    }
    parameters.set_setup(manifest_.setup);
    policy_ = declaration.make(parameters);
  }

  const ScalingManifest& manifest() const { return manifest_; }
  std::int64_t start_unix_s = 0;
  double now_s() const { return to_seconds(now_); }

  /// The first number other than the present one while the state lasts for `hold_s`; the present one when there is
  /// none. The time of the pool goes on.
  std::int32_t follows(const PoolState& state, std::int32_t replicas, double hold_s = 0.0) {
    const Ticks end = now_ + to_ticks(hold_s);
    while (true) {
      const AutoscaleDecision decision = decide(state, replicas);
      if (decision.replicas != replicas || decision.wake_at > end) {
        return decision.replicas;
      }
      go_to(decision.wake_at, state);
    }
  }

  /// Each new number, in order, while replicas that are wanted are ready at once and the totals stay.
  std::vector<std::int32_t> goes(const PoolState& state, std::int32_t replicas, double hold_s) {
    std::vector<std::int32_t> seen;
    const Ticks end = now_ + to_ticks(hold_s);
    while (now_ <= end) {
      const AutoscaleDecision decision = decide(state, replicas);
      if (decision.replicas != replicas) {
        replicas = decision.replicas;
        seen.push_back(replicas);
      }
      go_to(decision.wake_at, state);
    }
    return seen;
  }

  void go_to(Ticks at, const PoolState& state) {
    arrivals_ += state.arrivals_per_s * to_seconds(at - now_);
    tokens_ += state.output_tokens_per_s * to_seconds(at - now_);
    now_ = at;
  }
  void wait(double seconds, const PoolState& state) { go_to(now_ + to_ticks(seconds), state); }

  AutoscaleDecision decide(const PoolState& state, std::int32_t replicas) {
    AutoscaleView view{.now = now_,
                       .minimum = manifest_.minimum.count,
                       .maximum = manifest_.maximum ? manifest_.maximum->count : 1000,
                       .target = replicas,
                       .unready = state.starting,
                       .unrouted = state.unrouted,
                       .start_unix_s = start_unix_s};
    const std::size_t listed =
        std::max({state.running.size(), state.waiting.size(), state.busy.size(), state.kv_usage.size()});
    view.ready = listed > 0 ? static_cast<std::int32_t>(listed) : state.ready;
    view.queued = state.unrouted;
    for (std::int32_t i = 0; i < view.ready; ++i) {
      const auto at = static_cast<std::size_t>(i);
      ReplicaSample sample{.replica = ReplicaId(i)};
      sample.running = at < state.running.size() ? state.running[at] : 0;
      sample.waiting = at < state.waiting.size() ? state.waiting[at] : 0;
      sample.busy_share = at < state.busy.size() ? state.busy[at] : 0.0;
      sample.kv_usage = at < state.kv_usage.size() ? state.kv_usage[at] : 0.0;
      sample.output_tokens = static_cast<std::int64_t>(tokens_);
      view.running += sample.running;
      view.queued += sample.waiting;
      view.replicas.push_back(sample);
    }
    view.ongoing = view.running + view.queued - state.unrouted;
    view.outstanding = view.running + view.queued;
    view.mean_outstanding = static_cast<double>(view.outstanding);
    view.arrivals_per_s = state.arrivals_per_s;
    counters_.arrivals = static_cast<std::int64_t>(arrivals_ + 0.5);
    view.counters = &counters_;
    AutoscaleDecision decision = policy_->decide(view);
    decision.replicas = std::clamp(decision.replicas, view.minimum, view.maximum);
    return decision;
  }

 private:
  ScalingManifest manifest_;
  std::unique_ptr<AutoscalePolicy> policy_;
  Ticks now_ = 0;
  double arrivals_ = 0.0;
  double tokens_ = 0.0;
  PoolCounters counters_;
};

inline ScalingManifest manifest_of(const std::string& text, const BesideManifest& beside = {}) {
  return read_scaling_manifest(parse_yaml_documents(text, "m.yaml"), beside);
}

}  // namespace idlewatt::test
