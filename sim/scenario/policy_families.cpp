#include "scenario/policy_families.hpp"

#include "policy/table.hpp"
#include "scenario/read_policy.hpp"

namespace idlewatt {

std::vector<PolicyFamily> policy_families() {
  return {
      {"routing", "pools.NAME.routing", "Which replica takes a query?", infos_of(route_policies())},
      {"batching", "pools.NAME.batching", "Which queries does a replica work on together?", infos_of(batch_policies())},
      {"autoscaling", "pools.NAME.autoscaling", "How many replicas should a pool have?",
       infos_of(autoscale_policies())},
      {"idle", "pools.NAME.idle", "What becomes of replicas and servers that have nothing to do?",
       infos_of(idle_policies())},
  };
}

std::string parameter_text(const ParameterSpec& spec, double value) {
  return spec.choices.empty() ? quantity_text(value, spec.dimension) : spec.choices.at(static_cast<std::size_t>(value));
}

std::string policy_example(const PolicyInfo& info) {
  std::string text = "{policy: " + info.name;
  for (const ParameterSpec& spec : info.parameters) {
    text += ", " + spec.name + ": " + parameter_text(spec, spec.default_value);
  }
  return text + "}";
}

}  // namespace idlewatt
