// Step times from a table of measurements instead of a model of the hardware.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "physics/step_model.hpp"

namespace idlewatt {

/// One measured step: a decode step of `batch` sequences that read `context` tokens each (`tokens` is 0), or a chunk of
/// `tokens` prompt tokens after `context` computed tokens (`batch` is 0).
struct MeasuredStep {
  std::int32_t batch = 0;
  std::int64_t tokens = 0;
  double context = 0.0;
  double duration_s = 0.0;
  std::optional<double> power_w = std::nullopt;  ///< of each accelerator of the replica
};

/// The shape of the step, and the context that its decoding sequences read together, in the units of a StepModel.
StepShape shape_of(const MeasuredStep& step, const AttendedContext& attended = {});
std::int64_t decode_context_of(const MeasuredStep& step, const AttendedContext& attended = {});

/// A table of steps as a StepModel. What lies between its points is interpolated:
///
///   in context   straight lines from point to point; below the first point as there; beyond the last as steep as
///                before it, at the power of the last
///   in batches   of decode steps: straight between the two batches around it, at the same context of each sequence;
///                below the smallest as there; above the largest straight on through the two largest, or in proportion
///                where there is only one
///   in tokens    of prefill: likewise; below the smallest straight down to the least decode step at 0 tokens
///   chunks of several prompts in a step count as one chunk of as many tokens that attend to as many in all
///   mixed steps  the decode step, and what the prefill takes more than the least decode step: what every step costs
///                (weights, the engine's overhead) is paid once. Time and energy alike.
///
/// More context never makes a step shorter: where a measurement says so, the longer time before it stands. Time is
/// exact to the tick at the table's points, and a step's line of pieces is exact in between, as every CostLine is.
class MeasuredSteps final : public StepModel {
 public:
  /// Steps without a power draw what `otherwise` gives a step of that shape. Throws Error unless there is a decode step
  /// and a prefill step, and when two have the same shape.
  MeasuredSteps(const std::vector<MeasuredStep>& steps, const StepModel& otherwise);

  CostLine line(const StepShape& shape) const override;

  // The floor is StepModel's, nothing: a table does not say what no step could go below.

 private:
  struct Knot {
    double context = 0.0;
    double duration_s = 0.0;
    double energy_j = 0.0;
  };
  /// Ascending in context, durations never falling.
  using Curve = std::vector<Knot>;
  struct Size {
    double size = 0.0;  ///< sequences, or tokens
    Curve curve;
  };

  static Knot at(const Curve& curve, double context);
  static Curve blend(const Curve& below, const Curve& above, double weight);
  static void add(std::vector<Size>& sizes, double size, const Knot& knot);
  Curve decode(double batch) const;
  Knot prefill(double tokens, double context) const;

  std::vector<Size> decodes_;   ///< by batch
  std::vector<Size> prefills_;  ///< by tokens
  Knot least_;                  ///< the decode step that takes least
};

}  // namespace idlewatt
