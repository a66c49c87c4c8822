// An accelerator as its data sheet and its meter show it.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "catalog/figure.hpp"
#include "catalog/precision.hpp"

namespace idlewatt {

struct Accelerator {
  std::string name;   ///< "a100-sxm-80"
  std::string title;  ///< "NVIDIA A100 SXM4 80 GB"

  Figure memory_bytes;
  Figure memory_bandwidth_bytes_per_s;
  /// Dense peak arithmetic, operations per second (a multiply-add counts as two); empty where the hardware has none.
  std::array<std::optional<Figure>, kPrecisionCount> peak_flops;

  Figure board_limit_w;  ///< the board never draws more than this
  Figure idle_empty_w;   ///< powered, no model and no context in memory
  Figure idle_loaded_w;  ///< a context and a model in memory, no work; also the static power of a busy step
  Figure loading_w;      ///< while weights are copied into memory

  /// Energy above the static power: joules per byte moved from memory, and per operation at each precision.
  Figure joules_per_byte;
  std::array<std::optional<Figure>, kPrecisionCount> joules_per_flop;

  /// Between accelerators of one server (NVLink or PCIe), one direction, per accelerator; and the latency of one hop.
  Figure link_bytes_per_s;
  Figure link_latency_s;

  const std::optional<Figure>& peak(Precision p) const { return peak_flops[static_cast<std::size_t>(p)]; }
  const std::optional<Figure>& flop_energy(Precision p) const { return joules_per_flop[static_cast<std::size_t>(p)]; }
};

}  // namespace idlewatt
