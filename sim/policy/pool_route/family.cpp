#include "policy/pool_route/family.hpp"

namespace idlewatt {

std::vector<PoolRouteDeclaration> PoolRouteFamily::built_in() {
  return {declare_least_outstanding_pool(), declare_round_robin_pool(), declare_length_split(),
          declare_cheapest_within_slo()};
}

}  // namespace idlewatt
