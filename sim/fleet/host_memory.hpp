// The host memory of a server, with the weights that sleeping replicas keep in it.
#pragma once

#include <algorithm>
#include <vector>

#include "base/id.hpp"

namespace idlewatt {

/// The name of a replica: its pool and its number in the pool.
struct ReplicaName {
  PoolId pool;
  ReplicaId replica;

  auto operator<=>(const ReplicaName&) const = default;
};

/// Weights in host memory, in the order in which they were stored, in bytes as the catalogue counts them. The memory
/// has no limit of its own; a swapping policy limits the share that sleeping replicas may have.
class HostMemory {
 public:
  /// Stores `bytes` of weights of the replica. Replaces the weights that the replica kept here before.
  void keep(ReplicaName replica, double bytes) {
    forget(replica);
    holdings_.push_back({replica, bytes});
  }
  /// Removes the weights of the replica. Does nothing when it keeps none here.
  void forget(ReplicaName replica) {
    std::erase_if(holdings_, [&](const Holding& holding) { return holding.replica == replica; });
  }

  /// Bytes of all replicas except one.
  double bytes_without(ReplicaName replica) const {
    double bytes = 0.0;
    for (const Holding& holding : holdings_) {
      bytes += holding.replica == replica ? 0.0 : holding.bytes;
    }
    return bytes;
  }
  /// Bytes of the replica; 0 when it keeps none here.
  double bytes_of(ReplicaName replica) const {
    const auto found = std::find_if(holdings_.begin(), holdings_.end(),
                                    [&](const Holding& holding) { return holding.replica == replica; });
    return found == holdings_.end() ? 0.0 : found->bytes;
  }

 private:
  struct Holding {
    ReplicaName replica;
    double bytes = 0.0;
  };
  std::vector<Holding> holdings_;
};

}  // namespace idlewatt
