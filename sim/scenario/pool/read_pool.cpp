#include "scenario/pool/read_pool.hpp"

#include <algorithm>
#include <set>

#include "policy/table.hpp"
#include "scenario/catalog/read_engine_rules.hpp"
#include "scenario/catalog/read_hardware.hpp"
#include "scenario/catalog/read_step_times.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/pool/read_autoscaling.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostReplicas = 1'000'000;
/// Names are those that a `count` makes: NAME-1, NAME-2...
constexpr std::int32_t kMostAlike = 10'000;

const KeyTable& replica_count_keys() {
  static const KeyTable table{
      "Numbers of replicas",
      "How many replicas a pool has.",
      "{start: 1, min: 1, max: 8}",
      {{.name = "start", .form = count_form(0, kMostReplicas), .otherwise = "1", .help = "replicas at time 0"},
       {.name = "min",
        .form = count_form(0, kMostReplicas),
        .without = "1, or `start` if that is 0",
        .help = "never fewer"},
       {.name = "max", .form = count_form(1, kMostReplicas), .without = "`start`, or 1", .help = "never more"},
       {.name = "pending",
        .form = word_form("rule for pending replicas", {"allowed", "refused"}),
        .otherwise = "refused",
        .help = "whether a policy may ask for more replicas than fit"}}};
  return table;
}

ReplicaCounts read_replicas(const Section& fields) {
  const YamlNode& node = fields.node();
  const std::string& what = fields.what();
  ReplicaCounts counts;
  counts.start = fields.count("start");
  counts.minimum = fields.count_if("min").value_or(std::min(1, counts.start));
  counts.maximum = fields.count_if("max").value_or(std::max({1, counts.start, counts.minimum}));
  counts.pending_allowed = fields.word("pending") == "allowed";
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

ReplicaCounts read_replicas_of(const Section& pool) {
  if (pool.at("replicas").is_scalar()) {
    const std::int32_t always = pool.count("replicas");
    return {.start = always, .minimum = always, .maximum = always};
  }
  return read_replicas(*pool.map("replicas"));
}

std::int64_t servers_of(const Racks& racks, const std::string& server) {
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
  const Place& others = blame(pool, {"servers", "tensor_parallel", "pipeline_parallel", "parallelism"});
  return others.layer > replicas.layer ? others : replicas;
}

}  // namespace

