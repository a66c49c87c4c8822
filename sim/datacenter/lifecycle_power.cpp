// Who starts and wakes when racks have power for some of them only.
#include <algorithm>
#include <tuple>

#include "datacenter/lifecycle.hpp"
#include "datacenter/placement.hpp"

namespace idlewatt {
namespace {

/// A pending replica, or a pool that wants a sleeping one.
struct WaitingStart {
  PoolRuntime* pool = nullptr;
  HostedReplica* replica = nullptr;  ///< null: any that sleeps
  double rank = 0.0;
  Ticks since = 0;
};

/// Whether a pool that was refused a wake still wants it.
bool still_wants(PoolRuntime& pool, Ticks since, Ticks now) {
  if (pool.count(Life::asleep) + pool.count(Life::unloaded) == 0) {
    return false;
  }
  const IdleView view = pool.idle_view(now);
  // At the moment of asking the request that wants it is not counted yet.
  return since == now || pool.starved() ||
         (view.outstanding > 0 && pool.idle_policy().wake({.awake = view.awake, .outstanding = view.outstanding}));
}

std::vector<WaitingStart> waiting_starts(const std::vector<std::unique_ptr<PoolRuntime>>& pools,
                                         const PowerPolicy& policy, Ticks now) {
  std::vector<WaitingStart> waiting;
  for (const auto& pool : pools) {
    const IdleView view = pool->idle_view(now);
    const auto add = [&](HostedReplica* replica, Ticks since) {
      const double rank =
          policy.rank({.pool = pool->number(), .since = since, .outstanding = view.outstanding, .awake = view.awake});
      waiting.push_back({pool.get(), replica, rank, since});
    };
    for (const auto& replica : pool->replicas()) {
      if (replica->life() == Life::pending && !pool->swapped()) {  // others make room for those, in their own order
        add(replica.get(), replica->life_since());
      }
    }
    if (pool->wake_wanted() && still_wants(*pool, *pool->wake_wanted(), now)) {
      add(nullptr, *pool->wake_wanted());
    } else {
      pool->want_wake(std::nullopt);
    }
  }
  // Stable: of equals the first pool's goes first, then the lowest number.
  std::stable_sort(waiting.begin(), waiting.end(), [](const WaitingStart& a, const WaitingStart& b) {
    return std::tie(a.rank, a.since) < std::tie(b.rank, b.since);
  });
  return waiting;
}

/// The sleeping replica that a wake would bring back first, of those there is power for.
HostedReplica* wakeable(PoolRuntime& pool) {
  for (const Life life : {Life::asleep, Life::unloaded}) {
    for (const auto& replica : pool.replicas()) {
      if (replica->life() == life && pool.has_power(replica->placement())) {
        return replica.get();
      }
    }
  }
  return nullptr;
}

}  // namespace

void Lifecycle::serve_waiting(Ticks now) {
  // While an actor is created others of this instant run: after each start, everybody is looked at anew.
  for (bool started = true; started;) {
    started = false;
    for (const WaitingStart& waiting : waiting_starts(cluster_->pools(), *power_, now)) {
      if (waiting.replica != nullptr) {
        if (waiting.pool->place(*waiting.replica, now)) {
          begin_start(*waiting.replica, now);
          started = true;
          break;
        }
        if (!waiting.pool->has_room()) {
          continue;  // it waits for accelerators, not for power
        }
      } else if (HostedReplica* replica = wakeable(*waiting.pool)) {
        waiting.pool->want_wake(std::nullopt);
        wake(*replica, now);
        started = true;
        break;
      }
      if (!power_->overtaking()) {
        return;
      }
    }
  }
}

}  // namespace idlewatt
