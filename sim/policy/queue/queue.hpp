// Queue order: decides which of the waiting requests joins a replica's batch next.
#pragma once

#include <cstdint>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The place of a request in the queue. It depends on the request alone and never changes.
struct QueuePlace {
  std::int64_t rank = 0;  ///< a smaller rank goes first; equal ranks by (arrival, id)
  /// Time until which the request is held back: until then it joins only while the batch has spare slots and no request
  /// that is not held back waits. Of two requests that are held back, the one of the smaller rank is released no later.
  Ticks held_until = 0;
};

class QueuePolicy {
 public:
  virtual ~QueuePolicy() = default;
  /// True when requests go in the order in which they come to the replica; place() is then not called.
  virtual bool first_come() const { return false; }
  virtual QueuePlace place(const Request& request) const = 0;
  /// True when, with KV blocks exhausted, the running request of the largest (rank, arrival, id) is preempted; when
  /// false, the request that joined last.
  virtual bool preempts_by_rank() const { return false; }
  /// Number of spare slots: a request that is held back may join while fewer than this many of the `seats` of a batch
  /// are taken.
  virtual std::int32_t spare_seats(std::int32_t /*seats*/) const { return 0; }
};

using QueueDeclaration = Declaration<QueuePolicy>;

}  // namespace idlewatt
