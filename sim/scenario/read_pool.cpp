#include "scenario/read_pool.hpp"

#include <algorithm>
#include <set>

#include "policy/table.hpp"
#include "scenario/fields.hpp"
#include "scenario/read_autoscaling.hpp"
#include "scenario/read_hardware.hpp"
#include "scenario/read_policy.hpp"
#include "scenario/read_step_times.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostReplicas = 1'000'000;

ReplicaCounts read_replicas(const YamlNode& node, const std::string& what) {
  if (node.is_scalar()) {
    const std::int32_t always = read_count(node, what, 1, kMostReplicas);
    return {.start = always, .minimum = always, .maximum = always};
  }
  const Fields fields(node, what, {"start", "min", "max", "pending"});
  ReplicaCounts counts;
  counts.start = fields.count_or("start", 1, 0, kMostReplicas);
  counts.minimum = fields.count_or("min", std::min(1, counts.start), 0, kMostReplicas);
  counts.maximum = fields.count_or("max", std::max({1, counts.start, counts.minimum}), 1, kMostReplicas);
  counts.pending_allowed =
      fields.name_or("pending", "rule for pending replicas", {"allowed", "refused"}, "refused") == "allowed";
  const std::string range =
      "; expected `min` to `max`, " + std::to_string(counts.minimum) + " to " + std::to_string(counts.maximum);
  if (counts.minimum > counts.maximum) {
    fail(blame(node, {"min", "max"}), "`min` of " + what + " is " + std::to_string(counts.minimum) +
                                          ", more than `max`; expected at most " + std::to_string(counts.maximum));
  }
  if (counts.start > counts.maximum) {
    fail(blame(node, {"start", "max"}),
         "`start` of " + what + " is " + std::to_string(counts.start) + ", more than `max`" + range);
  }
  if (counts.start < counts.minimum) {
    fail(blame(node, {"start", "min"}),
         "`start` of " + what + " is " + std::to_string(counts.start) + ", less than `min`" + range);
  }
  return counts;
}

std::int64_t servers_of(const std::vector<Rack>& racks, const std::string& server) {
  std::int64_t count = 0;
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      count += group.server == server ? group.count : 0;
    }
  }
  return count;
}

// The place of a pool's replica counts: of `max`, when it is given.
const Place& replicas_place(const YamlNode& pool) {
  const YamlNode* replicas = pool.find("replicas");
  return replicas == nullptr ? pool.place : blame(*replicas, {"max", "start"});
}

const Place& room_place(const YamlNode& pool) {
  const Place& replicas = replicas_place(pool);
  const Place& others = blame(pool, {"servers", "tensor_parallel", "pipeline_parallel"});
  return others.layer > replicas.layer ? others : replicas;
}

}  // namespace

Pool read_pool(const std::string& name, const YamlNode& node, const Catalog& catalog, ScenarioFiles& files,
               std::vector<std::string>& warnings) {
  const std::string what = "pool `" + name + "`";
  std::vector<std::string> keys = hardware_keys();
  keys.insert(keys.end(), {"count", "pinned", "role", "decode", "kv_transfer", "replicas", "placement", "batching",
                           "queue", "prefix_cache", "autoscaling", "idle", "admission", "routing"});
  const Fields fields(node, what, keys);
  Pool pool = read_hardware(fields, node, catalog, files, Wording::yaml);
  pool.name = name;
  pool.replicas =
      read_replicas(fields.at("replicas", "a number such as `4`, or a map such as `{start: 1, min: 1, max: 8}`"),
                    "`replicas` of " + what);
  pool.placement = fields.name_or("placement", "placement", {"pack", "spread"}, "pack") == "pack"
                       ? PlacementOrder::pack
                       : PlacementOrder::spread;
  pool.pinned = fields.flag_or("pinned", false);
  pool.batching = read_policy(fields.find("batching"), "batching policy", infos_of(BatchFamily::built_in()));
  pool.queue = read_policy(fields.find("queue"), "queue policy", infos_of(QueueFamily::built_in()));
  pool.prefix_cache = read_policy(fields.find("prefix_cache"), "prefix cache", infos_of(PrefixFamily::built_in()));
  read_autoscaling(fields.find("autoscaling"), files, pool, warnings);
  pool.idle = read_policy(fields.find("idle"), "idle policy", infos_of(IdleFamily::built_in()), kOutsideIdle, files);
  pool.admission = read_policy(fields.find("admission"), "admission policy", infos_of(AdmissionFamily::built_in()),
                               kOutsideAdmission, files);
  pool.routing =
      read_policy(fields.find("routing"), "routing policy", infos_of(RouteFamily::built_in()), kOutsideRouting, files);
  for (std::string& sentence : step_times_exceeded(pool, catalog)) {
    warnings.push_back(std::move(sentence));
  }
  return pool;
}

