// The figures of the catalogue by the key they have in YAML: said once, for the reader, the provenance and the tests.
#pragma once

#include "base/quantity.hpp"
#include "catalog/catalog.hpp"

namespace idlewatt {

/// How one figure is written.
struct FigureKey {
  const char* key;
  Dimension dimension;
  bool may_be_zero = false;
};

/// Calls visit(FigureKey, figure) for each figure, in the order of the struct. `Entry` may be const. The figures by
/// arithmetic of an accelerator come from each_arithmetic_figure.
template <class Entry, class Visit>
void each_accelerator_figure(Entry& a, Visit&& visit) {
  visit(FigureKey{"memory", Dimension::bytes}, a.memory_bytes);
  visit(FigureKey{"memory_bandwidth", Dimension::bandwidth}, a.memory_bandwidth_bytes_per_s);
  visit(FigureKey{"compute_efficiency", Dimension::share}, a.compute_efficiency);
  visit(FigureKey{"bandwidth_efficiency", Dimension::share}, a.bandwidth_efficiency);
  visit(FigureKey{"kv_efficiency", Dimension::share}, a.kv_efficiency);
  visit(FigureKey{"attention_efficiency", Dimension::share}, a.attention_efficiency);
  visit(FigureKey{"attention_ramp_tokens", Dimension::number, true}, a.attention_ramp_tokens);
  visit(FigureKey{"decode_attention_efficiency", Dimension::share}, a.decode_attention_efficiency);
  visit(FigureKey{"latent_kv_efficiency", Dimension::share}, a.latent_kv_efficiency);
  visit(FigureKey{"latent_compute_efficiency", Dimension::share}, a.latent_compute_efficiency);
  visit(FigureKey{"latent_time_per_token", Dimension::time, true}, a.latent_s_per_token);
  visit(FigureKey{"latency_factor", Dimension::number}, a.latency_factor);
  visit(FigureKey{"board_limit", Dimension::power}, a.board_limit_w);
  visit(FigureKey{"least_cap", Dimension::power}, a.least_cap_w);
  visit(FigureKey{"idle_empty", Dimension::power}, a.idle_empty_w);
  visit(FigureKey{"idle_loaded", Dimension::power}, a.idle_loaded_w);
  visit(FigureKey{"parked", Dimension::power}, a.parked_w);
  visit(FigureKey{"deep_parked", Dimension::power}, a.deep_parked_w);
  visit(FigureKey{"loading", Dimension::power}, a.loading_w);
  visit(FigureKey{"busy_static", Dimension::power}, a.busy_static_w);
  visit(FigureKey{"joules_per_byte", Dimension::energy_per_byte}, a.joules_per_byte);
  visit(FigureKey{"prefill_energy_factor", Dimension::number}, a.prefill_energy_factor);
  visit(FigureKey{"clock_max", Dimension::frequency}, a.clock_max_hz);
  visit(FigureKey{"clock_min", Dimension::frequency}, a.clock_min_hz);
  visit(FigureKey{"clock_step", Dimension::frequency}, a.clock_step_hz);
  visit(FigureKey{"voltage_slope", Dimension::share, true}, a.voltage_slope);
  visit(FigureKey{"voltage_floor", Dimension::share}, a.voltage_floor);
  visit(FigureKey{"bandwidth_slope", Dimension::share, true}, a.bandwidth_slope);
  visit(FigureKey{"clock_change_time", Dimension::time, true}, a.clock_change_s);
  visit(FigureKey{"link_bandwidth", Dimension::bandwidth}, a.link_bytes_per_s);
  visit(FigureKey{"link_active", Dimension::power, true}, a.link_active_w);
  visit(FigureKey{"link_latency", Dimension::time, true}, a.link_latency_s);
}

/// Calls visit(FigureKey, array of optional figures by precision): one map in YAML each.
template <class Entry, class Visit>
void each_arithmetic_figure(Entry& a, Visit&& visit) {
  visit(FigureKey{"peak", Dimension::flops}, a.peak_flops);
  visit(FigureKey{"joules_per_flop", Dimension::energy_per_flop}, a.joules_per_flop);
}

template <class Entry, class Visit>
void each_server_figure(Entry& s, Visit&& visit) {
  visit(FigureKey{"base", Dimension::power, true}, s.base_w);
  visit(FigureKey{"overhead_per_accelerator", Dimension::share, true}, s.overhead_per_accelerator_w);
  visit(FigureKey{"off", Dimension::power, true}, s.off_w);
  visit(FigureKey{"boot_time", Dimension::time, true}, s.boot_s);
  visit(FigureKey{"boot_power", Dimension::power, true}, s.boot_w);
  visit(FigureKey{"shutdown_time", Dimension::time, true}, s.shutdown_s);
  visit(FigureKey{"nic", Dimension::bandwidth}, s.nic_bytes_per_s);
  visit(FigureKey{"nic_latency", Dimension::time, true}, s.nic_latency_s);
  visit(FigureKey{"host_to_accelerator", Dimension::bandwidth}, s.host_to_accelerator_bytes_per_s);
  visit(FigureKey{"disk", Dimension::bandwidth}, s.disk_bytes_per_s);
  visit(FigureKey{"host_memory", Dimension::bytes}, s.host_memory_bytes);
  visit(FigureKey{"rent", Dimension::price_per_time, true}, s.rent_usd_per_h);
  visit(FigureKey{"provisioning", Dimension::time, true}, s.provision_s);
  visit(FigureKey{"billing_increment", Dimension::time, true}, s.billing_increment_s);
  visit(FigureKey{"billing_minimum", Dimension::time, true}, s.billing_minimum_s);
}

/// Purchase price of a server; servers that only their makers run have none.
inline constexpr FigureKey kPriceKey{"price", Dimension::money};

template <class Entry, class Visit>
void each_model_figure(Entry& m, Visit&& visit) {
  visit(FigureKey{"parameters", Dimension::number}, m.parameters);
  visit(FigureKey{"active_parameters", Dimension::number}, m.active_parameters);
}

/// The whole numbers of a model, which share one source: visit(key, number).
template <class Entry, class Visit>
void each_model_count(Entry& m, Visit&& visit) {
  visit("layers", m.layers);
  visit("hidden", m.hidden);
  visit("heads", m.heads);
  visit("kv_heads", m.kv_heads);
  visit("head_dim", m.head_dim);
  visit("intermediate", m.intermediate);
  visit("vocabulary", m.vocabulary);
  visit("context_tokens", m.context_tokens);
}

/// And those of its attention and its experts: visit(key, number, least).
template <class Entry, class Visit>
void each_latent_count(Entry& l, Visit&& visit) {
  visit("kv_rank", l.kv_rank, 1);
  visit("rope_dim", l.rope_dim, 0);
  visit("nope_dim", l.nope_dim, 1);
  visit("value_dim", l.value_dim, 1);
  visit("query_rank", l.query_rank, 0);
}
template <class Entry, class Visit>
void each_mixture_count(Entry& m, Visit&& visit) {
  visit("experts", m.experts, 1);
  visit("experts_per_token", m.experts_per_token, 1);
  visit("shared_experts", m.shared_experts, 0);
  visit("intermediate", m.intermediate, 1);
  visit("dense_layers", m.dense_layers, 0);
}

/// Numbers of a mixture that are 0 where an entry says nothing of them: visit(key, number).
template <class Entry, class Visit>
void each_mixture_option(Entry& m, Visit&& visit) {
  visit("shared_intermediate", m.shared_intermediate);
  visit("input", m.input);
}

/// Energy of a model's training run; models that do not say have none.
inline constexpr FigureKey kTrainingKey{"training", Dimension::energy};

template <class Entry, class Visit>
void each_engine_figure(Entry& e, Visit&& visit) {
  visit(FigureKey{"compute_factor", Dimension::number}, e.compute_factor);
  visit(FigureKey{"bandwidth_factor", Dimension::number}, e.bandwidth_factor);
  visit(FigureKey{"eight_bit_compute_factor", Dimension::number}, e.eight_bit_compute_factor);
  visit(FigureKey{"eight_bit_bandwidth_factor", Dimension::number}, e.eight_bit_bandwidth_factor);
  visit(FigureKey{"widening_compute_factor", Dimension::number}, e.widening_compute_factor);
  visit(FigureKey{"widening_bandwidth_factor", Dimension::number}, e.widening_bandwidth_factor);
  visit(FigureKey{"expert_compute_factor", Dimension::number}, e.expert_compute_factor);
  visit(FigureKey{"expert_eight_bit_compute_factor", Dimension::number}, e.expert_eight_bit_compute_factor);
  visit(FigureKey{"expert_bandwidth_factor", Dimension::number}, e.expert_bandwidth_factor);
  visit(FigureKey{"elementwise_factor", Dimension::number, true}, e.elementwise_factor);
  visit(FigureKey{"expert_elementwise_factor", Dimension::number, true}, e.expert_elementwise_factor);
  visit(FigureKey{"step_overhead", Dimension::time, true}, e.step_overhead_s);
  visit(FigureKey{"sequence_overhead", Dimension::time, true}, e.sequence_overhead_s);
  visit(FigureKey{"layer_overhead", Dimension::time, true}, e.layer_overhead_s);
  visit(FigureKey{"eight_bit_layer_overhead", Dimension::time, true}, e.eight_bit_layer_overhead_s);
  visit(FigureKey{"attention_overhead", Dimension::time, true}, e.attention_overhead_s);
  visit(FigureKey{"expert_overhead", Dimension::time, true}, e.expert_overhead_s);
  visit(FigureKey{"collective_overhead", Dimension::time, true}, e.collective_overhead_s);
  visit(FigureKey{"layer_launch", Dimension::time, true}, e.layer_launch_s);
  visit(FigureKey{"prefill_layer_launch", Dimension::time, true}, e.prefill_layer_launch_s);
  visit(FigureKey{"long_step_tokens", Dimension::number, true}, e.long_step_tokens);
  visit(FigureKey{"long_step_factor", Dimension::number, true}, e.long_step_factor);
  visit(FigureKey{"memory_utilisation", Dimension::share}, e.memory_utilisation);
  visit(FigureKey{"reserve", Dimension::bytes, true}, e.reserve_bytes);
  visit(FigureKey{"profile_tokens", Dimension::number}, e.profile_tokens);
  visit(FigureKey{"profile_sequences", Dimension::number}, e.profile_sequences);
  visit(FigureKey{"image", Dimension::bytes, true}, e.image_bytes);
  visit(FigureKey{"load", Dimension::bandwidth}, e.load_bytes_per_s);
  visit(FigureKey{"start_time", Dimension::time, true}, e.start_s);
  visit(FigureKey{"start_time_per_billion_parameters", Dimension::time, true}, e.start_s_per_billion);
  visit(FigureKey{"stop_time", Dimension::time, true}, e.stop_s);
  visit(FigureKey{"wake_time", Dimension::time, true}, e.wake_s);
}

}  // namespace idlewatt
