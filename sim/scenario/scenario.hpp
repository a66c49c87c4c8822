// What to simulate, as plain structs: everything a run needs, checked and resolved. Only the YAML reader makes these
// from text; tests and other programs may fill them by hand.
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
#include "scenario/faults.hpp"
#include "traffic/generator.hpp"
#include "traffic/request_labels.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {

/// A request is within its SLO when it is answered, its TTFT and its TPOT are at most these.
struct Slo {
  double ttft_s = std::numeric_limits<double>::infinity();
  double tpot_s = std::numeric_limits<double>::infinity();
};

/// The time a client waits before it tries again: first x factor^k, at most `most`, less a random share of up to
/// `jitter`. The defaults are those of OpenAI's Python client (openai-python, src/openai/_constants.py and
/// _base_client.py: 0.5 s, doubled up to 8 s, less up to 25 %); a jitter of 1 is the "full jitter" of M. Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
struct Backoff {
  double first_s = 0.5;
  double factor = 2.0;
  double most_s = 8.0;
  double jitter = 0.25;
};

/// What the clients of an entry do when they get no answer.
struct ClientBehaviour {
  double timeout_s = std::numeric_limits<double>::infinity();  ///< from each attempt to its last token
  std::int32_t retries = 0;                                    ///< after the first attempt
  Backoff backoff;
};

/// An entry of `traffic:` for many models is read as one for each: the `rank`-th of `of` has the share
/// rank^-zipf / (1^-zipf + 2^-zipf + ... + of^-zipf) of its requests.
struct Popularity {
  double zipf = 0.0;
  std::int32_t rank = 1;
  std::int32_t of = 1;
  double whole = 1.0;  ///< the entry's scale
};

/// One entry of `traffic:`.
struct Traffic {
  std::string name;               ///< the source's path, for messages and results
  std::optional<TraceFile> file;  ///< exactly one of file and generated
  std::optional<GeneratedTraffic> generated;
  double scale = 1.0;                    ///< multiplies the rate
  std::optional<Popularity> popularity;  ///< its part of an entry for many models, which `scale` holds already
  Transforms transforms;
  std::vector<std::string> models;          ///< that may answer
  std::vector<PoolId> pools = {PoolId(0)};  ///< that may answer: ascending, at least one
  Slo slo;
  std::optional<ClientBehaviour> client;  ///< none: they wait for ever, and ask once
  RequestLabels marks;
};

struct Site {
  Tariff tariff;
  std::string text;                        ///< the map under `site:`, overrides carried out, on one line
  std::vector<std::string> notes = {};     ///< what was recognised in its series, a sentence each
  std::vector<std::string> warnings = {};  ///< "file:line:column: warning: ..."
  double store_bytes_per_s = 25e9;  ///< network link of the model store; 200 Gbps unless the scenario says otherwise
};

enum class Ownership { rented, owned };

struct ServerGroup {
  std::int32_t count = 0;
  std::string server;  ///< name in the catalogue
};

struct Rack {
  std::vector<ServerGroup> servers;
  double uplink_bytes_per_s = 12.5e9;  ///< 100 Gbps unless the scenario says otherwise
  double switch_w = 0.0;
  Ownership ownership = Ownership::rented;
  double power_budget_w = std::numeric_limits<double>::infinity();  ///< at the wall, switches included
};

/// The racks of a scenario, in its order.
using Racks = IndexedVector<RackId, Rack>;

/// A policy that the scenario chose, its parameters checked against the declaration, defaults filled in.
struct PolicyChoice {
  std::string name;
  Parameters parameters;
  std::shared_ptr<const Plugin> plugin = nullptr;  ///< that declares it; null for one of the built-in policies
};

/// The semantic cache before all pools.
struct CacheChoice {
  PolicyChoice policy = {"none", {}};
  std::string embedder;  ///< accelerator of the catalogue that runs the embedding model; empty for the CPU
};

struct ReplicaCounts {
  std::int32_t start = 1;
  std::int32_t minimum = 0;
  std::int32_t maximum = 0;
  bool pending_allowed = false;  ///< more replicas than fit may be asked for: the rest is pending, and shown so
};

/// How a pool fills servers: `pack` keeps whole servers empty, `spread` keeps each one's load low.
enum class PlacementOrder { pack, spread };

