// The whole simulated fleet, advanced by whoever holds its clock. Knows no SimGrid: its actors call it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "datacenter/change_queue.hpp"
#include "datacenter/fleet.hpp"
#include "datacenter/front_desk.hpp"
#include "datacenter/kv_transfers.hpp"
#include "datacenter/pool_runtime.hpp"
#include "datacenter/request_cache.hpp"
#include "datacenter/request_log.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class Cluster {
 public:
  /// Places the pools' first replicas, ready at time 0. `scenario` and `recorder` (which may be null) outlive it.
  Cluster(const Scenario& scenario, Recorder* recorder);

  /// The next request, in order of arrival: written down, then looked up in the semantic cache, or sent to its pool.
  void arrive(Request request);

  /// When a client next gives up or tries again; kNever when none will.
  Ticks next_client_act() { return log_.attempts().next(); }
  /// Lets clients act that are due at `now`, after every change up to then.
  void act_for_clients(Ticks now);
  /// Whether the end of an attempt may make a client act before next_client_act().
  bool lets_clients_go() { return log_.attempts().letting_go(); }

  /// Takes every change up to `now`, ends of lookups among them.
  void settle(Ticks now) {
    if (cache_) {
      end_lookups(now);
    }
    changes_.settle(now);
  }
  /// When anything settles next, unless something arrives or control acts before.
  Ticks next_change() const { return std::min(changes_.next(), next_lookup()); }
  /// When the next lookup in the cache ends: like an arrival, that must not be settled late. kNever when there is none.
  Ticks next_lookup() const { return cache_ ? cache_->next() : kNever; }

  /// Calls back whenever a request has ended, in whatever way, at a time.
  void on_ended(std::function<void(const Request&, Ticks)> ended) { log_.on_ended(std::move(ended)); }

  /// Ends the bin of the time series at `now` and hands it to the recorder.
  void close_bin(Ticks now);

  /// Ends the accounting interval at `now`, which has been settled.
  void read_meters(Ticks now);
  /// The next end of an accounting interval.
  Ticks next_reading(Ticks after) const;

  /// Ends the run at `now`, which has been settled, its bin closed and its meters read: writes down what is unfinished,
  /// audits the books (ConservationError) and returns the answer.
  Summary finish(Ticks now);

  RunLayout layout() const;
  Fleet& fleet() { return fleet_; }
  bool retries_lost_requests() const { return scenario_->faults.retried; }
  /// A server or an accelerator was lost.
  void count_fault() { ++faults_; }
  double store_bytes_per_s() const { return scenario_->site.store_bytes_per_s; }
  /// The pool whose idle policy decides about the server's power: the first that runs on its type. Null when none does.
  PoolRuntime* manager_of(const FleetServer& server);
  std::vector<std::unique_ptr<PoolRuntime>>& pools() { return pools_; }
  /// Null where every pool does all of its requests.
  KvTransfers* transfers() { return transfers_.get(); }
  std::int64_t arrivals() const { return log_.statistics().arrivals(); }
  std::int64_t changes_taken() const { return changes_.taken(); }

 private:
  void disaggregate();
  void end_lookups(Ticks now);
  void send_to_pool(Request request, Ticks now);
  /// A client asks: the cache, if there is one, else a pool.
  void ask(Request request, Ticks now);

  const Scenario* scenario_;
  Recorder* recorder_;
  Fleet fleet_;
  RequestLog log_;
  ChangeQueue changes_;
  FleetLowerBound bound_;
  std::vector<std::unique_ptr<PoolRuntime>> pools_;
  std::unique_ptr<FrontDesk> desk_;
  std::unique_ptr<KvTransfers> transfers_;  ///< null where every pool does all of its requests
  std::unique_ptr<RequestCache> cache_;       ///< null without one
  SeriesSums sums_;
  std::int64_t faults_ = 0;
  Ticks bin_from_ = 0;
  Meter meter_;
  Fleet::Reading last_reading_;
};

}  // namespace idlewatt
