#include "policy/route/family.hpp"

namespace idlewatt {

std::vector<RouteDeclaration> RouteFamily::built_in() {
  return {declare_least_outstanding(), declare_least_tokens(), declare_power_of_two(),
          declare_prefix_affinity(),   declare_round_robin(),  declare_random_route()};
}

}  // namespace idlewatt