const KeyTable& pool_keys() {
  const auto policy = [](const char* key, const char* help, Form form) {
    return Key{.name = key, .form = std::move(form), .without = "the first policy of its family", .help = help};
  };
  static const KeyTable table = KeyTable(
      "Keys of a pool",
      "A pool is a number of equal replicas of one model. Under `pools:` each has a name and these keys. "
      "[`platforms/README.md`](../platforms/README.md) lists models, servers, engines and policies with their "
      "parameters; `idlewatt physics` shows what a choice means for step times, power and memory.",
      "pools:\n"
      "  chat:\n"
      "    model: llama-3-8b\n"
      "    precision: bf16\n"
      "    servers: hgx-a100-80\n"
      "    replicas: {start: 4, min: 1, max: 8}\n"
      "    batching: {policy: continuous, max_sequences: 64}\n"
      "    autoscaling: {policy: hpa, metric: ongoing, target: 16}\n",
      [&] {
        std::vector<Key> keys = hardware_keys().keys();
        const std::vector<Key> more{
            {.name = "count",
             .form = count_form(1, kMostAlike).of_its_map(),
             .without = "one pool",
             .help = "so many pools alike, each with weights of its own: `NAME-1`, `NAME-2`... "
                     "([more](#several-models-on-the-same-servers))"},
            {.name = "pinned",
             .form = flag_form(),
             .otherwise = "false",
             .help = "with `swapping`: its replicas make no room for others, and take none from them"},
            {.name = "role",
             .form = word_form("role", {"prefill", "decode", "both"}),
             .otherwise = "both",
             .help =
                 "`prefill` computes prompts and first tokens, and hands over; `decode` goes on with what is handed "
                 "over ([more](#prefill-and-decode-apart))"},
            {.name = "decode",
             .form = text_form("the name of a pool with `role: decode`"),
             .without = "a pool with `role: prefill` needs it",
             .help = "of a pool with `role: prefill`: the pool that goes on, with `role: decode` and the same model"},
            {.name = "kv_transfer",
             .form = word_form("transfer of the KV cache", {"after-prompt", "layer-wise"}),
             .otherwise = "after-prompt",
             .help =
                 "of a pool with `role: prefill`: when the KV cache is sent; `layer-wise` is while the prompt's last "
                 "step runs"},
            {.name = "replicas",
             .form = either_form({count_form(1, kMostReplicas).of_its_map(), map_form_of_parent(replica_count_keys)})
                         .expecting("a number such as `4`, or a map such as `{start: 1, min: 1, max: 8}`"),
             .must = true,
             .help = "how many replicas there are: a number that stays, or a map"},
            {.name = "placement",
             .form = word_form("placement", {"pack", "spread"}),
             .otherwise = "pack",
             .help = "`pack` fills servers one after the other, `spread` keeps each one's load low"},
            {.name = "request_overhead",
             .form = quantity_form(Dimension::time, {.minimum = 0.0, .maximum = 3600.0}).of_its_map(),
             .without = "the engine's",
             .help = "time of a request beside its steps, before its first token: HTTP, tokeniser, the way back"},
            {.name = "request_overhead_per_token",
             .form = quantity_form(Dimension::time, {.minimum = 0.0, .maximum = 1.0}).of_its_map(),
             .without = "the engine's",
             .help = "time on top of `request_overhead`, per prompt token"},
            {.name = "steps_in_flight",
             .form = count_form(1, 2).of_its_map(),
             .without = "the engine's",
             .help = "2: a step is planned when the one before it begins (asynchronous scheduling), so requests join "
                     "and seats are free one step later; 1: when it has ended"},
            policy("batching", "how prompts and tokens share a step", policy_form(BatchFamily::path)),
            policy("queue", "who of the waiting requests goes first", policy_form(QueueFamily::path)),
            policy("prefix_cache", "whether KV blocks are kept for prompts that begin alike",
                   policy_form(PrefixFamily::path)),
            policy("autoscaling", "how many replicas there should be; a policy, or a manifest",
                   either_form({policy_form(AutoscaleFamily::path), map_form(manifest_keys),
                                open_form("a policy, or a manifest")})),
            policy("idle", "what becomes of replicas that have nothing to do", policy_form(IdleFamily::path)),
            policy("admission", "which requests the pool lets in", policy_form(AdmissionFamily::path)),
            policy("routing", "which replica gets a request", policy_form(RouteFamily::path))};
        keys.insert(keys.end(), more.begin(), more.end());
        return keys;
      }());
  return table;
}

Pool read_pool(const std::string& name, const YamlNode& node, const Catalog& catalog, ScenarioFiles& files,
               std::vector<std::string>& warnings) {
  const std::string what = "pool `" + name + "`";
  const Section fields(node, what, pool_keys());
  Pool pool = read_hardware(fields, catalog, files);
  pool.name = name;
  pool.replicas = read_replicas_of(fields);
  pool.placement = fields.word("placement") == "pack" ? PlacementOrder::pack : PlacementOrder::spread;
  pool.pinned = fields.flag("pinned");
  pool.request_overhead_s = fields.quantity_if("request_overhead");
  pool.request_overhead_per_token_s = fields.quantity_if("request_overhead_per_token");
  pool.steps_in_flight = fields.count_if("steps_in_flight");
  pool.batching = read_policy(fields.find("batching"), family_of<BatchFamily>());
  pool.queue = read_policy(fields.find("queue"), family_of<QueueFamily>());
  pool.prefix_cache = read_policy(fields.find("prefix_cache"), family_of<PrefixFamily>());
  take_engine_rules(fields, catalog, pool);
  check_memory(pool, node, catalog, Wording::yaml);
  read_autoscaling(fields.find("autoscaling"), files, pool, warnings);
  pool.idle = read_policy(fields.find("idle"), family_of<IdleFamily>(), kOutsideIdle, files);
  pool.admission = read_policy(fields.find("admission"), family_of<AdmissionFamily>(), kOutsideAdmission, files);
  pool.routing = read_policy(fields.find("routing"), family_of<RouteFamily>(), kOutsideRouting, files);
  for (std::string& sentence : step_times_exceeded(pool, catalog)) {
    warnings.push_back(std::move(sentence));
  }
  return pool;
}

