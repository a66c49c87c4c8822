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
  std::optional<double> power_w = std::nullopt;  ///< power of each accelerator of the replica
};

/// The shape of the step, and the context that its decoding sequences read together, in the units of a StepModel.
StepShape shape_of(const MeasuredStep& step, const AttendedContext& attended = {});
std::int64_t decode_context_of(const MeasuredStep& step, const AttendedContext& attended = {});

/// A table of steps as a StepModel. Values between its points are interpolated:
///
/// - Context: linear from point to point. Below the first point, the first point holds. Beyond the last point, the
///   duration rises as steeply as before it, at the power of the last point.
/// - Batch of decode steps: linear between the two neighbouring batches, at the same context of each sequence. Below
///   the smallest batch, the smallest holds. Above the largest, the line through the two largest is extended; with only
///   one batch, the cost is proportional to the batch.
/// - Tokens of prefill: as batches above. Below the smallest measured number of tokens, the cost falls linearly; at 0
///   tokens it is the cost of the cheapest decode step of the table.
/// - Chunks of several prompts in a step count as one chunk: its tokens, and the tokens that it attends to, are the sums
///   over the chunks.
/// - Mixed steps: the decode step, plus the cost of the prefill above the least decode step. So the cost of every step
///   (weights, the engine's overhead) is paid once. Time and energy are computed alike.
///
/// More context never makes a step shorter: where a measurement says otherwise, the longer time before it is used. The
/// time at a point of the table is the measured one, to the tick; between points, sums over many steps are exact.
class MeasuredSteps final : public StepModel {
 public:
  /// Makes the model. Steps without a power get the power that `otherwise` gives for their shape. Throws Error unless
  /// there are a decode step and a prefill step, and when two steps have the same shape.
  MeasuredSteps(const std::vector<MeasuredStep>& steps, const StepModel& otherwise);

  CostLine line(const StepShape& shape) const override;

  // The floor is that of StepModel, zero: a table does not state a least cost of steps.

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

  std::vector<Size> decodes_;   ///< decode steps by batch
  std::vector<Size> prefills_;  ///< prefill steps by tokens
  Knot least_;                  ///< the decode step that takes least
};

}  // namespace idlewatt
