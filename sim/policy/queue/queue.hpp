// Queue order: which of the waiting requests joins a replica's batch next.
#pragma once

#include <cstdint>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Where a request stands in the queue. It follows from the request alone and never changes.
struct QueuePlace {
  std::int64_t rank = 0;  ///< smaller goes first; equals by (arrival, id)
  /// Until then the request is held back: it may join only while the batch has spare seats and nobody else waits. Of
  /// two requests that are held back, the one of the smaller rank is let go no later.
  Ticks held_until = 0;
};

class QueuePolicy {
 public:
  virtual ~QueuePolicy() = default;
  /// Requests go in the order in which they come to the replica, and place() is not asked.
  virtual bool first_come() const { return false; }
  virtual QueuePlace place(const Request& request) const = 0;
  /// Where KV blocks run out, the running request of the largest (rank, arrival, id) is preempted, and not the one that
  /// joined last.
  virtual bool preempts_by_rank() const { return false; }
  /// Requests that are held back may join while fewer than so many of the `seats` of a batch are taken.
  virtual std::int32_t spare_seats(std::int32_t /*seats*/) const { return 0; }
};

using QueueDeclaration = Declaration<QueuePolicy>;

}  // namespace idlewatt
