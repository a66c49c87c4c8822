// The description of a simulation as plain structs: everything a run needs, checked and resolved. Within idlewatt, only
// the YAML reader makes them from text; tests and other programs may fill them by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "catalog/catalog.hpp"
#include "catalog/parallelism.hpp"
#include "catalog/tariff.hpp"
#include "physics/measured_steps.hpp"
#include "policy/declaration.hpp"
#include "policy/plugin.hpp"
#include "scenario/site/faults.hpp"
#include "traffic/generator.hpp"
#include "traffic/request_labels.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {

/// The service-level objective. A request meets it when the request is answered, and its TTFT and TPOT are at most
/// these.
struct Slo {
  double ttft_s = std::numeric_limits<double>::infinity();
  double tpot_s = std::numeric_limits<double>::infinity();
};

/// The time that a client waits before it tries again: first x factor^k, at most `most`, less a random share of up to
/// `jitter`. The defaults are those of OpenAI's Python client (openai-python, src/openai/_constants.py and
/// _base_client.py: 0.5 s, doubled up to 8 s, less up to 25 %). A jitter of 1 is the "full jitter" of M. Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
struct Backoff {
  double first_s = 0.5;
  double factor = 2.0;
  double most_s = 8.0;
  double jitter = 0.25;
};

/// The behaviour of an entry's clients when they get no answer.
struct ClientBehaviour {
  double timeout_s = std::numeric_limits<double>::infinity();  ///< longest time from an attempt to its last token
  std::int32_t retries = 0;                                    ///< number of attempts after the first
  Backoff backoff;
};

/// The share of one model in an entry of `traffic:` for many models, which is read as one entry per model. The
/// `rank`-th of `of` models has the share rank^-zipf / (1^-zipf + 2^-zipf + ... + of^-zipf) of the requests.
struct Popularity {
  double zipf = 0.0;
  std::int32_t rank = 1;
  std::int32_t of = 1;
  double whole = 1.0;  ///< scale of the whole entry
};

/// One entry of `traffic:`.
struct Traffic {
  std::string name;               ///< the source's path, for messages and results
  std::optional<TraceFile> file;  ///< exactly one of file and generated
  std::optional<GeneratedTraffic> generated;
  double scale = 1.0;                    ///< multiplies the rate
  std::optional<Popularity> popularity;  ///< share of an entry for many models; `scale` includes it already
  Transforms transforms;
  std::vector<std::string> models;          ///< models that may answer
  std::vector<PoolId> pools = {PoolId(0)};  ///< pools that may answer: ascending, at least one
  Slo slo;
  std::optional<ClientBehaviour> client;  ///< empty: clients wait for ever and ask once
  RequestLabels marks;
};

/// The site of a scenario: its tariff and its model store.
struct Site {
  Tariff tariff;
  std::string text;                        ///< map under `site:` on one line, with overrides applied
  std::vector<std::string> notes = {};     ///< recognised layouts of its series, a sentence each
  std::vector<std::string> warnings = {};  ///< "file:line:column: warning: ..."
  double store_bytes_per_s = 25e9;  ///< network link of the model store; 200 Gbps unless the scenario says otherwise
};

/// The owner of servers: rented, or the site's own.
enum class Ownership { rented, owned };

/// Equal servers of a rack.
struct ServerGroup {
  std::int32_t count = 0;
  std::string server;  ///< name in the catalogue
};

/// A rack: its servers, its uplink, its switches, and its power budget if it has one.
struct Rack {
  std::vector<ServerGroup> servers;
  double uplink_bytes_per_s = 12.5e9;  ///< 100 Gbps unless the scenario says otherwise
  double switch_w = 0.0;
  Ownership ownership = Ownership::rented;
  bool images_preloaded = false;  ///< true: engines' container images are part of the servers' disk image
  double power_budget_w = std::numeric_limits<double>::infinity();  ///< at the wall, switches included
};

/// The racks of a scenario, in its order.
using Racks = IndexedVector<RackId, Rack>;

/// A policy that the scenario chose. Its parameters have been checked against the declaration, and defaults filled in.
struct PolicyChoice {
  std::string name;
  Parameters parameters;
  std::shared_ptr<const Plugin> plugin = nullptr;  ///< plug-in that declares the policy; null for a built-in policy
};

/// The semantic cache before all pools.
struct CacheChoice {
  PolicyChoice policy = {"none", {}};
  std::string embedder;  ///< accelerator of the catalogue that runs the embedding model; empty for the CPU
};

/// The numbers of replicas that a pool may have.
struct ReplicaCounts {
  std::int32_t start = 1;
  std::int32_t minimum = 0;
  std::int32_t maximum = 0;
  bool pending_allowed = false;  ///< true: the policy may ask for more replicas than fit; the others are shown as
                                 ///< pending
};

/// The order in which a pool fills servers: `pack` keeps whole servers empty, `spread` keeps the load of each server
/// low.
enum class PlacementOrder { pack, spread };

