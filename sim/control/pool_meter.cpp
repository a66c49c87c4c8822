#include "control/pool_meter.hpp"

namespace idlewatt {

void PoolMeter::ended(const Finished& finished, Outcome outcome) {
  end_outstanding(finished.end);
  charge_share(finished.request.tenant, finished.energy, finished.prefill_energy, outcome == Outcome::served);
  if (outcome == Outcome::served) {
    ++counts_.completions;
    count_served(finished);
  }
}

void PoolMeter::count_served(const Finished& finished) {
  ++counters_.served;
  if (finished.first_token == kNever) {
    return;
  }
  counters_.ttft.add(to_seconds(finished.first_token - finished.request.arrival));
  counters_.e2e.add(to_seconds(finished.end - finished.request.arrival));
  if (finished.generated > 1) {
    counters_.tpot.add(to_seconds(finished.end - finished.first_token) / (finished.generated - 1));
  }
}

void PoolMeter::charge_share(std::int32_t tenant, Energy energy, Energy prefill_energy, bool served) {
  request_shares_ += energy;
  tenants_.add(tenant, prefill_energy, energy - prefill_energy, served);
}

void PoolMeter::count_time(std::int32_t up, std::int32_t pending, Ticks now) {
  const Ticks elapsed = now - counted_until_;
  counted_until_ = now;
  replica_ticks_ += static_cast<int128_t>(up) * elapsed;
  pending_ticks_ += static_cast<int128_t>(pending) * elapsed;
}

PoolBook PoolMeter::book(Ticks now) const {
  const std::int64_t accelerators = figures_.accelerators;
  PoolBook book;
  book.under_use = {figures_.busy_static.tenth_mw * empty_slot_ticks_ / figures_.batch_slots * accelerators};
  book.overhead_per_accelerator_w = figures_.overhead_per_accelerator_w;
  book.replica_ticks = replica_ticks_;
  book.pending_ticks = pending_ticks_;
  book.cold_starts = cold_starts_;
  book.swaps = swaps_;
  book.outstanding_ticks = outstanding_ticks_;
  book.unrouted_ticks = unrouted_.ticks(now);
  book.output_tokens = counts_.output_tokens;
  book.request_shares = request_shares_ * accelerators;
  book.busy_energy = busy_energy_ * accelerators;
  book.tenants = tenants_.sorted();
  for (TenantShare& tenant : book.tenants) {
    tenant.prefill = tenant.prefill * accelerators;
    tenant.decode = tenant.decode * accelerators;
  }
  return book;
}

}  // namespace idlewatt
