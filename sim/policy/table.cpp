#include "policy/table.hpp"

namespace idlewatt {

std::vector<AutoscaleDeclaration> autoscale_policies() {
  return {declare_static_autoscale(), declare_hpa(),       declare_keda(),       declare_knative_kpa(),
          declare_ray_serve(),        declare_scheduled(), declare_predictive(), declare_clairvoyant()};
}

std::vector<IdleDeclaration> idle_policies() {
  return {declare_always_on(),       declare_park(),       declare_unload_after(),   declare_sleep_after(),
          declare_power_off_after(), declare_break_even(), declare_idle_histogram(), declare_clairvoyant_idle()};
}

std::vector<BatchDeclaration> batch_policies() {
  return {declare_continuous(), declare_window(), declare_no_batching()};
}

std::vector<QueueDeclaration> queue_policies() {
  return {declare_fcfs(), declare_shortest_first(), declare_priority(), declare_deadline()};
}

std::vector<PrefixDeclaration> prefix_policies() {
  return {declare_no_prefix_cache(), declare_lru_prefix_cache()};
}

std::vector<RouteDeclaration> route_policies() {
  return {declare_least_outstanding(), declare_least_tokens(), declare_power_of_two(),
          declare_prefix_affinity(),   declare_round_robin(),  declare_random_route()};
}

std::vector<PoolRouteDeclaration> pool_route_policies() {
  return {declare_least_outstanding_pool(), declare_round_robin_pool(), declare_length_split(),
          declare_cheapest_within_slo()};
}

std::vector<AdmissionDeclaration> admission_policies() {
  return {declare_always_admit(), declare_queue_limit(), declare_deadline_admission(), declare_rate_limit()};
}

std::vector<CacheDeclaration> cache_policies() {
  return {declare_no_cache(), declare_exact_cache(), declare_semantic_cache()};
}

std::vector<PowerDeclaration> power_policies() {
  return {declare_power_fifo(), declare_power_first_fit(), declare_power_priority(), declare_power_neediest()};
}

std::vector<SwapDeclaration> swap_policies() {
  return {declare_no_swapping(), declare_lru_swapping(), declare_least_used_swapping()};
}

}  // namespace idlewatt
