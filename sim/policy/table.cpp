#include "policy/table.hpp"

namespace idlewatt {

std::vector<AutoscaleDeclaration> autoscale_policies() {
  return {declare_static_autoscale()};
}

std::vector<IdleDeclaration> idle_policies() {
  return {declare_always_on()};
}

std::vector<BatchDeclaration> batch_policies() {
  return {declare_continuous(), declare_no_batching()};
}

std::vector<RouteDeclaration> route_policies() {
  return {declare_least_outstanding(), declare_round_robin()};
}

}  // namespace idlewatt
