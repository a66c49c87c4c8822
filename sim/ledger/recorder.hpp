// The events that a run reports to its recorder: bins of the time series, requests as they end, and the end.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_array.hpp"
#include "base/id.hpp"
#include "base/ticks.hpp"
#include "catalog/tariff.hpp"
#include "ledger/attributed.hpp"
#include "ledger/meter.hpp"
#include "ledger/state.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

/// The way in which a request ended.
enum class Outcome : std::uint8_t {
  served,
  cached,             ///< answered by the semantic cache
  rejected_too_long,  ///< longer than the model's context or the replica's KV memory
  rejected,           ///< refused by admission, or without a replica to send it to
  failed,             ///< lost with its host
  unfinished,         ///< still waiting or running at the horizon
  timed_out,          ///< the client gave up
};

inline constexpr std::size_t kOutcomes = 7;

inline constexpr auto kEveryOutcome = every<Outcome, kOutcomes>();

constexpr const char* to_string(Outcome outcome) {
  constexpr EnumArray<Outcome, const char*, kOutcomes> names{
      {"served", "cached", "rejected_too_long", "rejected", "failed", "unfinished", "timed_out"}};
  return names[outcome];
}

/// States of a replica, as counted in the time series.
enum class ReplicaActivity : std::uint8_t {
  pending,   ///< wanted, but no room was found
  starting,  ///< booting, loading, engine start
  idle,      ///< ready, no work
  busy,      ///< ready, a batch is running
  draining,  ///< finishes its requests, takes no new ones
  sleeping,  ///< weights kept in host memory
};

inline constexpr std::size_t kReplicaActivities = 6;

constexpr const char* to_string(ReplicaActivity state) {
  constexpr EnumArray<ReplicaActivity, const char*, kReplicaActivities> names{
      {"pending", "starting", "idle", "busy", "draining", "sleeping"}};
  return names[state];
}

/// The layout of the run's reports, fixed before the first bin.
struct RunLayout {
  Ticks sample_every = 0;
  Ticks horizon = 0;
  std::int64_t start_unix_s = 0;                 ///< simulated time 0 as seconds since 1970-01-01T00:00:00Z
  IndexedVector<PoolId, std::string> pools;      ///< names of the pools; one more at the end, "unassigned", for
                                                 ///< accelerators without a replica
  IndexedVector<PoolId, std::string> models;     ///< model of each pool; empty for the last
  IndexedVector<ServerId, std::string> servers;  ///< "rack0/hgx-a100-80/0"
  IndexedVector<RackId, std::string> racks;
  IndexedVector<ServerId, RackId> rack_of_server;
  bool requests = false;  ///< true: request() will be called
  bool cache = false;     ///< true: there is a semantic cache
};

/// The figures of one pool in one bin.
struct PoolBin {
  AcceleratorTotals accelerators;                                         ///< time and energy in this bin, by state
  EnumArray<ReplicaActivity, std::int32_t, kReplicaActivities> replicas;  ///< at the bin's end
  std::int64_t queue_length = 0;                                          ///< requests waiting, at the bin's end
  std::int64_t running_sequences = 0;                                     ///< in a batch, at the bin's end
  std::int64_t arrivals = 0;                                              ///< attempts in this bin; the counts below
                                                                          ///< are of this bin too
  std::int64_t completions = 0;
  std::int64_t rejections = 0;
  std::int64_t timeouts = 0;       ///< attempts that ended after their client had given up
  std::int64_t prompt_tokens = 0;  ///< computed (recomputation after preemption included)
  std::int64_t output_tokens = 0;  ///< generated
};

/// The figures of the semantic cache in one bin; all zero without a cache.
struct CacheBin {
  Energy energy;             ///< energy of lookups and of the waiting embedder
  double idle_j = 0.0;       ///< idle waste, part of the energy: the embedder's while no lookup was under way
  std::int64_t lookups = 0;  ///< lookups that ended in this bin
  std::int64_t hits = 0;     ///< lookups among them that found an answer
  std::int64_t wrong = 0;    ///< hits among them whose answer was to another question
  std::int64_t entries = 0;  ///< entries at the bin's end
  std::int64_t bytes = 0;    ///< bytes of the entries at the bin's end
};

/// One bin (from, to] of the time series. Sums over all bins equal the ledger's totals.
struct SeriesBin {
  Ticks from = 0;
  Ticks to = 0;
  IndexedVector<PoolId, PoolBin> pools;     ///< as RunLayout.pools
  IndexedVector<ServerId, Energy> servers;  ///< at the wall, accelerators included
  IndexedVector<RackId, Energy> racks;      ///< servers and switches
  /// The idle waste in the servers' and racks' energy, in J (ledger/waste.hpp, applied to this bin alone).
  IndexedVector<ServerId, double> servers_idle_j;
  IndexedVector<RackId, double> racks_idle_j;
  CacheBin cache = {};
};

