// Routing within a pool: which of its replicas a request goes to.
#pragma once

#include <cstdint>
#include <optional>

#include "base/id.hpp"
#include "base/random.hpp"
#include "policy/declaration.hpp"
#include "policy/request_view.hpp"

namespace idlewatt {

/// What a router knows of a replica.
struct ReplicaLoad {
  bool available = false;          ///< takes requests
  std::int64_t outstanding = 0;    ///< requests sent to it and not ended
  std::int64_t prompt_tokens = 0;  ///< of those requests
};

/// A router is told of every change of load, and keeps what it needs to decide in logarithmic time.
class RoutePolicy {
 public:
  virtual ~RoutePolicy() = default;
  /// Replica numbers run from 0 to `replicas` - 1; all start unavailable. Called when a pool grows, too.
  virtual void resize(std::int32_t replicas) = 0;
  virtual void load_changed(ReplicaId replica, const ReplicaLoad& load) = 0;
  /// An available replica; none when none is available. Whatever chance decides is drawn from `random`, the pool's own
  /// stream.
  virtual std::optional<ReplicaId> route(const RequestView& request, RandomStream& random) = 0;
};

using RouteDeclaration = Declaration<RoutePolicy>;

}  // namespace idlewatt
