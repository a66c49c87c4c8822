#include "policy/route/family.hpp"

namespace idlewatt {

RouteDeclaration declare_round_robin();
RouteDeclaration declare_least_outstanding();
RouteDeclaration declare_random_route();
RouteDeclaration declare_least_tokens();
RouteDeclaration declare_power_of_two();
RouteDeclaration declare_prefix_affinity();
RouteDeclaration declare_least_outstanding_pool();
RouteDeclaration declare_round_robin_pool();
RouteDeclaration declare_length_split();
RouteDeclaration declare_cheapest_within_slo();

std::vector<RouteDeclaration> RouteFamily::built_in() {
  return {declare_least_outstanding(), declare_least_tokens(), declare_power_of_two(),
          declare_prefix_affinity(),   declare_round_robin(),  declare_random_route()};
}

}  // namespace idlewatt
