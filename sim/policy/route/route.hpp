// Routing within a pool: decides which of its replicas a request goes to.
#pragma once

#include <cstdint>
#include <optional>

#include "base/id.hpp"
#include "base/random.hpp"
#include "policy/declaration.hpp"
#include "policy/request_view.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// The state that a router knows of a replica.
struct ReplicaLoad {
  bool available = false;          ///< true: the replica takes requests
  std::int64_t outstanding = 0;    ///< requests that were sent to the replica and have not ended
  std::int64_t prompt_tokens = 0;  ///< prompt tokens of those requests
};

template <>
struct FieldsOf<ReplicaLoad>
    : ShownFields<&ReplicaLoad::available, &ReplicaLoad::outstanding, &ReplicaLoad::prompt_tokens> {};

/// Chooses replicas. A router is told of every change of load, so that it can decide in logarithmic time.
class RoutePolicy {
 public:
  virtual ~RoutePolicy() = default;
  /// Sets the number of replicas; they are numbered from 0 to `replicas` - 1. New replicas are unavailable.
  /// Called again when a pool grows; replicas that were there stay as they are.
  virtual void resize(std::int32_t replicas) = 0;
  virtual void load_changed(ReplicaId replica, const ReplicaLoad& load) = 0;
  /// Returns an available replica; nothing when no replica is available. All random decisions are drawn from `random`,
  /// the pool's own stream.
  virtual std::optional<ReplicaId> route(const RequestView& request, RandomStream& random) = 0;
};

using RouteDeclaration = Declaration<RoutePolicy>;

}  // namespace idlewatt
