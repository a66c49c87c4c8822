// A serving engine: the times that the engine adds to those of the hardware, its use of memory, and its start.
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

/// A figure of an engine for one accelerator, in place of the engine's general figure.
struct FigureOnAccelerator {
  Figure Engine::*which = nullptr;
  Figure figure;
};

/// The figures of one version of a serving engine.
struct Engine {
  std::string name;  ///< "vllm-2025"
  std::string title;

  // Speeds of the engine's kernels, as factors of the speeds at the accelerator's efficiencies. Factors of compute
  // apply to arithmetic, factors of bandwidth to memory traffic.
  Figure compute_factor;                     ///< products in 16 bits
  Figure bandwidth_factor;                   ///< reads of 16-bit weights
  Figure eight_bit_compute_factor;           ///< products of 8-bit weights and activations, against the peak in 8 bits
  Figure eight_bit_bandwidth_factor;         ///< reads of 8-bit weights
  Figure widening_compute_factor;            ///< products of weights that are stored in fewer bits than multiplied
  Figure widening_bandwidth_factor;          ///< reads of those weights
  Figure eight_bit_kv_bandwidth_factor;      ///< decode attention on a KV cache in 8 bits, against 16 bits
  Figure eight_bit_kv_prefill_factor;        ///< arithmetic of prefill attention on a KV cache in 8 bits
  Figure eight_bit_latent_bandwidth_factor;  ///< reads of latent attention on a KV cache in 8 bits
  Figure eight_bit_latent_compute_factor;    ///< arithmetic of latent attention on a KV cache in 8 bits
  Figure expert_compute_factor;              ///< grouped products of a mixture of experts in 16 bits
  Figure expert_eight_bit_compute_factor;    ///< grouped products of a mixture of experts in 8 bits
  Figure expert_bandwidth_factor;            ///< reads of experts' weights
  Figure elementwise_factor;         ///< traffic of norms, sums, activations, against one read and write of each value
  Figure expert_elementwise_factor;  ///< traffic of gathering and scattering tokens, against one read and write of each

  // Times of the host, the same for every accelerator.
  Figure step_overhead_s;      ///< seconds per batch step for scheduling, sampling and output
  Figure sequence_overhead_s;  ///< seconds per sequence in a step for sampling and bookkeeping

  // Front end and scheduler. Without these figures, a request costs no extra time and one step is in flight.
  Figure request_overhead_s;  ///< seconds per request beside its steps: HTTP, tokeniser, messages, return of tokens
  Figure request_overhead_per_token_s;  ///< seconds per prompt token, on top
  Figure steps_in_flight{
      1.0, Status::assumed, {}, std::nullopt};  ///< 2: a step is planned when the step before it begins

  // Latencies of kernels on an A100, in seconds. Another accelerator multiplies them by its latency_factor.
  Figure layer_overhead_s;            ///< per layer
  Figure eight_bit_layer_overhead_s;  ///< per layer with products in 8 bits, for quantising activations
  Figure attention_overhead_s;        ///< per layer while sequences decode, for the attention kernel
  Figure expert_overhead_s;           ///< per layer with experts, for routing and permuting
  Figure collective_overhead_s;       ///< per all-reduce, on top of the link's latency
  Figure layer_launch_s;              ///< least time of the host for launching a layer of a decode step; 0 = no limit
  Figure prefill_layer_launch_s;      ///< least time of the host for launching a layer of a step with prompts
  Figure long_step_tokens;            ///< number of tokens in a step beyond which further tokens cost more
  Figure long_step_factor;            ///< share by which those further tokens cost more; 0 = they do not

  Figure memory_utilisation;  ///< share of accelerator memory that the engine takes
  Figure reserve_bytes;       ///< bytes per accelerator for context, graphs and workspaces, which KV blocks cannot use
  Figure profile_tokens;      ///< tokens of the step for whose activations the engine reserves memory
  Figure profile_sequences;   ///< sequences of the step for whose logits the engine reserves memory

  Figure image_bytes;       ///< size of the container image that a server fetches before its first replica
  Figure image_unpack_s;    ///< time to unpack that image after the fetch
  Figure load_bytes_per_s;  ///< speed of loading weights from host memory or disk cache to one accelerator
  Figure start_s;  ///< start of a small model without its weights: process, imports, context, profiling, graphs
  Figure start_s_per_billion;  ///< start time on top, per 1e9 parameters of the model
  Figure stop_s;               ///< time to end the process, or to release the accelerator before a sleep
  Figure wake_s;               ///< time to wake from sleep without weights: context and graphs

  std::optional<EngineRules> rules =
      std::nullopt;  ///< defaults of pools by the engine's version; empty: the policies' own defaults

  /// Figures that differ on some accelerators, by Accelerator::kin. Kernels are written for one generation at a time.
  std::map<std::string, std::vector<FigureOnAccelerator>> on;

  /// A copy of the engine with the figures for accelerators of a kin.
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

/// A figure of kernels that `on_accelerator:` may set, with its key in YAML.
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
