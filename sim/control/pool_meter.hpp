// What a pool counts, for the time series, its autoscaler and the books. Reading the meter changes nothing: who wants
// means since its last look keeps the reading of that look.
#pragma once

#include <cstdint>

#include "base/energy.hpp"
#include "base/int128.hpp"
#include "base/ticks.hpp"
#include "control/outstanding_meter.hpp"
#include "engine/report.hpp"
#include "ledger/books.hpp"
#include "ledger/recorder.hpp"
#include "ledger/tenant_shares.hpp"
#include "policy/autoscale/autoscale.hpp"

namespace idlewatt {

/// Counts since time 0.
struct PoolCounts {
  std::int64_t arrivals = 0;  ///< attempts that came to the pool, rejected ones included
  std::int64_t completions = 0;
  std::int64_t rejections = 0;
  std::int64_t timeouts = 0;  ///< attempts that ended with nobody waiting for them
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;

  PoolCounts operator-(const PoolCounts& other) const {
    return {arrivals - other.arrivals, completions - other.completions,     rejections - other.rejections,
            timeouts - other.timeouts, prompt_tokens - other.prompt_tokens, output_tokens - other.output_tokens};
  }
};

/// The meter at one time: what means since then are made from.
struct MeterReading {
  Ticks at = 0;
  int128_t outstanding_ticks = 0;  ///< requests x time
  int128_t busy_ticks = 0;         ///< replicas in a batch step x time
  PoolCounts counts;
};

/// The figures that turn counts of a pool into energy.
struct PoolMeterFigures {
  std::int32_t batch_slots = 0;   ///< of a replica
  std::int32_t accelerators = 0;  ///< of a replica
  Power busy_static;              ///< of a busy accelerator, whatever its batch
  double overhead_per_accelerator_w = 0.0;
};

class PoolMeter {
 public:
  explicit PoolMeter(const PoolMeterFigures& figures) : figures_(figures) {}

  // What happens. Times may come in any order, up to the next reading.
  void request_came() {
    ++counts_.arrivals;
    ++counters_.arrivals;
  }
  void request_rejected() { ++counts_.rejections; }
  /// The pool has a request from `at` on, at a replica or waiting for one.
  void begin_outstanding(Ticks at) { outstanding_.come(at); }
  void end_outstanding(Ticks at) { outstanding_.go(at); }
  /// A request waits from `at` on for a replica to be ready.
  void begin_unrouted(Ticks at) { unrouted_.come(at); }
  void end_unrouted(Ticks at) { unrouted_.go(at); }
  /// So many more requests at replicas are in no batch.
  void waiting_changed(std::int64_t change) { waiting_ += change; }
  void worked(const Work& work);
  void request_timed_out() { ++counts_.timeouts; }
  /// A request left the pool with the energy that its steps gave it.
  void ended(const Finished& finished, Outcome outcome);
  /// Energy that a request was given, though it goes on elsewhere or begins anew.
  void charge_share(std::int32_t tenant, Energy energy, Energy prefill_energy, bool served);
  void replica_became_ready() { ++cold_starts_; }
  void replica_was_swapped_out() { ++swaps_; }
  /// Until `now`, so many replicas were starting or ready, and so many pending.
  void count_time(std::int32_t up, std::int32_t pending, Ticks now);
  /// Replicas that are ready at time 0 were loaded before.
  void forget_cold_starts() { cold_starts_ = 0; }
  /// Ends what is outstanding for the books, at the horizon.
  void stop_outstanding(Ticks now) { outstanding_ticks_ = outstanding_.ticks(now); }

  // Readings.
  const PoolCounts& counts() const { return counts_; }
  /// As monitoring shows them to autoscalers.
  const PoolCounters& counters() const { return counters_; }
  std::int64_t outstanding() const { return outstanding_.count(); }
  std::int64_t waiting() const { return waiting_; }
  /// Requires that all work up to `now` was reported.
  MeterReading reading(Ticks now) const { return {now, outstanding_.ticks(now), busy_ticks_, counts_}; }
  PoolBook book(Ticks now) const;

 private:
  void count_served(const Finished& finished);

  PoolMeterFigures figures_;
  PoolCounts counts_;
  PoolCounters counters_;
  OutstandingMeter outstanding_;
  OutstandingMeter unrouted_;
  std::int64_t waiting_ = 0;
  int128_t empty_slot_ticks_ = 0;  ///< of busy replicas
  int128_t busy_ticks_ = 0;
  Energy busy_energy_;     ///< per accelerator of a replica
  Energy request_shares_;  ///< per accelerator of a replica
  TenantShares tenants_;   ///< per accelerator of a replica
  int128_t replica_ticks_ = 0;
  int128_t pending_ticks_ = 0;
  Ticks counted_until_ = 0;
  std::int64_t cold_starts_ = 0;
  std::int64_t swaps_ = 0;
  int128_t outstanding_ticks_ = 0;  ///< at the end
};

}  // namespace idlewatt
