// A serving engine profile: what an engine adds to the hardware's own times, and how it starts.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/engine_rules.hpp"
#include "catalog/figure.hpp"

namespace idlewatt {

struct Engine;

/// A figure of an engine that differs on some accelerator from the engine's own.
struct FigureOnAccelerator {
  Figure Engine::*which = nullptr;
  Figure figure;
};

struct Engine {
  std::string name;  ///< "vllm-2025"
  std::string title;

  // Its kernels against those that the accelerator's efficiencies were measured with.
  Figure compute_factor;
  Figure bandwidth_factor;
  Figure eight_bit_compute_factor;  ///< products of 8-bit weights and activations, against their own peak
  Figure eight_bit_bandwidth_factor;
  Figure widening_compute_factor;  ///< where weights are stored in fewer bits than they are multiplied in
  Figure widening_bandwidth_factor;
  Figure eight_bit_kv_bandwidth_factor;      ///< decode attention that reads a KV cache in 8 bits, against 16
  Figure eight_bit_kv_prefill_factor;        ///< arithmetic of prefill attention beside it
  Figure eight_bit_latent_bandwidth_factor;  ///< decode with latent attention, likewise: its reads
  Figure eight_bit_latent_compute_factor;    ///< and its arithmetic
  Figure expert_compute_factor;              ///< grouped products of a mixture of experts, in 16 bits
  Figure expert_eight_bit_compute_factor;    ///< and in 8 bits
  Figure expert_bandwidth_factor;
  Figure elementwise_factor;         ///< traffic of norms, sums, activations, against each read and written once
  Figure expert_elementwise_factor;  ///< and of gathering and scattering tokens for their experts

  // Of the host, whatever the accelerator.
  Figure step_overhead_s;      ///< per batch step: scheduling, sampling, output
  Figure sequence_overhead_s;  ///< per sequence in the step: sampling, bookkeeping

  // Of its kernels, on an A100; times the latency_factor of another accelerator.
  Figure layer_overhead_s;            ///< per layer: latencies of its kernels
  Figure eight_bit_layer_overhead_s;  ///< per layer, when its products are in 8 bits: activations are quantised
  Figure attention_overhead_s;        ///< per layer, when sequences decode: latency of the attention kernel
  Figure expert_overhead_s;           ///< per layer with experts: routing, permuting
  Figure collective_overhead_s;       ///< per all-reduce, on top of the link's latency
  Figure layer_launch_s;  ///< the host takes at least so long to launch a layer of a decode step; 0 = never decides
  Figure prefill_layer_launch_s;  ///< and of a step with prompts
  Figure long_step_tokens;        ///< tokens of a step beyond so many cost more...
  Figure long_step_factor;        ///< ...by this share; 0 = they do not

  Figure memory_utilisation;  ///< share of accelerator memory that the engine takes
  Figure reserve_bytes;       ///< per accelerator: context, graphs, workspaces; not for KV blocks
  Figure profile_tokens;      ///< tokens of the largest step, for whose activations it keeps room
  Figure profile_sequences;   ///< sequences of that step, for whose logits it keeps room

  Figure image_bytes;       ///< container image that a server fetches before its first replica
  Figure load_bytes_per_s;  ///< weights from host memory or disk cache to one accelerator, as the engine does it
  Figure start_s;           ///< process, imports, context, profiling, graphs: start without weights, of a small model
  Figure start_s_per_billion;  ///< on top, per 1e9 parameters of the model
  Figure stop_s;               ///< end of the process, or release of the accelerator before a sleep
  Figure wake_s;               ///< from sleep: context and graphs, without weights

  std::optional<EngineRules> rules = std::nullopt;  ///< defaults of its version; none: those of a pool's policies

  /// What differs on some accelerators, by Accelerator::kin: kernels are written for one generation at a time.
  std::map<std::string, std::vector<FigureOnAccelerator>> on;

  /// The engine as it is on an accelerator of this kin.
  Engine on_accelerator(const std::string& kin) const {
    Engine result = *this;
    if (const auto found = on.find(kin); found != on.end()) {
      for (const FigureOnAccelerator& own : found->second) {
        result.*own.which = own.figure;
      }
    }
    return result;
  }
};

/// A figure that `on_accelerator:` may set: of the kernels, and the key under which it is written.
struct KernelFigure {
  const char* key;
  Figure Engine::*which;
};

inline constexpr std::array kKernelFigures{
    KernelFigure{"compute_factor", &Engine::compute_factor},
    KernelFigure{"bandwidth_factor", &Engine::bandwidth_factor},
    KernelFigure{"eight_bit_compute_factor", &Engine::eight_bit_compute_factor},
    KernelFigure{"eight_bit_bandwidth_factor", &Engine::eight_bit_bandwidth_factor},
    KernelFigure{"widening_compute_factor", &Engine::widening_compute_factor},
    KernelFigure{"widening_bandwidth_factor", &Engine::widening_bandwidth_factor},
    KernelFigure{"eight_bit_kv_bandwidth_factor", &Engine::eight_bit_kv_bandwidth_factor},
    KernelFigure{"eight_bit_kv_prefill_factor", &Engine::eight_bit_kv_prefill_factor},
    KernelFigure{"eight_bit_latent_bandwidth_factor", &Engine::eight_bit_latent_bandwidth_factor},
    KernelFigure{"eight_bit_latent_compute_factor", &Engine::eight_bit_latent_compute_factor},
    KernelFigure{"expert_compute_factor", &Engine::expert_compute_factor},
    KernelFigure{"expert_eight_bit_compute_factor", &Engine::expert_eight_bit_compute_factor},
    KernelFigure{"expert_bandwidth_factor", &Engine::expert_bandwidth_factor},
    KernelFigure{"elementwise_factor", &Engine::elementwise_factor},
    KernelFigure{"expert_elementwise_factor", &Engine::expert_elementwise_factor},
    KernelFigure{"layer_overhead", &Engine::layer_overhead_s},
    KernelFigure{"eight_bit_layer_overhead", &Engine::eight_bit_layer_overhead_s},
    KernelFigure{"attention_overhead", &Engine::attention_overhead_s},
    KernelFigure{"expert_overhead", &Engine::expert_overhead_s},
    KernelFigure{"collective_overhead", &Engine::collective_overhead_s},
};

}  // namespace idlewatt
