// The figures of the catalogue with their keys in YAML, stated once for the reader, the provenance and the tests.
#pragma once

#include "base/quantity.hpp"
#include "catalog/catalog.hpp"

namespace idlewatt {

/// The key of a figure and its form.
struct FigureKey {
  const char* key;
  Dimension dimension;
  bool may_be_zero = false;
  const char* help = "";  ///< meaning of the figure, for schema and reference
};

/// Calls visit(FigureKey, figure) for each figure, in the order of the struct. `Entry` may be const.
/// each_arithmetic_figure() visits an accelerator's figures by arithmetic.
template <class Entry, class Visit>
void each_accelerator_figure(Entry& a, Visit&& visit) {
  visit(FigureKey{"memory", Dimension::bytes, false, "memory, as the driver reports it"}, a.memory_bytes);
  visit(FigureKey{"memory_bandwidth", Dimension::bandwidth, false, "bandwidth of the memory, by its data sheet"},
        a.memory_bandwidth_bytes_per_s);
  visit(FigureKey{"compute_efficiency", Dimension::share, false, "what large matrix products reach of the peak"},
        a.compute_efficiency);
  visit(FigureKey{"bandwidth_efficiency", Dimension::share, false,
                  "what reading weights reaches of the memory bandwidth"},
        a.bandwidth_efficiency);
  visit(FigureKey{"kv_efficiency", Dimension::share, false,
                  "what decode attention reaches of the memory bandwidth when it reads keys and values"},
        a.kv_efficiency);
  visit(FigureKey{"attention_efficiency", Dimension::share, false,
                  "what prefill attention over long prompts reaches of the 16-bit peak"},
        a.attention_efficiency);
  visit(FigureKey{"attention_ramp_tokens", Dimension::number, true,
                  "a token's attention costs as much as with that many tokens more"},
        a.attention_ramp_tokens);
  visit(FigureKey{"decode_attention_efficiency", Dimension::share, false,
                  "what the arithmetic of decode attention reaches of the 16-bit peak"},
        a.decode_attention_efficiency);
  visit(FigureKey{"latent_kv_efficiency", Dimension::share, false,
                  "what decode with latent attention reaches of the memory bandwidth"},
        a.latent_kv_efficiency);
  visit(FigureKey{"latent_compute_efficiency", Dimension::share, false,
                  "what the arithmetic of decode with latent attention reaches of the 16-bit peak"},
        a.latent_compute_efficiency);
  visit(FigureKey{"latent_time_per_token", Dimension::time, true,
                  "least time of latent attention, per token of a sequence's context and layer"},
        a.latent_s_per_token);
  visit(FigureKey{"latency_factor", Dimension::number, false,
                  "fixed times of kernels and engine, against those on an A100"},
        a.latency_factor);
  visit(FigureKey{"board_limit", Dimension::power, false, "the board never draws more than this"}, a.board_limit_w);
  visit(FigureKey{"least_cap", Dimension::power, false, "the lowest power cap that it takes"}, a.least_cap_w);
  visit(FigureKey{"idle_empty", Dimension::power, false, "power with no model and no context in memory"},
        a.idle_empty_w);
  visit(FigureKey{"idle_loaded", Dimension::power, false, "power with a context and a model in memory, and no work"},
        a.idle_loaded_w);
  visit(FigureKey{"parked", Dimension::power, false,
                  "power as in `idle_loaded`, with the clock of the cores at its lowest"},
        a.parked_w);
  visit(FigureKey{"deep_parked", Dimension::power, false,
                  "power as in `parked`, with the clock of the memory at its lowest, too"},
        a.deep_parked_w);
  visit(FigureKey{"loading", Dimension::power, false, "power while weights are copied into memory"}, a.loading_w);
  visit(
      FigureKey{"busy_static", Dimension::power, false, "power of a step at the highest clock, whatever the step does"},
      a.busy_static_w);
  visit(FigureKey{"joules_per_byte", Dimension::energy_per_byte, false,
                  "energy above the static power, per byte moved from memory"},
        a.joules_per_byte);
  visit(FigureKey{"prefill_energy_factor", Dimension::number, false,
                  "joules per operation on a prompt's tokens, as a share of those in decoding"},
        a.prefill_energy_factor);
  visit(
      FigureKey{"clock_max", Dimension::frequency, false, "highest clock of the cores, at which all else was measured"},
      a.clock_max_hz);
  visit(FigureKey{"clock_min", Dimension::frequency, false, "lowest clock of the cores"}, a.clock_min_hz);
  visit(FigureKey{"clock_step", Dimension::frequency, false, "distance between two clocks that may be set"},
        a.clock_step_hz);
  visit(FigureKey{"voltage_slope", Dimension::share, true,
                  "how much of itself the voltage falls for each share of the highest clock that is given up"},
        a.voltage_slope);
  visit(FigureKey{"voltage_floor", Dimension::share, false, "lowest voltage, as a share of that at the highest clock"},
        a.voltage_floor);
  visit(FigureKey{"bandwidth_slope", Dimension::share, true,
                  "how much of itself the memory bandwidth falls for each share of the highest clock that is given up"},
        a.bandwidth_slope);
  visit(FigureKey{"clock_change_time", Dimension::time, true, "time from the request to the new clock"},
        a.clock_change_s);
  visit(FigureKey{"link_bandwidth", Dimension::bandwidth, false,
                  "bandwidth to the other accelerators of the server, in one direction"},
        a.link_bytes_per_s);
  visit(FigureKey{"link_active", Dimension::power, true,
                  "power on top of `busy_static` while several accelerators work together"},
        a.link_active_w);
  visit(FigureKey{"link_latency", Dimension::time, true, "latency of an all-reduce of a short message"},
        a.link_latency_s);
}

/// Calls visit(FigureKey, optional figure) for each figure of an accelerator that its entry may leave out.
template <class Entry, class Visit>
void each_link_group_figure(Entry& a, Visit&& visit) {
  constexpr const char* bandwidth = "`link_bandwidth` in a group of so many, where accelerators share the way";
  constexpr const char* latency = "`link_latency` in a group of so many";
  visit(FigureKey{"link_bandwidth_among_4", Dimension::bandwidth, false, bandwidth}, a.link_groups[0].bytes_per_s);
  visit(FigureKey{"link_latency_among_4", Dimension::time, true, latency}, a.link_groups[0].latency_s);
  visit(FigureKey{"link_bandwidth_among_8", Dimension::bandwidth, false, bandwidth}, a.link_groups[1].bytes_per_s);
  visit(FigureKey{"link_latency_among_8", Dimension::time, true, latency}, a.link_groups[1].latency_s);
}

/// Calls visit(FigureKey, array of optional figures by arithmetic) for each such array; in YAML it is a map.
template <class Entry, class Visit>
void each_arithmetic_figure(Entry& a, Visit&& visit) {
  visit(FigureKey{"peak", Dimension::flops, false, "peak rate of arithmetic, by the data sheet"}, a.peak_flops);
  visit(FigureKey{"joules_per_flop", Dimension::energy_per_flop, false, "energy above the static power, per operation"},
        a.joules_per_flop);
}

template <class Entry, class Visit>
void each_server_figure(Entry& s, Visit&& visit) {
  visit(FigureKey{"base", Dimension::power, true, "power at the wall while on, without the accelerators"}, s.base_w);
  visit(
      FigureKey{"overhead_per_accelerator", Dimension::share, true,
                "power at the wall per watt of accelerator power beyond that watt: fans and losses of power supplies"},
      s.overhead_per_accelerator_w);
  visit(FigureKey{"off", Dimension::power, true, "power at the wall while off"}, s.off_w);
  visit(FigureKey{"boot_time", Dimension::time, true, "time from power-on to a running system"}, s.boot_s);
  visit(FigureKey{"boot_power", Dimension::power, true, "power without the accelerators while booting"}, s.boot_w);
  visit(FigureKey{"shutdown_time", Dimension::time, true, "time from the command to power-off"}, s.shutdown_s);
  visit(FigureKey{"nic", Dimension::bandwidth, false, "bandwidth of the server's network"}, s.nic_bytes_per_s);
  visit(FigureKey{"nic_latency", Dimension::time, true, "latency one way between two servers"}, s.nic_latency_s);
  visit(FigureKey{"host_to_accelerator", Dimension::bandwidth, false,
                  "bandwidth from the memory of the host to one accelerator"},
        s.host_to_accelerator_bytes_per_s);
  visit(FigureKey{"disk", Dimension::bandwidth, false, "bandwidth of the local disk, read in sequence"},
        s.disk_bytes_per_s);
  visit(FigureKey{"host_memory", Dimension::bytes, false, "memory of the host"}, s.host_memory_bytes);
  visit(FigureKey{"rent", Dimension::price_per_time, true, "rent on demand of the whole server"}, s.rent_usd_per_h);
  visit(
      FigureKey{"provisioning", Dimension::time, true, "time from the request to a booted machine, of a rented server"},
      s.provision_s);
  visit(FigureKey{"billing_increment", Dimension::time, true, "rent is billed in multiples of this time"},
        s.billing_increment_s);
  visit(FigureKey{"billing_minimum", Dimension::time, true, "rent is billed for this time at the least"},
        s.billing_minimum_s);
}

/// Purchase price of a server. Servers that only their makers run have no price.
inline constexpr FigureKey kPriceKey{"price", Dimension::money, false, "price of the whole server"};

template <class Entry, class Visit>
void each_model_figure(Entry& m, Visit&& visit) {
  visit(FigureKey{"parameters", Dimension::number, false, "all parameters"}, m.parameters);
  visit(FigureKey{"active_parameters", Dimension::number, false, "parameters that work on a token"},
        m.active_parameters);
}

/// Calls visit(key, number) for each whole number of a model; all of them share one source.
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

/// Calls visit(key, number, least) for each whole number of latent attention, or of a mixture of experts.
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

/// Calls visit(key, number) for the numbers of a mixture that an entry may leave out; the number is then 0.
template <class Entry, class Visit>
void each_mixture_option(Entry& m, Visit&& visit) {
  visit("shared_intermediate", m.shared_intermediate);
  visit("input", m.input);
}

/// Energy of a model's training run. Models whose training energy is unpublished have none.
inline constexpr FigureKey kTrainingKey{"training", Dimension::energy, false, "energy of the training run"};

template <class Entry, class Visit>
void each_engine_figure(Entry& e, Visit&& visit) {
  visit(FigureKey{"compute_factor", Dimension::number, false,
                  "matrix products of its kernels, against the accelerator's `compute_efficiency`"},
        e.compute_factor);
  visit(FigureKey{"bandwidth_factor", Dimension::number, false,
                  "reading of weights by its kernels, against the accelerator's `bandwidth_efficiency`"},
        e.bandwidth_factor);
  visit(FigureKey{"eight_bit_compute_factor", Dimension::number, false,
                  "products of 8-bit weights and activations, against their own peak"},
        e.eight_bit_compute_factor);
  visit(FigureKey{"eight_bit_bandwidth_factor", Dimension::number, false,
                  "reading of 8-bit weights, against the efficiency of the accelerator"},
        e.eight_bit_bandwidth_factor);
  visit(FigureKey{"widening_compute_factor", Dimension::number, false,
                  "products of weights that are stored in fewer bits than they are multiplied in"},
        e.widening_compute_factor);
  visit(FigureKey{"widening_bandwidth_factor", Dimension::number, false,
                  "reading of weights that are stored in fewer bits than they are multiplied in"},
        e.widening_bandwidth_factor);
  visit(FigureKey{"eight_bit_kv_bandwidth_factor", Dimension::number, false,
                  "reads of decode attention from a KV cache in 8 bits, by byte, against one in 16"},
        e.eight_bit_kv_bandwidth_factor);
  visit(FigureKey{"eight_bit_kv_prefill_factor", Dimension::number, false,
                  "arithmetic of prefill attention beside a KV cache in 8 bits, against one in 16"},
        e.eight_bit_kv_prefill_factor);
  visit(FigureKey{"eight_bit_latent_bandwidth_factor", Dimension::number, false,
                  "reads of decode with latent attention from a KV cache in 8 bits, by byte, against one in 16"},
        e.eight_bit_latent_bandwidth_factor);
  visit(FigureKey{"eight_bit_latent_compute_factor", Dimension::number, false,
                  "arithmetic of decode with latent attention from a KV cache in 8 bits, against one in 16"},
        e.eight_bit_latent_compute_factor);
  visit(FigureKey{"expert_compute_factor", Dimension::number, false, "grouped products of a mixture of experts"},
        e.expert_compute_factor);
  visit(FigureKey{"expert_eight_bit_compute_factor", Dimension::number, false,
                  "grouped products of a mixture of experts in 8 bits, against their own peak"},
        e.expert_eight_bit_compute_factor);
  visit(
      FigureKey{"expert_bandwidth_factor", Dimension::number, false, "reading of the weights of a mixture of experts"},
      e.expert_bandwidth_factor);
  visit(FigureKey{"elementwise_factor", Dimension::number, true,
                  "traffic of norms, sums and activations, against each read and written once"},
        e.elementwise_factor);
  visit(FigureKey{"expert_elementwise_factor", Dimension::number, true,
                  "traffic of gathering and scattering tokens for their experts"},
        e.expert_elementwise_factor);
  visit(FigureKey{"step_overhead", Dimension::time, true, "time per batch step: scheduling, sampling, output"},
        e.step_overhead_s);
  visit(FigureKey{"sequence_overhead", Dimension::time, true, "time per sequence in the step: sampling, bookkeeping"},
        e.sequence_overhead_s);
  visit(FigureKey{"layer_overhead", Dimension::time, true, "time per layer: latencies of its kernels"},
        e.layer_overhead_s);
  visit(FigureKey{"eight_bit_layer_overhead", Dimension::time, true,
                  "time per layer whose products are in 8 bits, in which activations are quantised"},
        e.eight_bit_layer_overhead_s);
  visit(FigureKey{"attention_overhead", Dimension::time, true,
                  "time per layer when sequences decode: latency of the attention kernel"},
        e.attention_overhead_s);
  visit(FigureKey{"expert_overhead", Dimension::time, true, "time per layer with experts: routing and permuting"},
        e.expert_overhead_s);
  visit(FigureKey{"collective_overhead", Dimension::time, true, "time per all-reduce, on top of the link's latency"},
        e.collective_overhead_s);
  visit(FigureKey{"layer_launch", Dimension::time, true,
                  "least time of the host to launch a layer of a decode step; 0 never decides"},
        e.layer_launch_s);
  visit(FigureKey{"prefill_layer_launch", Dimension::time, true,
                  "least time of the host to launch a layer of a step with prompts"},
        e.prefill_layer_launch_s);
  visit(FigureKey{"long_step_tokens", Dimension::number, true, "tokens of a step beyond which more cost more"},
        e.long_step_tokens);
  visit(FigureKey{"long_step_factor", Dimension::number, true,
                  "share by which tokens beyond `long_step_tokens` cost more; 0 for none"},
        e.long_step_factor);
  visit(FigureKey{"memory_utilisation", Dimension::share, false,
                  "share of the memory of an accelerator that the engine takes"},
        e.memory_utilisation);
  visit(FigureKey{"reserve", Dimension::bytes, true,
                  "memory per accelerator for context, graphs and workspaces, which is not for KV blocks"},
        e.reserve_bytes);
  visit(FigureKey{"profile_tokens", Dimension::number, false,
                  "tokens of the largest step, for whose activations the engine keeps room"},
        e.profile_tokens);
  visit(FigureKey{"profile_sequences", Dimension::number, false,
                  "sequences of the largest step, for whose logits the engine keeps room"},
        e.profile_sequences);
  visit(FigureKey{"image", Dimension::bytes, true,
                  "size of the container image that a server fetches before its first replica"},
        e.image_bytes);
  visit(
      FigureKey{"image_unpack_time", Dimension::time, true, "time to unpack that image on the server after the fetch"},
      e.image_unpack_s);
  visit(FigureKey{"load", Dimension::bandwidth, false, "bandwidth of loading weights from the host to one accelerator"},
        e.load_bytes_per_s);
  visit(FigureKey{"start_time", Dimension::time, true, "time to start a small model, without its weights"}, e.start_s);
  visit(FigureKey{"start_time_per_billion_parameters", Dimension::time, true,
                  "time on top of `start_time`, per 1e9 parameters of the model"},
        e.start_s_per_billion);
  visit(FigureKey{"stop_time", Dimension::time, true,
                  "time to end the process, or to release the accelerator before a sleep"},
        e.stop_s);
  visit(FigureKey{"wake_time", Dimension::time, true, "time to wake from sleep, without weights"}, e.wake_s);
}

/// Figures that an engine may leave out; then their source is empty, and they are as sim/catalog/engine.hpp has them.
template <class Entry, class Visit>
void each_optional_engine_figure(Entry& e, Visit&& visit) {
  visit(FigureKey{"request_overhead", Dimension::time, true,
                  "time of a request beside its steps, before its first token: HTTP, tokeniser, messages between "
                  "processes, the tokens' way back to the client"},
        e.request_overhead_s);
  visit(FigureKey{"request_overhead_per_token", Dimension::time, true,
                  "time on top of `request_overhead`, per prompt token"},
        e.request_overhead_per_token_s);
  visit(FigureKey{"steps_in_flight", Dimension::number, false,
                  "2 where the scheduler is asynchronous: a step is planned when the one before it begins, so requests "
                  "join and seats are free one step later; 1 where a step is planned when the one before it has ended"},
        e.steps_in_flight);
}

}  // namespace idlewatt
