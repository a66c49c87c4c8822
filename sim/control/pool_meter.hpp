// The counts of a pool, for the time series, its autoscaler and the books. Reading the meter changes nothing: a reader
// that needs means since its last look keeps the reading of that look.
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
  std::int64_t arrivals = 0;  ///< attempts that came to the pool, rejected attempts included
  std::int64_t completions = 0;
  std::int64_t rejections = 0;
  std::int64_t timeouts = 0;  ///< attempts that ended after their client had given up
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;

  PoolCounts operator-(const PoolCounts& other) const {
    return {arrivals - other.arrivals, completions - other.completions,     rejections - other.rejections,
            timeouts - other.timeouts, prompt_tokens - other.prompt_tokens, output_tokens - other.output_tokens};
  }
};

/// The state of the meter at one time. Means are computed from two readings.
struct MeterReading {
  Ticks at = 0;
  int128_t outstanding_ticks = 0;  ///< requests integrated over time
  int128_t busy_ticks = 0;         ///< replicas in a batch step, integrated over time
  PoolCounts counts;
};

/// The figures that turn counts of a pool into energy.
struct PoolMeterFigures {
  std::int32_t batch_slots = 0;   ///< batch slots of a replica
  std::int32_t accelerators = 0;  ///< accelerators of a replica
  Power busy_static;              ///< static power of a busy accelerator, for any batch
  double overhead_per_accelerator_w = 0.0;
};

/// The meter of a pool.
class PoolMeter {
 public:
  explicit PoolMeter(const PoolMeterFigures& figures) : figures_(figures) {}

  // Events. Their times may come in any order up to the next reading.
  void request_came() {
    ++counts_.arrivals;
    ++counters_.arrivals;
  }
  void request_rejected() { ++counts_.rejections; }
  /// Adds a request to the pool from `at` on, at a replica or waiting for one.
  void begin_outstanding(Ticks at) { outstanding_.come(at); }
  void end_outstanding(Ticks at) { outstanding_.go(at); }
  /// Counts a request that waits from `at` on for a replica to be ready.
  void begin_unrouted(Ticks at) { unrouted_.come(at); }
  void end_unrouted(Ticks at) { unrouted_.go(at); }
  /// Changes the number of requests that are at replicas but in no batch.
  void waiting_changed(std::int64_t change) { waiting_ += change; }
  void worked(const Work& work) {
    const Ticks elapsed = work.to - work.from;
    counts_.prompt_tokens += work.prompt_tokens;
    counts_.output_tokens += work.output_tokens;
    busy_energy_ += work.energy;
    busy_ticks_ += elapsed;
    empty_slot_ticks_ += static_cast<int128_t>(elapsed) * (figures_.batch_slots - work.sequences);
  }
  void request_timed_out() { ++counts_.timeouts; }
  /// Counts a request that left the pool, with the energy of its steps.
  void ended(const Finished& finished, Outcome outcome);
  /// Adds energy that a request was charged although it continues elsewhere or starts again.
  void charge_share(std::int32_t tenant, Energy energy, Energy prefill_energy, bool served);
  void replica_became_ready() { ++cold_starts_; }
  void replica_was_swapped_out() { ++swaps_; }
  /// Counts the time up to `now`, in which `up` replicas were starting or ready and `pending` were pending.
  void count_time(std::int32_t up, std::int32_t pending, Ticks now);
  /// Resets the cold starts: replicas that are ready at time 0 were loaded before.
  void forget_cold_starts() { cold_starts_ = 0; }
  /// Ends the outstanding requests for the books, at the horizon.
  void stop_outstanding(Ticks now) { outstanding_ticks_ = outstanding_.ticks(now); }

  // Readings.
  const PoolCounts& counts() const { return counts_; }
  /// The counters, as monitoring shows them to autoscalers.
  const PoolCounters& counters() const { return counters_; }
  std::int64_t outstanding() const { return outstanding_.count(); }
  std::int64_t waiting() const { return waiting_; }
  /// The reading at `now`. Requires that all work up to `now` has been reported.
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
  int128_t empty_slot_ticks_ = 0;  ///< empty batch slots of busy replicas, integrated over time
  int128_t busy_ticks_ = 0;
  Energy busy_energy_;     ///< per accelerator of a replica
  Energy request_shares_;  ///< per accelerator of a replica
  TenantShares tenants_;   ///< per accelerator of a replica
  int128_t replica_ticks_ = 0;
  int128_t pending_ticks_ = 0;
  Ticks counted_until_ = 0;
  std::int64_t cold_starts_ = 0;
  std::int64_t swaps_ = 0;
  int128_t outstanding_ticks_ = 0;  ///< outstanding requests integrated over time, at the end
};

}  // namespace idlewatt
