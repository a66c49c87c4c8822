// An A100-like accelerator and a Llama-3-8B-like model for tests: plausible numbers, not the catalogue's.
#pragma once

#include <cstddef>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"

namespace idlewatt {

inline Figure figure(double value) {
  return {.value = value, .status = Status::assumed, .source = "test"};
}

inline Accelerator a100() {
  Accelerator result;
  result.name = "a100";
  result.title = "A100, as tests see it";
  result.memory_bytes = figure(80e9);
  result.memory_bandwidth_bytes_per_s = figure(2.039e12);
  result.board_limit_w = figure(400);
  result.idle_empty_w = figure(50);
  result.idle_loaded_w = figure(80);
  result.loading_w = figure(90);
  result.joules_per_byte = figure(100e-12);
  result.link_bytes_per_s = figure(300e9);
  result.link_latency_s = figure(5e-6);
  for (const Precision precision : kPrecisions) {
    const bool eight_bit = precision == Precision::int8;
    result.peak_flops[static_cast<std::size_t>(precision)] = figure(eight_bit ? 624e12 : 312e12);
    result.joules_per_flop[static_cast<std::size_t>(precision)] = figure(eight_bit ? 0.35e-12 : 0.7e-12);
  }
  return result;
}

inline Model llama_8b() {
  Model result;
  result.name = "llama-8b";
  result.title = "Llama 3 8B, as tests see it";
  result.parameters = figure(8.03e9);
  result.active_parameters = figure(7.5e9);
  result.layers = 32;
  result.hidden = 4096;
  result.heads = 32;
  result.kv_heads = 8;
  result.head_dim = 128;
  result.intermediate = 14336;
  result.vocabulary = 128256;
  result.context_tokens = 8192;
  return result;
}

inline Engine plain_engine() {
  Engine result;
  result.name = "plain";
  result.title = "A plain engine";
  result.compute_efficiency = figure(0.6);
  result.bandwidth_efficiency = figure(0.8);
  result.step_overhead_s = figure(2e-3);
  result.sequence_overhead_s = figure(50e-6);
  result.memory_utilisation = figure(0.9);
  result.reserve_bytes = figure(2e9);
  result.image_bytes = figure(10e9);
  result.load_bytes_per_s = figure(4e9);
  result.start_s = figure(20);
  result.start_s_per_billion = figure(1);
  result.stop_s = figure(2);
  result.wake_s = figure(5);
  return result;
}

}  // namespace idlewatt
