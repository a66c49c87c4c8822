// How many accelerators serve one copy of a model, and how they divide it.
#pragma once

#include <cstdint>

namespace idlewatt {

/// The accelerators of one replica: `pipeline` stages of `data_attention` ranks of `tensor` accelerators each. Each
/// rank holds all weights of its stage but the routed experts, and serves a part of the sequences; the routed experts
/// are spread over all accelerators of the stage. Every degree is at least 1.
struct Parallelism {
  std::int32_t tensor = 1;             ///< accelerators of one server that divide the matrices of each rank
  std::int32_t pipeline = 1;           ///< stages, groups of consecutive layers, on one server or several
  std::int32_t data_attention = 1;     ///< ranks of a stage, on one server or several
  std::int32_t expert = 1;             ///< parts of the list of routed experts; divides tensor x data_attention
  std::int32_t redundant_experts = 0;  ///< second copies of routed experts, in each layer that has some
  double expert_imbalance = 1.0;       ///< tokens of the expert rank that gets most, over the mean of all; at least 1

  /// Accelerators of a stage.
  constexpr std::int32_t of_stage() const { return tensor * data_attention; }
  constexpr std::int32_t accelerators() const { return of_stage() * pipeline; }
  /// Groups of `tensor` accelerators. Each is on one server; several groups may be on several.
  constexpr std::int32_t groups() const { return pipeline * data_attention; }
  /// Accelerators that divide the matrices of each routed expert.
  constexpr std::int32_t expert_tensor() const { return of_stage() / expert; }
  constexpr bool operator==(const Parallelism&) const = default;
};

}  // namespace idlewatt
