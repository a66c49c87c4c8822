#include "scenario/read_pool.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>

#include "policy/table.hpp"
#include "scenario/fields.hpp"
#include "scenario/pool_physics.hpp"
#include "scenario/read_autoscaling.hpp"
#include "scenario/read_policy.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostReplicas = 1'000'000;
constexpr const char* kDefaultEngine = "vllm-2025";

// Of the keys that cause an error together, the one to blame: the latest override, else the first that is given.
const Place& blame(const YamlNode& node, std::initializer_list<const char*> keys) {
  const Place* worst = nullptr;
  for (const char* key : keys) {
    const YamlNode* value = node.find(key);
    if (value != nullptr && (worst == nullptr || value->place.layer > worst->layer)) {
      worst = &value->place;
    }
  }
  return worst == nullptr ? node.place : *worst;
}

std::string counted_servers(int count) {
  return count == 1 ? "1 server" : std::to_string(count) + " servers";
}

std::string gigabytes(double bytes) {
  return number_text(static_cast<double>(static_cast<std::int64_t>(bytes / 1e8)) / 10.0) + " GB";
}

std::vector<std::string> precisions_of(const Accelerator& accelerator) {
  std::vector<std::string> names;
  for (const Precision precision : kPrecisions) {
    if (accelerator.arithmetic(precision)) {
      names.emplace_back(to_string(precision));
    }
  }
  return names;
}

Precision read_precision(const Fields& fields, const YamlNode& node, const Accelerator& accelerator) {
  std::vector<std::string> all;
  for (const Precision precision : kPrecisions) {
    all.emplace_back(to_string(precision));
  }
  const std::string word = fields.name("precision", "precision", all);
  const auto index = static_cast<std::size_t>(std::find(all.begin(), all.end(), word) - all.begin());
  const Precision precision = kPrecisions[index];
  if (!accelerator.arithmetic(precision)) {
    fail(blame(node, {"precision", "servers"}), "accelerator `" + accelerator.name + "` cannot compute in `" + word +
                                                    "`; expected one of " + list_text(precisions_of(accelerator)));
  }
  return precision;
}