/// A table of measured steps.
struct StepTimes {
  std::string path;
  std::vector<MeasuredStep> steps;
};

/// Speculative decoding: a small model drafts tokens that the pool's model verifies (physics/speculative.hpp).
struct Speculation {
  std::string draft;        ///< name of the small model in the catalogue
  std::int32_t tokens = 0;  ///< number of tokens drafted in a round
  double acceptance = 0.0;  ///< probability that a drafted token is accepted, when those before it were
};

/// The part of a request that a pool serves: all of it, the prompt with the first token, or the tokens after the first.
enum class PoolRole : std::uint8_t { both, prefill, decode };

/// The time at which the KV cache of a prompt is sent from a prefill pool to its decode pool.
enum class KvTransfer : std::uint8_t {
  after_prompt,  ///< when the first token has been generated
  layer_wise,    ///< each layer as it is computed: all but the last layer overlaps with the prompt's last step
};

/// A pool: replicas of one model on one type of server, with their policies.
struct Pool {
  std::string name;
  std::string group = {};  ///< for pools made by one entry with a `count`: name of the entry; otherwise empty
  std::string model;
  std::string weights;  ///< name of its own set of weights, such as a fine-tune's; empty: the model's weights, shared
                        ///< with other such pools
  Precision precision = Precision::bf16;
  KvFormat kv_format = KvFormat::automatic;  ///< format of the KV caches: `kv_cache_dtype`
  std::string server;                        ///< type of server that its replicas run on
  std::string accelerator;                   ///< accelerator of that server
  std::string engine;
  std::optional<double> memory_utilisation;  ///< share of an accelerator's memory; none: the engine's
  // Given by the scenario instead of the engine.
  std::optional<double> request_overhead_s;
  std::optional<double> request_overhead_per_token_s;
  std::optional<std::int32_t> steps_in_flight;
  Parallelism parallel;                         ///< parallelism of each replica; the accelerators of one stage are on
                                                ///< one server
  std::optional<double> power_cap_w;            ///< per accelerator
  std::optional<double> clock_limit_hz;         ///< clock limit of the accelerators' cores
  std::shared_ptr<const StepTimes> step_times;  ///< measured steps, which replace the catalogue's physics; null without
  std::optional<Speculation> speculation;
  PoolRole role = PoolRole::both;
  std::optional<PoolId> decode_pool;  ///< for a prefill pool: the pool that continues its requests
  KvTransfer kv_transfer = KvTransfer::after_prompt;
  ReplicaCounts replicas;
  PlacementOrder placement = PlacementOrder::pack;
  bool pinned = false;  ///< true: with swapping, its replicas make no room for others and take none from them
  PolicyChoice batching;
  PolicyChoice queue = {"fcfs", {}};
  PolicyChoice prefix_cache = {"none", {}};
  PolicyChoice autoscaling;
  PolicyChoice idle;
  PolicyChoice admission;
  PolicyChoice routing;

  /// Number of accelerators of a replica, over all its stages.
  std::int32_t accelerators_per_replica() const { return parallel.accelerators(); }
};

/// The pools of a scenario, in its order.
using Pools = IndexedVector<PoolId, Pool>;

/// Everything that a run depends on.
struct Scenario {
  std::string title;
  std::string variant;  ///< empty where the file has no variants
  std::uint64_t seed = 1;
  std::int64_t start_unix_s = 0;  ///< simulated time 0 in seconds since 1970-01-01T00:00:00Z
  Ticks horizon = 0;              ///< end of the run; requests may then be unfinished
  Ticks warm_up = 0;              ///< requests that arrive before this time do not count in the summary's statistics
  Ticks sample_every = 60 * kTicksPerSecond;
  bool requests = false;  ///< write /requests
  IndexedVector<StreamId, Traffic> traffic;
  CacheChoice cache;     ///< semantic cache that every request asks first
  PolicyChoice routing;  ///< across the pools that may answer a request
  Site site;
  PolicyChoice power = {.name = "fifo", .parameters = {}};     ///< decides which replica starts first when power
                                                               ///< budgets are used up
  PolicyChoice swapping = {.name = "none", .parameters = {}};  ///< decides how pools share accelerators
  Racks racks;
  bool racks_as_needed = false;  ///< true: the file names no racks; they hold the servers that the pools' `max` needs
  Faults faults;
  Pools pools;
  std::shared_ptr<const Catalog> catalog;
  std::string text;                    ///< the scenario file, as it was
  std::vector<std::string> warnings;   ///< "file:line:column: warning: ...": settings that were read but have no
                                       ///< meaning here
  std::vector<std::string> overrides;  ///< "path=value" of the variant and the command line, in order
  /// The fingerprint of everything but the program that decides the result: the scenario's content, the catalogue,
  /// workloads and traces. Equal fingerprints mean equal results. Empty unless LoadOptions asked for it.
  std::string fingerprint;
};

}  // namespace idlewatt
