// The whole simulated fleet, advanced by whoever holds its clock. Knows no SimGrid: its actors call it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "datacenter/change_queue.hpp"
#include "datacenter/fleet.hpp"
#include "datacenter/front_desk.hpp"
#include "datacenter/pool_runtime.hpp"
#include "datacenter/query_log.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class Cluster {
 public:
  /// Places the pools' first replicas, ready at time 0. `scenario` and `recorder` (which may be null) outlive it.
  Cluster(const Scenario& scenario, Recorder* recorder);

  /// The next query, in order of arrival: written down, then sent to its pool.
  void arrive(Query query);

  /// Takes every change up to `now`.
  void settle(Ticks now) { changes_.settle(now); }
  /// When anything settles next, unless something arrives or control acts before.
  Ticks next_change() const { return changes_.next(); }

  /// Calls back whenever a query has ended, in whatever way, at a time.
  void on_ended(std::function<void(const Query&, Ticks)> ended);

  /// Ends the bin of the time series at `now` and hands it to the recorder.
  void close_bin(Ticks now);

  /// Ends the run at `now`, which has been settled and its bin closed: writes down what is unfinished, audits the
  /// books (ConservationError) and returns the answer.
  Summary finish(Ticks now);

  RunLayout layout() const;
  Fleet& fleet() { return fleet_; }
  double store_bytes_per_s() const { return scenario_->site.store_bytes_per_s; }
  /// The pool whose idle policy decides about the server's power: the first that runs on its type. Null when none does.
  PoolRuntime* manager_of(const FleetServer& server);
  std::vector<std::unique_ptr<PoolRuntime>>& pools() { return pools_; }
  std::int64_t arrivals() const { return log_.statistics().arrivals(); }
  std::int64_t changes_taken() const { return changes_.taken(); }

 private:
  const Scenario* scenario_;
  Recorder* recorder_;
  Fleet fleet_;
  QueryLog log_;
  ChangeQueue changes_;
  FleetLowerBound bound_;
  std::vector<std::unique_ptr<PoolRuntime>> pools_;
  std::unique_ptr<FrontDesk> desk_;
  SeriesSums sums_;
  Ticks bin_from_ = 0;
};

}  // namespace idlewatt