ReplicaCounts read_replicas(const YamlNode& node, const std::string& what) {
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

std::vector<std::string> possible_degrees(const Model& model, const Server& server) {
  std::vector<std::string> degrees;
  for (int degree = 1; degree <= server.accelerators; ++degree) {
    if (model.heads % degree == 0) {
      degrees.push_back(std::to_string(degree));
    }
  }
  return degrees;
}

int read_tensor_parallel(const Fields& fields, const YamlNode& node, const Model& model, const Server& server) {
  const int degree = fields.count_or("tensor_parallel", 1, 1, 1024);
  const Place& place = blame(node, {"tensor_parallel", "servers", "model"});
  if (degree > server.accelerators) {
    fail(place, "`tensor_parallel` is " + std::to_string(degree) + ", and a `" + server.name + "` has " +
                    std::to_string(server.accelerators) + " accelerators; expected one of " +
                    list_text(possible_degrees(model, server)));
  }
  if (model.heads % degree != 0) {
    fail(place, "`tensor_parallel` is " + std::to_string(degree) + ", which does not divide the " +
                    std::to_string(model.heads) + " attention heads of `" + model.name + "`; expected one of " +
                    list_text(possible_degrees(model, server)));
  }
  return degree;
}

int read_pipeline_parallel(const Fields& fields, const Model& model) {
  const int stages = fields.count_or("pipeline_parallel", 1, 1, 1024);
  if (stages > model.layers) {
    fail(fields.find("pipeline_parallel")->place, "`pipeline_parallel` is " + std::to_string(stages) + ", and `" +
                                                      model.name + "` has " + std::to_string(model.layers) +
                                                      " layers; expected at most as many stages as layers");
  }
  return stages;
}

void read_clocks(const Fields& fields, const Accelerator& accelerator, Pool& pool) {
  if (const YamlNode* cap = fields.find("power_cap")) {
    const double watts = read_quantity(*cap, "`power_cap` of " + fields.what(), Dimension::power, kPositive);
    if (watts < accelerator.least_cap_w.value || watts > accelerator.board_limit_w.value) {
      fail(cap->place,
           "`power_cap` is " + number_text(watts) + " W; expected " + number_text(accelerator.least_cap_w.value) +
               " to " + number_text(accelerator.board_limit_w.value) + " W, what a `" + accelerator.name + "` takes");
    }
    pool.power_cap_w = watts;
  }
  if (const YamlNode* limit = fields.find("clock_limit")) {
    const double hertz = read_quantity(*limit, "`clock_limit` of " + fields.what(), Dimension::frequency, kPositive);
    if (hertz < accelerator.clock_min_hz.value || hertz > accelerator.clock_max_hz.value) {
      fail(limit->place, "`clock_limit` is " + number_text(hertz / 1e6) + " MHz; expected " +
                             number_text(accelerator.clock_min_hz.value / 1e6) + " to " +
                             number_text(accelerator.clock_max_hz.value / 1e6) + " MHz, what a `" + accelerator.name +
                             "` runs at");
    }
    pool.clock_limit_hz = hertz;
  }
}

// What would fit instead: more accelerators at this precision, in one server or else in several; fewer bits.
std::string what_would_fit(const Pool& pool, const Accelerator& accelerator, const Model& model, const Engine& engine,
                           const Server& server) {
  std::vector<std::string> remedies;
  const auto smallest = [&](Precision precision, int from) {
    for (int degree = from; degree <= server.accelerators; ++degree) {
      if (model.heads % degree == 0 &&
          memory_plan(accelerator, model, engine, precision, degree, pool.pipeline_parallel).fits()) {
        return degree;
      }
    }
    return 0;
  };
  const auto largest_degree = [&] {
    int degree = server.accelerators;
    while (model.heads % degree != 0) {
      --degree;
    }
    return degree;
  };
  if (const int degree = smallest(pool.precision, pool.tensor_parallel); degree > 0) {
    remedies.push_back("`tensor_parallel: " + std::to_string(degree) + "`");
  } else {
    const int most = largest_degree();
    for (int stages = pool.pipeline_parallel + 1; stages <= model.layers && remedies.empty(); ++stages) {
      if (memory_plan(accelerator, model, engine, pool.precision, most, stages).fits()) {
        const int a_server = server.accelerators / most;
        remedies.push_back("`tensor_parallel: " + std::to_string(most) + "` with `pipeline_parallel: " +
                           std::to_string(stages) + "`, over " + counted_servers((stages + a_server - 1) / a_server));
      }
    }
  }
  for (const Precision fewer : {Precision::fp8, Precision::int8, Precision::int4}) {
    if (weight_bytes(fewer) < weight_bytes(pool.precision) && accelerator.arithmetic(fewer)) {
      if (const int degree = smallest(fewer, pool.tensor_parallel); degree > 0) {
        remedies.push_back("`precision: " + std::string(to_string(fewer)) + "`" +
                           (degree == pool.tensor_parallel
                                ? std::string()
                                : " with `tensor_parallel: " + std::to_string(degree) + "`"));
        break;
      }
    }
  }
  if (remedies.empty()) {
    return "servers with more memory: no number of stages fits on `" + server.name + "`";
  }
  return remedies.size() == 1 ? remedies[0] : remedies[0] + " or " + remedies[1];
}

void check_memory(const Pool& pool, const YamlNode& node, const Catalog& catalog) {
  const Accelerator& accelerator = catalog.accelerators.at(pool.accelerator);
  const Model& model = catalog.models.at(pool.model);
  const Engine& engine = catalog.engines.at(pool.engine);
  const MemoryPlan plan = memory_of(pool, catalog);
  if (plan.fits()) {
    return;
  }
  fail(blame(node, {"model", "precision", "servers", "tensor_parallel", "engine"}),
       "model `" + pool.model + "` in " + to_string(pool.precision) + " does not fit: " + gigabytes(plan.weight_bytes) +
           " of weights and " + gigabytes(plan.activation_bytes + plan.reserve_bytes) +
           " of activations and reserve in " + gigabytes(plan.usable_bytes) + " usable on each `" + accelerator.name +
           "`; expected " + what_would_fit(pool, accelerator, model, engine, catalog.servers.at(pool.server)));
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
  const Fields fields(
      node, what,
      {"model", "precision", "servers", "engine", "tensor_parallel", "pipeline_parallel", "power_cap", "clock_limit",
       "replicas", "placement", "batching", "autoscaling", "idle", "admission", "routing"});
  Pool pool;
  pool.name = name;
  pool.model = fields.name("model", "model", keys_of(catalog.models));
  pool.server = fields.name("servers", "server", keys_of(catalog.servers));
  pool.engine = fields.name_or("engine", "engine", keys_of(catalog.engines), kDefaultEngine);
  if (!catalog.engines.contains(pool.engine)) {
    fail(node.place, "the catalogue has no engine `" + pool.engine + "`; expected `engine:` to be one of " +
                         list_text(keys_of(catalog.engines)));
  }
  const Server& server = catalog.servers.at(pool.server);
  pool.accelerator = server.accelerator;
  pool.precision = read_precision(fields, node, catalog.accelerators.at(pool.accelerator));
  pool.tensor_parallel = read_tensor_parallel(fields, node, catalog.models.at(pool.model), server);
  pool.pipeline_parallel = read_pipeline_parallel(fields, catalog.models.at(pool.model));
  read_clocks(fields, catalog.accelerators.at(pool.accelerator), pool);
  pool.replicas =
      read_replicas(fields.at("replicas", "a map such as `{start: 1, min: 1, max: 8}`"), "`replicas` of " + what);
  pool.placement = fields.name_or("placement", "placement", {"pack", "spread"}, "pack") == "pack"
                       ? PlacementOrder::pack
                       : PlacementOrder::spread;
  pool.batching = read_policy(fields.find("batching"), "batching policy", infos_of(batch_policies()));
  read_autoscaling(fields.find("autoscaling"), files, pool, warnings);
  pool.idle = read_policy(fields.find("idle"), "idle policy", infos_of(idle_policies()));
  pool.admission = read_policy(fields.find("admission"), "admission policy", infos_of(admission_policies()));
  pool.routing = read_policy(fields.find("routing"), "routing policy", infos_of(route_policies()));
  check_memory(pool, node, catalog);
  return pool;
}

void check_room(const std::vector<Pool>& pools, const std::vector<Rack>& racks, const Catalog& catalog,
                const YamlNode& pools_node) {
  std::set<std::string> in_racks;
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      in_racks.insert(group.server);
    }
  }
  for (std::size_t i = 0; i < pools.size(); ++i) {
    const Pool& pool = pools[i];
    const YamlNode& node = *pools_node.find(pool.name);
    const Server& server = catalog.servers.at(pool.server);
    const std::int64_t servers = servers_of(racks, pool.server);
    if (servers == 0) {
      fail(blame(node, {"servers"}), "pool `" + pool.name + "` runs on `" + pool.server + "`, and no rack holds one" +
                                         expected_names(pool.server, {in_racks.begin(), in_racks.end()}));
    }
    // A stage never spans servers; those of a replica may stand on several.
    const std::int64_t room = servers * (server.accelerators / pool.tensor_parallel) / pool.pipeline_parallel;
    const std::string size = pool.pipeline_parallel == 1 ? std::to_string(pool.tensor_parallel)
                                                         : std::to_string(pool.pipeline_parallel) + " stages of " +
                                                               std::to_string(pool.tensor_parallel);
    const std::string fleet =
        std::to_string(servers) + " x " + pool.server + " of " + std::to_string(server.accelerators) + " accelerators";
    if (pool.replicas.pending_allowed) {
      continue;
    }
    if (pool.replicas.maximum > room) {
      fail(room_place(node), "pool `" + pool.name + "` may ask for " + std::to_string(pool.replicas.maximum) +
                                 " replicas of " + size + ", and " + std::to_string(room) + " fit on " + fleet +
                                 "; expected at most " + std::to_string(room) + ", or `pending: allowed`");
    }
    std::int64_t wanted = 0;
    std::vector<std::string> sharing;
    for (std::size_t j = 0; j <= i; ++j) {
      if (pools[j].server == pool.server && !pools[j].replicas.pending_allowed) {
        wanted += static_cast<std::int64_t>(pools[j].replicas.maximum) * pools[j].accelerators_per_replica();
        sharing.push_back(pools[j].name);
      }
    }
    if (wanted > servers * server.accelerators) {
      fail(room_place(node), "pools " + list_text(sharing) + " together may ask for " + std::to_string(wanted) +
                                 " accelerators of " + fleet + "; expected at most " +
                                 std::to_string(servers * server.accelerators) + ", or `pending: allowed`");
    }
  }
}

}  // namespace idlewatt
