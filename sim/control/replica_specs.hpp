// The costs of steps that the replicas of a pool share, at full pace and on slow servers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "catalog/catalog.hpp"
#include "engine/replica.hpp"
#include "physics/slowed_steps.hpp"
#include "physics/step_model.hpp"
#include "policy/batch/batch.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/queue/queue.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Owns the physics and the policies of a pool's ReplicaSpec, to which its replicas point.
class ReplicaSpecs {
 public:
  /// Makes the specs of replicas in these racks. `pool` and `catalog` must outlive them.
  ReplicaSpecs(const Pool& pool, const Catalog& catalog, const Racks& racks);
  ReplicaSpecs(const ReplicaSpecs&) = delete;
  ReplicaSpecs& operator=(const ReplicaSpecs&) = delete;

  const StepModel& physics() const { return *physics_; }
  const QueuePolicy& queue_order() const { return *queue_order_; }
  /// The largest number of sequences that run together in a replica.
  std::int32_t batch_slots() const { return batch_slots_; }
  std::unique_ptr<BatchPolicy> make_batch_policy() const { return batching_.make(pool_->batching.parameters); }

  const ReplicaSpec& at_full_pace() const { return *spec_; }
  /// The spec of a replica whose steps take `slowness` times as long. Made on its first use.
  const ReplicaSpec& at_pace(double slowness);

 private:
  struct SlowPace {
    SlowPace(const StepModel& whole, double slowness, Power idle) : physics(whole, slowness, idle) {}
    SlowedSteps physics;
    std::unique_ptr<ReplicaSpec> spec;
  };

  const Pool* pool_;
  Power idle_power_;  ///< power of an accelerator with the model in memory and no work
  std::unique_ptr<StepModel> physics_;
  BatchDeclaration batching_;
  std::unique_ptr<QueuePolicy> queue_order_;
  std::unique_ptr<PrefixPolicy> prefix_cache_;
  std::int32_t batch_slots_;
  std::unique_ptr<ReplicaSpec> spec_;
  std::map<double, SlowPace> slow_paces_;  ///< specs by slowness
};

}  // namespace idlewatt
