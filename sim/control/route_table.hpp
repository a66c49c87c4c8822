// The router of a pool, with the random stream from which it draws.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "base/id.hpp"
#include "base/random.hpp"
#include "policy/route/route.hpp"

namespace idlewatt {

/// Knows the load of every replica of a pool; it must be told of every change.
class RouteTable {
 public:
  RouteTable(std::unique_ptr<RoutePolicy> policy, RandomStream random) : policy_(std::move(policy)), random_(random) {}

  /// Sets the number of the pool's replicas. New ones are not available.
  void resize(std::size_t replicas) { policy_->resize(static_cast<std::int32_t>(replicas)); }
  void load_changed(ReplicaId replica, const ReplicaLoad& load) { policy_->load_changed(replica, load); }
  /// The replica for the request; empty when no replica takes requests.
  std::optional<ReplicaId> route(const RequestView& request) { return policy_->route(request, random_); }

 private:
  std::unique_ptr<RoutePolicy> policy_;
  RandomStream random_;
};

}  // namespace idlewatt
