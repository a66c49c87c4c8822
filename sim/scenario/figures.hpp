// The figures of the catalogue by the key they have in YAML: said once, for the reader, the provenance and the tests.
#pragma once

#include "catalog/catalog.hpp"
#include "units/quantity.hpp"

namespace idlewatt {

/// How one figure is written.
struct FigureKey {
  const char* key;
  Dimension dimension;
  bool may_be_zero = false;
};

/// Calls visit(FigureKey, figure) for each figure, in the order of the struct. `Entry` may be const. The figures by
/// precision of an accelerator come from each_precision_figure.
template <class Entry, class Visit>
void each_accelerator_figure(Entry& a, Visit&& visit) {
  visit(FigureKey{"memory", Dimension::bytes}, a.memory_bytes);
  visit(FigureKey{"memory_bandwidth", Dimension::bandwidth}, a.memory_bandwidth_bytes_per_s);
  visit(FigureKey{"board_limit", Dimension::power}, a.board_limit_w);
  visit(FigureKey{"idle_empty", Dimension::power}, a.idle_empty_w);
  visit(FigureKey{"idle_loaded", Dimension::power}, a.idle_loaded_w);
  visit(FigureKey{"loading", Dimension::power}, a.loading_w);
  visit(FigureKey{"joules_per_byte", Dimension::energy_per_byte}, a.joules_per_byte);
  visit(FigureKey{"link_bandwidth", Dimension::bandwidth}, a.link_bytes_per_s);
  visit(FigureKey{"link_latency", Dimension::time, true}, a.link_latency_s);
}

/// Calls visit(FigureKey, array of optional figures by precision): one map in YAML each.
template <class Entry, class Visit>
void each_precision_figure(Entry& a, Visit&& visit) {
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
  visit(FigureKey{"host_to_accelerator", Dimension::bandwidth}, s.host_to_accelerator_bytes_per_s);
  visit(FigureKey{"disk", Dimension::bandwidth}, s.disk_bytes_per_s);
  visit(FigureKey{"rent", Dimension::price_per_time, true}, s.rent_usd_per_h);
  visit(FigureKey{"provisioning", Dimension::time, true}, s.provision_s);
  visit(FigureKey{"billing_increment", Dimension::time, true}, s.billing_increment_s);
  visit(FigureKey{"billing_minimum", Dimension::time, true}, s.billing_minimum_s);
}

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

template <class Entry, class Visit>
void each_engine_figure(Entry& e, Visit&& visit) {
  visit(FigureKey{"compute_efficiency", Dimension::share}, e.compute_efficiency);
  visit(FigureKey{"bandwidth_efficiency", Dimension::share}, e.bandwidth_efficiency);
  visit(FigureKey{"step_overhead", Dimension::time, true}, e.step_overhead_s);
  visit(FigureKey{"sequence_overhead", Dimension::time, true}, e.sequence_overhead_s);
  visit(FigureKey{"memory_utilisation", Dimension::share}, e.memory_utilisation);
  visit(FigureKey{"reserve", Dimension::bytes, true}, e.reserve_bytes);
  visit(FigureKey{"image", Dimension::bytes, true}, e.image_bytes);
  visit(FigureKey{"load", Dimension::bandwidth}, e.load_bytes_per_s);
  visit(FigureKey{"start_time", Dimension::time, true}, e.start_s);
  visit(FigureKey{"start_time_per_billion_parameters", Dimension::time, true}, e.start_s_per_billion);
  visit(FigureKey{"stop_time", Dimension::time, true}, e.stop_s);
  visit(FigureKey{"wake_time", Dimension::time, true}, e.wake_s);
}

}  // namespace idlewatt
