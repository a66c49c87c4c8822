#include "policy/pool_route/family.hpp"

namespace idlewatt {

PoolRouteDeclaration declare_least_outstanding_pool();
PoolRouteDeclaration declare_round_robin_pool();
PoolRouteDeclaration declare_length_split();
PoolRouteDeclaration declare_cheapest_within_slo();

std::vector<PoolRouteDeclaration> PoolRouteFamily::built_in() {
  return {declare_least_outstanding_pool(), declare_round_robin_pool(), declare_length_split(),
          declare_cheapest_within_slo()};
}

}  // namespace idlewatt
