#include "scenario/policy_families.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "policy/table.hpp"
#include "scenario/read_policy.hpp"

namespace idlewatt {

namespace {

/// The shortest text: "2048", "0.1", "1e9", "1e-6".
std::string short_number(double value) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text = error == std::errc() ? std::string(buffer.data(), end) : number_text(value);
  for (const auto& [longer, shorter] : {std::pair{"e+0", "e"}, {"e+", "e"}, {"e-0", "e-"}}) {
    if (const std::size_t at = text.find(longer); at != std::string::npos) {
      text.replace(at, std::string_view(longer).size(), shorter);
    }
  }
  return text;
}

}  // namespace

std::vector<PolicyFamily> policy_families() {
  return {
      {"cache", "cache", "Which requests are answered with an answer that is there?", infos_of(cache_policies())},
      {"pool-routing", "routing", "Which pool takes a request that several may answer?", infos_of(pool_route_policies())},
      {"admission", "pools.NAME.admission", "Which requests does a pool let in?", infos_of(admission_policies())},
      {"routing", "pools.NAME.routing", "Which replica takes a request?", infos_of(route_policies())},
      {"batching", "pools.NAME.batching", "Which requests does a replica work on together?", infos_of(batch_policies())},
      {"queue", "pools.NAME.queue", "Which of the requests that wait at a replica joins next?",
       infos_of(queue_policies())},
      {"prefix_cache", "pools.NAME.prefix_cache", "Which KV blocks of a prompt are kept for requests to come?",
       infos_of(prefix_policies())},
      {"autoscaling", "pools.NAME.autoscaling", "How many replicas should a pool have?",
       infos_of(autoscale_policies())},
      {"power", "power", "Which replica starts first when racks have power for some of them only?",
       infos_of(power_policies())},
      {"swapping", "swapping", "Which model makes room when another is wanted and no accelerator is free?",
       infos_of(swap_policies())},
      {"idle", "pools.NAME.idle", "What becomes of replicas and servers that have nothing to do?",
       infos_of(idle_policies())},
  };
}

std::string parameter_text(const ParameterSpec& spec, double value) {
  if (!spec.choices.empty()) {
    return spec.choices.at(static_cast<std::size_t>(value));
  }
  const std::string text = quantity_text(value, spec.dimension);
  return text == number_text(value) ? short_number(value) : text;
}

std::string default_text(const ParameterSpec& spec) {
  return spec.is_schedule() ? schedule_text(spec.schedule) : parameter_text(spec, spec.default_value);
}

std::string policy_example(const PolicyInfo& info) {
  std::string text = "{policy: " + info.name;
  for (const ParameterSpec& spec : info.parameters) {
    text += ", " + spec.name + ": " + default_text(spec);
  }
  return text + "}";
}

}  // namespace idlewatt
