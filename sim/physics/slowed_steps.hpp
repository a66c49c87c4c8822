// Steps of a slow server: a straggler, a throttled one, one with bad neighbours.
#pragma once

#include "base/energy.hpp"
#include "physics/step_model.hpp"

namespace idlewatt {

/// Every step takes `slowness` times as long (at least 1). The work is the same, and so is its energy; for the time
/// that is added an accelerator draws `idle`, what it draws while it waits with a model loaded. Assumed: a server that
/// waits for something else is like that; one whose clocks go down for heat may take less for the same work.
class SlowedSteps final : public StepModel {
 public:
  /// `whole` must outlive it.
  SlowedSteps(const StepModel& whole, double slowness, Power idle) : whole_(&whole), slowness_(slowness), idle_(idle) {}

  const AttendedContext& attended() const override { return whole_->attended(); }
  CostLine line(const StepShape& shape) const override;

 private:
  const StepModel* whole_;
  double slowness_;
  Power idle_;
};

}  // namespace idlewatt