/// A table of measured steps.
struct StepTimes {
  std::string path;
  std::vector<MeasuredStep> steps;
};

/// A small model drafts tokens that the pool's model verifies (physics/speculative.hpp).
struct Speculation {
  std::string draft;        ///< its name in the catalogue
  std::int32_t tokens = 0;  ///< drafted in a round
  double acceptance = 0.0;  ///< probability that a drafted token is accepted, when those before it were
};

/// What a pool does of its requests: all of it, or the prompt and the first token, or the tokens after that.
enum class PoolRole : std::uint8_t { both, prefill, decode };

/// When the KV cache of a prompt is sent from a prefill pool to its decode pool.
enum class KvTransfer : std::uint8_t {
  after_prompt,  ///< when the first token is there
  layer_wise,    ///< each layer as it is computed: all but the last layer overlaps with the prompt's last step
};

struct Pool {
  std::string name;
  std::string group = {};  ///< of pools that one entry with a `count` makes: its name; else empty
  std::string model;
  std::string weights;  ///< a name for its own set of them, such as a fine-tune's; empty: the model's, as others of it
  Precision precision = Precision::bf16;
  std::string server;       ///< type of server that its replicas run on
  std::string accelerator;  ///< of that server
  std::string engine;
  // Instead of the engine's own, where they are given.
  std::optional<double> request_overhead_s;
  std::optional<double> request_overhead_per_token_s;
  std::optional<std::int32_t> steps_in_flight;
  Parallelism parallel;                         ///< of each replica; a stage's accelerators are on one server
  std::optional<double> power_cap_w;            ///< per accelerator
  std::optional<double> clock_limit_hz;         ///< of their cores
  std::shared_ptr<const StepTimes> step_times;  ///< measured, instead of the catalogue's physics; null without
  std::optional<Speculation> speculation;
  PoolRole role = PoolRole::both;
  std::optional<PoolId> decode_pool;  ///< of a prefill pool: the one that goes on
  KvTransfer kv_transfer = KvTransfer::after_prompt;
  ReplicaCounts replicas;
  PlacementOrder placement = PlacementOrder::pack;
  bool pinned = false;  ///< with swapping: its replicas make no room for others, and take none from them
  PolicyChoice batching;
  PolicyChoice queue = {"fcfs", {}};
  PolicyChoice prefix_cache = {"none", {}};
  PolicyChoice autoscaling;
  PolicyChoice idle;
  PolicyChoice admission;
  PolicyChoice routing;

  /// Accelerators of a replica: all of its stages'.
  std::int32_t accelerators_per_replica() const { return parallel.accelerators(); }
};

/// The pools of a scenario, in its order.
using Pools = IndexedVector<PoolId, Pool>;

struct Scenario {
  std::string title;
  std::string variant;  ///< empty where the file has no variants
  std::uint64_t seed = 1;
  std::int64_t start_unix_s = 0;  ///< simulated time 0
  Ticks horizon = 0;              ///< the run ends here, whatever is unfinished
  Ticks warm_up = 0;              ///< requests that arrive before this do not count in the summary's statistics
  Ticks sample_every = 60 * kTicksPerSecond;
  bool requests = false;  ///< write /requests
  IndexedVector<StreamId, Traffic> traffic;
  CacheChoice cache;     ///< asked first, for every request
  PolicyChoice routing;  ///< across the pools that may answer a request
  Site site;
  PolicyChoice power = {.name = "fifo", .parameters = {}};     ///< who starts first when power budgets are used up
  PolicyChoice swapping = {.name = "none", .parameters = {}};  ///< of pools that share accelerators
  Racks racks;
  bool racks_as_needed = false;  ///< the file names none: they hold what the pools' `max` needs
  Faults faults;
  Pools pools;
  std::shared_ptr<const Catalog> catalog;
  std::string text;                    ///< the scenario file, as it was
  std::vector<std::string> warnings;   ///< "file:line:column: warning: ...": what was read but has no meaning here
  std::vector<std::string> overrides;  ///< "path=value" of the variant and the command line, in order
  /// Of everything that decides the result but the program: the scenario's content, the catalogue, workloads and
  /// traces. Equal texts, equal results. Empty unless LoadOptions asked for it.
  std::string fingerprint;
};

}  // namespace idlewatt
