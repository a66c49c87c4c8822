// The host memory of a server: which sleeping replicas keep their weights in it.
#pragma once

#include <algorithm>
#include <vector>

#include "base/id.hpp"

namespace idlewatt {

/// A replica, by its pool and its number there.
struct ReplicaName {
  PoolId pool;
  ReplicaId replica;

  auto operator<=>(const ReplicaName&) const = default;
};

/// Weights in host memory, in the order in which they came. Bytes are as the catalogue counts them. The memory itself
/// sets no limit: a swapping policy says which share of it sleeping replicas may have.
class HostMemory {
 public:
  /// The replica keeps `bytes` of weights here. What it kept here before is replaced.
  void keep(ReplicaName replica, double bytes) {
    forget(replica);
    holdings_.push_back({replica, bytes});
  }
  /// Does nothing when the replica keeps nothing here.
  void forget(ReplicaName replica) {
    std::erase_if(holdings_, [&](const Holding& holding) { return holding.replica == replica; });
  }

  /// Bytes of all replicas but one.
  double bytes_without(ReplicaName replica) const {
    double bytes = 0.0;
    for (const Holding& holding : holdings_) {
      bytes += holding.replica == replica ? 0.0 : holding.bytes;
    }
    return bytes;
  }
  /// Bytes of that replica; 0 when it keeps nothing here.
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
