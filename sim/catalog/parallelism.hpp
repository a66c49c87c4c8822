// The number of accelerators that serve one copy of a model, and the way in which they divide it.
#pragma once

#include <cstdint>

namespace idlewatt {

/// The accelerators of one replica: `pipeline` stages of `data_attention` x `context` ranks of `tensor` accelerators
/// each. Each rank holds all weights of its stage except the routed experts. Sequences are spread over the
/// `data_attention` ranks; the tokens of each sequence are divided among its `context` ranks. The routed experts are
/// spread over all accelerators of the stage. Every degree is at least 1.
struct Parallelism {
  std::int32_t tensor = 1;             ///< accelerators of a rank; they divide its matrices
  std::int32_t pipeline = 1;           ///< stages, groups of consecutive layers, on one server or several
  std::int32_t data_attention = 1;     ///< ranks of a stage, on one server or several
  std::int32_t expert = 1;             ///< parts of the list of routed experts; divides of_stage()
  std::int32_t redundant_experts = 0;  ///< second copies of routed experts, in each layer that has some
  double expert_imbalance = 1.0;       ///< tokens of the expert rank that gets most, over the mean of all; at least 1
  std::int32_t context = 1;            ///< ranks among which a sequence's tokens are divided
  /// Accelerators of a rank that divide the tokens of the keys and values that each of them would otherwise hold whole;
  /// divides `tensor`.
  std::int32_t kv_split = 1;
  std::int32_t tensor_servers = 1;  ///< servers that a rank stands on, the same number of its accelerators on each

  /// Number of ranks of a stage; each holds the weights of the stage that are not routed experts.
  constexpr std::int32_t ranks() const { return data_attention * context; }
  /// Number of accelerators of a stage.
  constexpr std::int32_t of_stage() const { return tensor * ranks(); }
  constexpr std::int32_t accelerators() const { return of_stage() * pipeline; }
  /// Number of accelerators of a rank on one server.
  constexpr std::int32_t of_group() const { return tensor / tensor_servers; }
  /// Number of groups of of_group() accelerators. Each group is on one server; different groups may be on different
  /// servers.
  constexpr std::int32_t groups() const { return groups_of_stage() * pipeline; }
  constexpr std::int32_t groups_of_stage() const { return ranks() * tensor_servers; }
  /// Number of accelerators that divide the matrices of each routed expert.
  constexpr std::int32_t expert_tensor() const { return of_stage() / expert; }
  /// Number of parts into which the tokens of a sequence's keys and values are divided.
  constexpr std::int32_t token_parts() const { return context * kv_split; }
  constexpr bool operator==(const Parallelism&) const = default;
};

}  // namespace idlewatt