/// The distribution of a latency: served requests after the warm-up.
struct LatencyHistogram {
  /// The requests with a latency of at least `from` and below `to`.
  struct Bin {
    Ticks from = 0;
    Ticks to = 0;
    std::int64_t requests = 0;
  };

  std::string name;       ///< "ttft", as in `slo: {ttft: 1 s}` where there is such a limit
  std::string label;      ///< "time to first token"
  std::vector<Bin> bins;  ///< bins that are not empty, ascending; cut at the same edges for all latencies
};

/// One request, reported when it has ended (or at the horizon). Times that did not happen are kNever.
struct RequestRecord {
  std::int64_t id = 0;
  StreamId stream;
  std::int32_t tenant = 0;
  std::optional<PoolId> pool = {};        ///< empty: the request reached no pool
  std::optional<ReplicaId> replica = {};  ///< replica of that pool; empty: the request reached none
  Outcome outcome = Outcome::served;
  Ticks arrival = 0;
  Ticks admitted = kNever;     ///< start of its first batch step
  Ticks first_token = kNever;  ///< end of the step that generated it
  Ticks end = kNever;
  Ticks worst_gap = 0;  ///< longest time between two tokens of the request
  std::int32_t prompt_tokens = 0;
  std::int32_t output_tokens = 0;
  std::int32_t preemptions = 0;
  std::int32_t prefix_tokens = 0;     ///< prompt tokens found in the prefix cache and not computed
  double energy_j = 0.0;              ///< its share of the accelerator energy of busy steps
  double prefill_energy_j = 0.0;      ///< part of energy_j for its prompt; the rest is for its output
  bool deferrable = false;            ///< true: judged by its deadline alone
  Ticks deadline = kNever;            ///< latest end of a deferrable request
  bool wrong = false;                 ///< true: the semantic cache gave it the answer to another question
  std::int32_t attempts = 1;          ///< number of attempts of its client
  std::int32_t discarded_tokens = 0;  ///< output tokens of attempts before the last, which no client received
  double discarded_j = 0.0;           ///< part of energy_j spent on those attempts
};

/// A number of the catalogue or the scenario that the run uses.
struct ProvenanceEntry {
  std::string path;  ///< "accelerators.a100-sxm-80.idle_empty"
  double value = 0.0;
  std::string unit;    ///< SI, as in sim/base/quantity.hpp
  std::string status;  ///< measured, published, derived, assumed, or scenario
  std::string source;
  /// The range in which the value plausibly lies; NaN where no source has one.
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

struct Provenance {
  std::string title;
  std::string variant;
  std::uint64_t seed = 0;
  std::string version;                 ///< version of idlewatt
  std::string scenario_text;           ///< text of the scenario file
  std::string fingerprint = {};        ///< fingerprint of everything that decides the result (Scenario::fingerprint);
                                       ///< may be empty
  std::vector<std::string> overrides;  ///< "pools.chat.replicas.start=8", from the variant and the command line
  std::vector<ProvenanceEntry> figures;
};

/// Receives the reports of a run. run/ and control/ call it; results/ implements it for HDF5.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void begin(const RunLayout& layout, const Provenance& provenance) = 0;
  virtual void bin(const SeriesBin& bin) = 0;
  virtual void request(const RequestRecord& record) = 0;
  /// The latencies of the run. Called once, before end(). A recorder without distributions may ignore it.
  virtual void latencies(const std::vector<LatencyHistogram>& histograms) { static_cast<void>(histograms); }
  /// The attribution of the run's energy and money. Called once, before end(). Amounts whose names say `usd` are in
  /// `currency`.
  virtual void attribution(const std::vector<Attribution>& parts, const std::string& currency) {
    static_cast<void>(parts);
    static_cast<void>(currency);
  }
  /// The meter and the tariff that priced it; `site` is the scenario's `site:` as YAML. Called once, before end(). A
  /// recorder that keeps nothing to price again may ignore it.
  virtual void metered(const Meter& meter, const Tariff& tariff, const std::string& site) {
    static_cast<void>(meter);
    static_cast<void>(tariff);
    static_cast<void>(site);
  }
  /// The end of the run. After this call the result is final.
  virtual void end(const Summary& summary) = 0;
};

}  // namespace idlewatt
