#include "app/description.hpp"

#include <cmath>
#include <filesystem>
#include <map>

#include "app/text.hpp"

namespace idlewatt {

namespace {

std::string limit(const char* name, double seconds) {
  if (std::isinf(seconds)) {
    return std::string(name) + " unlimited";
  }
  constexpr int digits = 3;
  const bool short_time = seconds < 1.0;
  const std::string number = compact(short_time ? seconds * 1e3 : seconds, digits);
  return std::string(name) + " " + number + (short_time ? " ms" : " s");
}

std::string replica_size(const Pool& pool) {
  const std::string stage = counted(pool.tensor_parallel, "accelerator", "accelerators");
  return pool.pipeline_parallel == 1 ? stage : grouped(pool.pipeline_parallel) + " stages of " + stage;
}

}  // namespace

std::vector<std::string> describe_traffic(const Scenario& scenario) {
  std::vector<std::string> lines;
  for (const Traffic& traffic : scenario.traffic) {
    std::string line = std::filesystem::path(traffic.name).stem().string();
    if (traffic.scale != 1.0) {
      line += " x " + compact(traffic.scale, 3);
    }
    line += " -> " + listed(traffic.models, " or ") + ", SLO: " + limit("TTFT", traffic.slo.ttft_s) + ", " +
            limit("TPOT", traffic.slo.tpot_s);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> describe_pools(const Scenario& scenario) {
  std::vector<std::string> lines;
  for (const Pool& pool : scenario.pools) {
    lines.push_back(pool.name + ": " + pool.model + " in " + to_string(pool.precision) + " with " + pool.engine +
                    " on " + pool.server + ", " + replica_size(pool) + " a replica, " +
                    counted(pool.replicas.start, "replica", "replicas") + " (" + grouped(pool.replicas.minimum) +
                    " to " + grouped(pool.replicas.maximum) + "); batching " + pool.batching.name + ", autoscaling " +
                    pool.autoscaling.name + ", idle " + pool.idle.name + ", routing " + pool.routing.name);
  }
  return lines;
}

std::string describe_fleet(const Scenario& scenario) {
  std::map<std::string, std::int64_t> counts;
  std::vector<std::string> order;
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      if (counts.emplace(group.server, 0).second) {
        order.push_back(group.server);
      }
      counts[group.server] += group.count;
    }
  }
  std::vector<std::string> parts;
  for (const std::string& name : order) {
    std::string part = grouped(counts[name]) + " x " + name;
    if (scenario.catalog && scenario.catalog->servers.contains(name)) {
      const Server& server = scenario.catalog->servers.at(name);
      part += " (" + grouped(counts[name] * server.accelerators) + " x " + server.accelerator + ")";
    }
    parts.push_back(std::move(part));
  }
  return listed(parts);
}

std::string describe_variant(const Scenario& scenario) {
  return scenario.variant.empty() ? "the run" : "variant `" + scenario.variant + "`";
}

}  // namespace idlewatt
