// Steps on a slow server: a straggler, a throttled server, a server with noisy neighbours.
#pragma once

#include "base/energy.hpp"
#include "physics/step_model.hpp"

namespace idlewatt {

/// Steps that take `slowness` times as long (at least 1). The work and its energy stay the same; during the added time
/// an accelerator draws `idle`, its power while it waits with a model loaded. This is an assumption: it holds for a
/// server that waits for something else. A server that lowers its clocks because of heat may take less energy for the
/// same work.
class SlowedSteps final : public StepModel {
 public:
  /// Makes the steps. `whole` must outlive them.
  SlowedSteps(const StepModel& whole, double slowness, Power idle) : whole_(&whole), slowness_(slowness), idle_(idle) {}

  const AttendedContext& attended() const override { return whole_->attended(); }
  CostLine line(const StepShape& shape) const override;

 private:
  const StepModel* whole_;
  double slowness_;
  Power idle_;
};

}  // namespace idlewatt
