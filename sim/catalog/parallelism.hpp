// The number of accelerators that serve one copy of a model, and the way in which they divide it.
#pragma once

#include <cstdint>

namespace idlewatt {

/// The accelerators of one replica: `pipeline` stages of `data_attention` ranks of `tensor` accelerators each. Each
/// rank holds all weights of its stage except the routed experts, and serves a part of the sequences. The routed
/// experts are spread over all accelerators of the stage. Every degree is at least 1.
struct Parallelism {
  std::int32_t tensor = 1;             ///< accelerators of one server that divide the matrices of each rank
  std::int32_t pipeline = 1;           ///< stages, groups of consecutive layers, on one server or several
  std::int32_t data_attention = 1;     ///< ranks of a stage, on one server or several
  std::int32_t expert = 1;             ///< parts of the list of routed experts; divides tensor x data_attention
  std::int32_t redundant_experts = 0;  ///< second copies of routed experts, in each layer that has some
  double expert_imbalance = 1.0;       ///< tokens of the expert rank that gets most, over the mean of all; at least 1

  /// Number of accelerators of a stage.
  constexpr std::int32_t of_stage() const { return tensor * data_attention; }
  constexpr std::int32_t accelerators() const { return of_stage() * pipeline; }
  /// Number of groups of `tensor` accelerators. Each group is on one server; different groups may be on different
  /// servers.
  constexpr std::int32_t groups() const { return pipeline * data_attention; }
  /// Number of accelerators that divide the matrices of each routed expert.
  constexpr std::int32_t expert_tensor() const { return of_stage() / expert; }
  constexpr bool operator==(const Parallelism&) const = default;
};

}  // namespace idlewatt
