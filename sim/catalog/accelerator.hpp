// An accelerator as its data sheet, its kernels and its meter show it.
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
  std::string kin;    ///< entry whose hardware this is: its own name, or the one that it is written `like`

  Figure memory_bytes;
  Figure memory_bandwidth_bytes_per_s;
  /// Dense peak arithmetic, operations per second (a multiply-add counts as two); empty where the hardware has none.
  std::array<std::optional<Figure>, kArithmeticCount> peak_flops;

  // What kernels reach of that.
  Figure compute_efficiency;           ///< large matrix products, share of peak
  Figure bandwidth_efficiency;         ///< weights, share of memory bandwidth
  Figure kv_efficiency;                ///< keys and values read by decode attention, share of memory bandwidth
  Figure attention_efficiency;         ///< prefill attention over long prompts, share of 16-bit peak
  Figure attention_ramp_tokens;        ///< a token's attention costs as much as that many tokens more would
  Figure decode_attention_efficiency;  ///< arithmetic of decode attention, share of 16-bit peak
  // And of latent attention's decode: the longer of reads and arithmetic, and a sequence's own tokens in turn.
  Figure latent_kv_efficiency;
  Figure latent_compute_efficiency;
  Figure latent_s_per_token;  ///< per token of a sequence's context and layer, at least

  Figure latency_factor;  ///< fixed times of kernels and engine, against those on an A100

  Figure board_limit_w;  ///< the board never draws more than this
  Figure least_cap_w;    ///< the lowest power cap that it takes
  Figure idle_empty_w;   ///< powered, no model and no context in memory
  Figure idle_loaded_w;  ///< a context and a model in memory, no work
  Figure parked_w;       ///< as idle_loaded, the clock of its cores at the lowest
  Figure deep_parked_w;  ///< and that of its memory, too
  Figure loading_w;      ///< while weights are copied into memory
  Figure busy_static_w;  ///< what a step draws at the highest clock, whatever it does

  /// Energy above the static power: joules per byte moved from memory, and per operation of a decode step.
  Figure joules_per_byte;
  Figure prefill_energy_factor;  ///< joules per operation on a prompt's tokens, as a share of those in decoding
  std::array<std::optional<Figure>, kArithmeticCount> joules_per_flop;

  // Clocks that may be set for its cores, and what they do.
  Figure clock_max_hz;  ///< at which everything above was measured
  Figure clock_min_hz;
  Figure clock_step_hz;
  Figure voltage_slope;    ///< voltage falls by so much of itself for each share of the highest clock given up
  Figure voltage_floor;    ///< and no lower than this, as a share of that at the highest clock
  Figure bandwidth_slope;  ///< memory bandwidth, likewise
  Figure clock_change_s;   ///< from the request to the new clock

  /// Between accelerators of one server (NVLink or PCIe), one direction, per accelerator; and the latency of one
  /// all-reduce of a short message.
  Figure link_bytes_per_s;
  Figure link_active_w;  ///< on top of busy_static_w while several accelerators work together
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

  /// The 16-bit arithmetic in which attention runs; the one that there is, where there is only one.
  Arithmetic sixteen_bits() const { return peak(Arithmetic::bf16) ? Arithmetic::bf16 : Arithmetic::fp16; }
  /// In what a model served at `precision` is multiplied here; nothing when the hardware cannot.
  std::optional<Arithmetic> arithmetic(Precision precision) const;
  /// The same accelerator with the links that it has in a group of so many.
  Accelerator in_group(int accelerators) const;
  /// Whether its attention kernels can read keys and values in this format: those that its units multiply in, since
  /// kernels convert with the same hardware.
  bool reads(KvFormat format) const;
};

}  // namespace idlewatt
