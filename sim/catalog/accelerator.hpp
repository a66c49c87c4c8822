// An accelerator: the figures of its data sheet, of measurements of its kernels, and of its power meter.
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
  std::string kin;    ///< entry of the catalogue that describes the same hardware: this entry, or the one after `like`

  Figure memory_bytes;
  Figure memory_bandwidth_bytes_per_s;
  /// Dense peak arithmetic in operations per second (a multiply-add counts as two); empty where the hardware lacks
  /// the format.
  std::array<std::optional<Figure>, kArithmeticCount> peak_flops;

  // Shares of the data sheet's peaks that kernels reach.
  Figure compute_efficiency;           ///< share of peak arithmetic that large matrix products reach
  Figure bandwidth_efficiency;         ///< share of memory bandwidth at which weights are read
  Figure kv_efficiency;                ///< share of memory bandwidth at which decode attention reads keys and values
  Figure attention_efficiency;         ///< share of 16-bit peak that prefill attention over long prompts reaches
  Figure attention_ramp_tokens;        ///< tokens added to a token's context in the cost of its prefill attention
  Figure decode_attention_efficiency;  ///< share of 16-bit peak that the arithmetic of decode attention reaches
  // And of latent attention's decode: the longer of reads and arithmetic, and a sequence's own tokens in turn.
  Figure latent_kv_efficiency;
  Figure latent_compute_efficiency;
  Figure latent_s_per_token;  ///< per token of a sequence's context and layer, at least

  Figure latency_factor;  ///< fixed times of kernels and engine, against those on an A100

  Figure board_limit_w;  ///< highest power of the board, which it never exceeds
  Figure least_cap_w;    ///< lowest power cap that the board accepts
  Figure idle_empty_w;   ///< power with no model and no context in memory
  Figure idle_loaded_w;  ///< power with a context and a model in memory and no work
  Figure parked_w;       ///< power as idle_loaded, with the core clock at its lowest
  Figure deep_parked_w;  ///< power as parked, with the memory clock at its lowest too
  Figure loading_w;      ///< power while weights are copied into memory
  Figure busy_static_w;  ///< static power of every step at the highest clock

  /// Energy above the static power: joules per byte moved from memory, and joules per operation of a decode step.
  Figure joules_per_byte;
  Figure prefill_energy_factor;  ///< joules per operation in prefill, as a share of joules per operation in decode
  std::array<std::optional<Figure>, kArithmeticCount> joules_per_flop;

  // Core clocks that may be set, and their effects.
  Figure clock_max_hz;  ///< highest clock, at which all figures above were measured
  Figure clock_min_hz;
  Figure clock_step_hz;
  Figure voltage_slope;    ///< share of voltage lost for each share of the highest clock that is given up
  Figure voltage_floor;    ///< lowest voltage, as a share of the voltage at the highest clock
  Figure bandwidth_slope;  ///< share of memory bandwidth lost for each share of the highest clock that is given up
  Figure clock_change_s;   ///< seconds from the request to the new clock

  /// The link between accelerators of one server (NVLink or PCIe): bytes per second in one direction per
  /// accelerator, and the latency of one all-reduce of a short message.
  Figure link_bytes_per_s;
  Figure link_active_w;  ///< power on top of busy_static_w while several accelerators work together
  Figure link_latency_s;
  /// The same in groups of more than two, where accelerators share what lies between them, as on PCIe without switches.
  struct LinksOfGroup {
    int accelerators = 0;  ///< the size of the group; a size in between counts as the next larger one
    std::optional<Figure> bytes_per_s = std::nullopt;  ///< empty: as among two
    std::optional<Figure> latency_s = std::nullopt;
  };
  std::array<LinksOfGroup, 2> link_groups{LinksOfGroup{.accelerators = 4}, LinksOfGroup{.accelerators = 8}};

  const std::optional<Figure>& peak(Arithmetic a) const { return peak_flops[static_cast<std::size_t>(a)]; }
  const std::optional<Figure>& flop_energy(Arithmetic a) const { return joules_per_flop[static_cast<std::size_t>(a)]; }

  /// The 16-bit arithmetic in which attention runs: bf16 where the hardware has it, otherwise fp16.
  Arithmetic sixteen_bits() const { return peak(Arithmetic::bf16) ? Arithmetic::bf16 : Arithmetic::fp16; }
  /// The arithmetic in which a model served at `precision` is multiplied on this accelerator; nothing when the
  /// hardware lacks it.
  std::optional<Arithmetic> arithmetic(Precision precision) const;
  /// The same accelerator with the links that it has in a group of so many.
  Accelerator in_group(int accelerators) const;
  /// Whether its attention kernels can read keys and values in this format: those that its units multiply in, since
  /// kernels convert with the same hardware.
  bool reads(KvFormat format) const;
};

}  // namespace idlewatt
