// Routing across pools: decides which of several pools gets a request. The pool's own router then chooses the replica.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/id.hpp"
#include "policy/declaration.hpp"
#include "policy/request_view.hpp"
#include "policy/service_estimate.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// A pool that may answer the request.
struct PoolView {
  PoolId id = {};                             ///< place of the pool in the scenario
  const ServiceEstimator* service = nullptr;  ///< estimates for the pool's hardware; never null
  PoolLoad load;

  /// Requests per second of the pool's ready replicas with all slots taken.
  double capacity_rps() const { return (load.ready > 1 ? load.ready : 1) * service->capacity_rps(); }
};

template <>
struct FieldsOf<PoolView> : ShownFields<&PoolView::id, &PoolView::load, &PoolView::service, &PoolView::capacity_rps> {};

/// Decides between pools. Pools are few, so a decision looks at each of them.
class PoolRoutePolicy {
 public:
  virtual ~PoolRoutePolicy() = default;
  /// Returns an index into `pools`, the pools that may answer and can hold the request, in the scenario's order (at
  /// least one). `pools` contains pools without a ready replica only when no pool has one.
  virtual std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) = 0;
};

using PoolRouteDeclaration = Declaration<PoolRoutePolicy>;

}  // namespace idlewatt
