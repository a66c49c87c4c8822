// All built-in policies. A new one is its file, and here its declaration and its line in a table of table.cpp.
#pragma once

#include <vector>

#include "policy/admit/admission.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "policy/batch/batch.hpp"
#include "policy/cache/cache.hpp"
#include "policy/idle/idle.hpp"
#include "policy/pool_route/pool_route.hpp"
#include "policy/power/power.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/queue/queue.hpp"
#include "policy/route/route.hpp"
#include "policy/swap/swap.hpp"

namespace idlewatt {

AutoscaleDeclaration declare_static_autoscale();
AutoscaleDeclaration declare_hpa();
AutoscaleDeclaration declare_keda();
AutoscaleDeclaration declare_knative_kpa();
AutoscaleDeclaration declare_ray_serve();
AutoscaleDeclaration declare_scheduled();
AutoscaleDeclaration declare_predictive();
AutoscaleDeclaration declare_clairvoyant();
IdleDeclaration declare_always_on();
IdleDeclaration declare_park();
IdleDeclaration declare_unload_after();
IdleDeclaration declare_sleep_after();
IdleDeclaration declare_power_off_after();
IdleDeclaration declare_break_even();
IdleDeclaration declare_idle_histogram();
IdleDeclaration declare_clairvoyant_idle();
BatchDeclaration declare_continuous();
BatchDeclaration declare_window();
BatchDeclaration declare_no_batching();
QueueDeclaration declare_fcfs();
QueueDeclaration declare_shortest_first();
QueueDeclaration declare_priority();
QueueDeclaration declare_deadline();
PrefixDeclaration declare_no_prefix_cache();
PrefixDeclaration declare_lru_prefix_cache();
RouteDeclaration declare_round_robin();
RouteDeclaration declare_least_outstanding();
RouteDeclaration declare_random_route();
RouteDeclaration declare_least_tokens();
RouteDeclaration declare_power_of_two();
RouteDeclaration declare_prefix_affinity();
PoolRouteDeclaration declare_least_outstanding_pool();
PoolRouteDeclaration declare_round_robin_pool();
PoolRouteDeclaration declare_length_split();
PoolRouteDeclaration declare_cheapest_within_slo();
AdmissionDeclaration declare_always_admit();
AdmissionDeclaration declare_queue_limit();
AdmissionDeclaration declare_deadline_admission();
AdmissionDeclaration declare_rate_limit();
CacheDeclaration declare_no_cache();
CacheDeclaration declare_exact_cache();
CacheDeclaration declare_semantic_cache();

PowerDeclaration declare_power_fifo();
PowerDeclaration declare_power_first_fit();
PowerDeclaration declare_power_priority();
PowerDeclaration declare_power_neediest();

SwapDeclaration declare_no_swapping();
SwapDeclaration declare_lru_swapping();
SwapDeclaration declare_least_used_swapping();

/// The tables, in the order in which they are listed to users. The first of each is the default.
std::vector<AutoscaleDeclaration> autoscale_policies();
std::vector<IdleDeclaration> idle_policies();
std::vector<BatchDeclaration> batch_policies();
std::vector<QueueDeclaration> queue_policies();
std::vector<PrefixDeclaration> prefix_policies();
std::vector<RouteDeclaration> route_policies();
std::vector<PoolRouteDeclaration> pool_route_policies();
std::vector<AdmissionDeclaration> admission_policies();
std::vector<CacheDeclaration> cache_policies();
std::vector<PowerDeclaration> power_policies();
std::vector<SwapDeclaration> swap_policies();

}  // namespace idlewatt