std::vector<Rack> racks_for(const std::vector<Pool>& pools, const Catalog& catalog) {
  Rack rack;
  for (const Pool& pool : pools) {
    const int stages_per_server = catalog.servers.at(pool.server).accelerators / pool.parallel.tensor;
    const std::int64_t stages = static_cast<std::int64_t>(pool.replicas.maximum) * pool.parallel.pipeline;
    const auto servers = static_cast<std::int32_t>((stages + stages_per_server - 1) / stages_per_server);
    const auto found = std::find_if(rack.servers.begin(), rack.servers.end(),
                                    [&](const ServerGroup& group) { return group.server == pool.server; });
    if (found == rack.servers.end()) {
      rack.servers.push_back({servers, pool.server});
    } else {
      found->count += servers;
    }
  }
  return {rack};
}

void check_room(const std::vector<Pool>& pools, const std::vector<Rack>& racks, const Catalog& catalog, bool swapping,
                const YamlNode& pools_node) {
  std::set<std::string> in_racks;
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      in_racks.insert(group.server);
    }
  }
  for (std::size_t i = 0; i < pools.size(); ++i) {
    const Pool& pool = pools[i];
    const YamlNode& node = *pools_node.find(pool.group.empty() ? pool.name : pool.group);
    const Server& server = catalog.servers.at(pool.server);
    const std::int64_t servers = servers_of(racks, pool.server);
    if (servers == 0) {
      fail(blame(node, {"servers"}), "pool `" + pool.name + "` runs on `" + pool.server + "`, and no rack holds one" +
                                         expected_names(pool.server, {in_racks.begin(), in_racks.end()}));
    }
    // A stage never spans servers; those of a replica may stand on several.
    const std::int64_t room = servers * (server.accelerators / pool.parallel.tensor) / pool.parallel.pipeline;
    const std::string size = pool.parallel.pipeline == 1 ? std::to_string(pool.parallel.tensor)
                                                         : std::to_string(pool.parallel.pipeline) + " stages of " +
                                                               std::to_string(pool.parallel.tensor);
    const std::string fleet =
        std::to_string(servers) + " x " + pool.server + " of " + std::to_string(server.accelerators) + " accelerators";
    if (pool.replicas.pending_allowed) {
      continue;
    }
    if (pool.replicas.maximum > room) {
      fail_to_fit(room_place(node), "pool `" + pool.name + "` may ask for " + std::to_string(pool.replicas.maximum) +
                                        " replicas of " + size + ", and " + std::to_string(room) + " fit on " + fleet +
                                        "; expected at most " + std::to_string(room) + ", or `pending: allowed`");
    }
    const auto shares = [swapping](const Pool& p) { return swapping && !p.pinned && p.parallel.pipeline == 1; };
    if (shares(pool)) {
      continue;
    }
    std::int64_t wanted = 0;
    std::vector<std::string> sharing;
    for (std::size_t j = 0; j <= i; ++j) {
      if (pools[j].server == pool.server && !pools[j].replicas.pending_allowed && !shares(pools[j])) {
        wanted += static_cast<std::int64_t>(pools[j].replicas.maximum) * pools[j].accelerators_per_replica();
        sharing.push_back(pools[j].name);
      }
    }
    if (wanted > servers * server.accelerators) {
      fail_to_fit(room_place(node), "pools " + list_text(sharing) + " together may ask for " + std::to_string(wanted) +
                                        " accelerators of " + fleet + "; expected at most " +
                                        std::to_string(servers * server.accelerators) + ", or `pending: allowed`");
    }
  }
}

}  // namespace idlewatt