Racks racks_for(const Pools& pools, const Catalog& catalog) {
  Rack rack;
  for (const Pool& pool : pools) {
    const int groups_per_server = catalog.servers.at(pool.server).accelerators / pool.parallel.tensor;
    const std::int64_t groups = static_cast<std::int64_t>(pool.replicas.maximum) * pool.parallel.groups();
    const auto servers = static_cast<std::int32_t>((groups + groups_per_server - 1) / groups_per_server);
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

namespace {

/// The accelerators of a replica, for messages: "8", "2 stages of 8", "16 ranks of 1".
std::string size_text(const Parallelism& parallel) {
  std::string text = std::to_string(parallel.tensor);
  if (parallel.data_attention > 1) {
    text = std::to_string(parallel.data_attention) + " ranks of " + text;
  }
  return parallel.pipeline > 1 ? std::to_string(parallel.pipeline) + " stages of " + text : text;
}

/// Throws unless the racks hold the replicas that the pool may ask for, alone and with those before it.
void check_room_of(PoolId id, const Pools& pools, const Racks& racks, const Catalog& catalog, bool swapping,
                   const YamlNode& node) {
  std::set<std::string> in_racks;
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      in_racks.insert(group.server);
    }
  }
  const Pool& pool = pools[id];
  const Server& server = catalog.servers.at(pool.server);
  const std::int64_t servers = servers_of(racks, pool.server);
  if (servers == 0) {
    fail(blame(node, {"servers"}), "pool `" + pool.name + "` runs on `" + pool.server + "`, and no rack holds one" +
                                       expected_names(pool.server, {in_racks.begin(), in_racks.end()}));
  }
  // A group of accelerators never spans servers; those of a replica may stand on several.
  const std::int64_t room = servers * (server.accelerators / pool.parallel.tensor) / pool.parallel.groups();
  const std::string size = size_text(pool.parallel);
  const std::string fleet =
      std::to_string(servers) + " x " + pool.server + " of " + std::to_string(server.accelerators) + " accelerators";
  if (pool.replicas.pending_allowed) {
    return;
  }
  if (pool.replicas.maximum > room) {
    fail_to_fit(room_place(node), "pool `" + pool.name + "` may ask for " + std::to_string(pool.replicas.maximum) +
                                      " replicas of " + size + ", and " + std::to_string(room) + " fit on " + fleet +
                                      "; expected at most " + std::to_string(room) + ", or `pending: allowed`");
  }
  const auto shares = [swapping](const Pool& p) { return swapping && !p.pinned && p.parallel.groups() == 1; };
  if (shares(pool)) {
    return;
  }
  std::int64_t wanted = 0;
  std::vector<std::string> sharing;
  for (const PoolId other_id : pools.ids()) {
    const Pool& other = pools[other_id];
    if (other_id <= id && other.server == pool.server && !other.replicas.pending_allowed && !shares(other)) {
      wanted += static_cast<std::int64_t>(other.replicas.maximum) * other.accelerators_per_replica();
      sharing.push_back(other.name);
    }
  }
  if (wanted > servers * server.accelerators) {
    fail_to_fit(room_place(node), "pools " + list_text(sharing) + " together may ask for " + std::to_string(wanted) +
                                      " accelerators of " + fleet + "; expected at most " +
                                      std::to_string(servers * server.accelerators) + ", or `pending: allowed`");
  }
}

}  // namespace

void check_room(const Pools& pools, const Racks& racks, const Catalog& catalog, bool swapping,
                const YamlNode& pools_node, Problems& problems) {
  std::set<std::string> full;  // servers whose room is used up: that others lack it follows
  for (const PoolId id : pools.ids()) {
    const Pool& pool = pools[id];
    const YamlNode& node = *pools_node.find(pool.group.empty() ? pool.name : pool.group);
    const auto check = [&] { check_room_of(id, pools, racks, catalog, swapping, node); };
    if (!full.contains(pool.server) && !problems.note_in(node, check)) {
      full.insert(pool.server);
    }
  }
}

}  // namespace idlewatt
