// A replica in its place: charges the accelerators it runs on, and tells its pool what ends.
#pragma once

#include <cstdint>
#include <vector>

#include "datacenter/fleet.hpp"
#include "serving/replica.hpp"

namespace idlewatt {

class PoolRuntime;

class HostedReplica final : public ReplicaObserver {
 public:
  HostedReplica(PoolRuntime& pool, std::int32_t number);

  std::int32_t number() const { return number_; }
  Replica& serving() { return serving_; }
  const Replica& serving() const { return serving_; }
  bool available() const { return available_; }
  std::int64_t outstanding() const { return outstanding_; }

  /// From now on it runs on these accelerators, ready to serve. The pointers outlive the replica's stay.
  void host(std::vector<AcceleratorSlot*> accelerators);

  void enqueue(Query query, Ticks now);
  void worked(const Work& work) override;
  void finished(Finished&& finished) override;

 private:
  PoolRuntime* pool_;
  std::int32_t number_;
  Replica serving_;
  std::vector<AcceleratorSlot*> accelerators_;
  std::int64_t outstanding_ = 0;
  bool available_ = false;
};

}  // namespace idlewatt
