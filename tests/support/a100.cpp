#include "support/a100.hpp"

namespace idlewatt {

Figure figure(double value) {
  return {.value = value, .status = Status::assumed, .source = "test"};
}

Accelerator a100() {
  Accelerator result;
  result.name = "a100";
  result.title = "A100, as tests see it";
  result.memory_bytes = figure(80e9);
  result.memory_bandwidth_bytes_per_s = figure(2.039e12);
  result.board_limit_w = figure(400);
  result.idle_empty_w = figure(50);
  result.idle_loaded_w = figure(80);
  result.loading_w = figure(90);
  result.compute_efficiency = figure(0.6);
  result.bandwidth_efficiency = figure(0.8);
  result.kv_efficiency = figure(0.8);
  result.attention_efficiency = figure(0.6);
  result.attention_ramp_tokens = figure(0);
  result.decode_attention_efficiency = figure(0.6);
  result.latent_kv_efficiency = figure(0.8);
  result.latent_compute_efficiency = figure(0.6);
  result.latent_s_per_token = figure(0);
  result.latency_factor = figure(1);
  result.least_cap_w = figure(100);
  result.parked_w = figure(55);
  result.deep_parked_w = figure(52);
  result.busy_static_w = figure(80);
  result.clock_max_hz = figure(1410e6);
  result.clock_min_hz = figure(210e6);
  result.clock_step_hz = figure(15e6);
  result.voltage_slope = figure(0.6);
  result.voltage_floor = figure(0.7);
  result.bandwidth_slope = figure(0.1);
  result.clock_change_s = figure(65e-3);
  result.joules_per_byte = figure(100e-12);
  result.prefill_energy_factor = figure(1);
  result.link_bytes_per_s = figure(300e9);
  result.link_latency_s = figure(5e-6);
  result.link_active_w = figure(0);
  for (const Arithmetic arithmetic : {Arithmetic::fp16, Arithmetic::bf16, Arithmetic::int8}) {
    const bool eight_bit = arithmetic == Arithmetic::int8;
    result.peak_flops[static_cast<std::size_t>(arithmetic)] = figure(eight_bit ? 624e12 : 312e12);
    result.joules_per_flop[static_cast<std::size_t>(arithmetic)] = figure(eight_bit ? 0.35e-12 : 0.7e-12);
  }
  return result;
}

Model llama_8b() {
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

Engine plain_engine() {
  Engine result;
  result.name = "plain";
  result.title = "A plain engine";
  result.compute_factor = figure(1);
  result.bandwidth_factor = figure(1);
  result.eight_bit_compute_factor = figure(1);
  result.eight_bit_bandwidth_factor = figure(1);
  result.widening_compute_factor = figure(0.6);
  result.widening_bandwidth_factor = figure(0.85);
  result.expert_compute_factor = figure(0.6);
  result.expert_eight_bit_compute_factor = figure(0.6);
  result.expert_bandwidth_factor = figure(0.8);
  result.step_overhead_s = figure(2e-3);
  result.sequence_overhead_s = figure(50e-6);
  result.eight_bit_kv_bandwidth_factor = figure(1);
  result.eight_bit_kv_prefill_factor = figure(1);
  result.eight_bit_latent_bandwidth_factor = figure(1);
  result.eight_bit_latent_compute_factor = figure(1);
  result.elementwise_factor = figure(0);
  result.expert_elementwise_factor = figure(0);
  result.layer_overhead_s = figure(0);
  result.eight_bit_layer_overhead_s = figure(0);
  result.attention_overhead_s = figure(0);
  result.expert_overhead_s = figure(0);
  result.collective_overhead_s = figure(0);
  result.layer_launch_s = figure(0);
  result.prefill_layer_launch_s = figure(0);
  result.long_step_tokens = figure(0);
  result.long_step_factor = figure(0);
  result.profile_tokens = figure(0);
  result.profile_sequences = figure(0);
  result.memory_utilisation = figure(0.9);
  result.reserve_bytes = figure(2e9);
  result.image_bytes = figure(10e9);
  result.image_unpack_s = figure(0);
  result.load_bytes_per_s = figure(4e9);
  result.start_s = figure(20);
  result.start_s_per_billion = figure(1);
  result.stop_s = figure(2);
  result.wake_s = figure(5);
  return result;
}

}  // namespace idlewatt
