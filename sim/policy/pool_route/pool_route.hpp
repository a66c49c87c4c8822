// Routing across pools: which of the pools that may answer a request gets it. Its own router then chooses the replica.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/id.hpp"
#include "policy/declaration.hpp"
#include "policy/request_view.hpp"
#include "policy/service_estimate.hpp"

namespace idlewatt {

/// A pool that may answer the request.
struct PoolView {
  PoolId id = {};                             ///< in the scenario
  const ServiceEstimator* service = nullptr;  ///< what its hardware does; never null
  PoolLoad load;

  /// Requests per second of its ready replicas, every seat taken.
  double capacity_rps() const { return (load.ready > 1 ? load.ready : 1) * service->capacity_rps(); }
};

/// Pools are few: a decision looks at each of them.
class PoolRoutePolicy {
 public:
  virtual ~PoolRoutePolicy() = default;
  /// An index into `pools`, the pools that may answer and could hold the request, in the scenario's order: at least
  /// one. Pools without a ready replica are only among them when no other has one.
  virtual std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) = 0;
};

using PoolRouteDeclaration = Declaration<PoolRoutePolicy>;

}  // namespace idlewatt
