// What a pool counts: for its router, its autoscaler, the time series and the books.
#include "datacenter/pool_runtime.hpp"

namespace idlewatt {

void PoolRuntime::load_changed(const HostedReplica& replica) {
  router_->load_changed(replica.number(), {.available = replica.life() == Life::ready && !replica.parked(),
                                           .outstanding = replica.outstanding(),
                                           .prompt_tokens = replica.outstanding_prompt_tokens()});
}

void PoolRuntime::worked(const Work& work) {
  bin_.prompt_tokens += work.prompt_tokens;
  bin_.output_tokens += work.output_tokens;
  output_tokens_ += work.output_tokens;
  busy_energy_ += work.energy;
  busy_ticks_ += work.to - work.from;
  empty_seat_ticks_ += static_cast<int128_t>(work.to - work.from) * (seats_ - work.sequences);
}

void PoolRuntime::report_work(Ticks now) {
  for (const auto& replica : replicas_) {
    replica->serving().report_work(now, *replica);
  }
}

void PoolRuntime::count_time(Ticks now) {
  const Ticks elapsed = now - counted_until_;
  counted_until_ = now;
  replica_ticks_ += static_cast<int128_t>(count(Life::starting) + count(Life::ready)) * elapsed;
  pending_ticks_ += static_cast<int128_t>(count(Life::pending)) * elapsed;
}

void PoolRuntime::close_bin(Ticks now, PoolBin& bin) {
  count_time(now);
  report_work(now);
  const auto in = [&bin](ReplicaState state) -> std::int32_t& { return bin.replicas[static_cast<std::size_t>(state)]; };
  in(ReplicaState::pending) = count(Life::pending);
  in(ReplicaState::starting) = count(Life::starting);
  in(ReplicaState::draining) = count(Life::draining) + count(Life::stopping) + count(Life::yielding);
  in(ReplicaState::sleeping) = count(Life::resting) + count(Life::asleep) + count(Life::unloaded) + count(Life::away);
  bin.queue_length = static_cast<std::int64_t>(unrouted_.size());
  for (const auto& replica : replicas_) {
    bin.queue_length += replica->serving().waiting();
    bin.running_sequences += replica->serving().running();
    if (replica->life() == Life::ready) {
      ++in(replica->outstanding() > 0 ? ReplicaState::busy : ReplicaState::idle);
    }
  }
  bin.arrivals = bin_.arrivals;
  bin.completions = bin_.completions;
  bin.rejections = bin_.rejections;
  bin.timeouts = bin_.timeouts;
  bin.prompt_tokens = bin_.prompt_tokens;
  bin.output_tokens = bin_.output_tokens;
  bin_ = {};
}

AutoscaleView PoolRuntime::view(Ticks now) {
  report_work(now);
  AutoscaleView view{.now = now,
                     .start = settings_->replicas.start,
                     .minimum = settings_->replicas.minimum,
                     .maximum = settings_->replicas.maximum,
                     .target = target_,
                     .ready = count(Life::ready),
                     .unready = count(Life::starting) + count(Life::pending),
                     .queued = static_cast<std::int64_t>(unrouted_.size()),
                     .outstanding = outstanding_.count()};
  for (const auto& replica : replicas_) {
    view.queued += replica->serving().waiting();
    if (replica->life() == Life::ready) {
      view.ongoing += replica->outstanding();
      view.running += replica->serving().running();
    }
  }
  const auto elapsed = static_cast<double>(now - viewed_at_);
  const int128_t outstanding_ticks = outstanding_.ticks(now);
  if (elapsed > 0.0) {
    view.mean_outstanding = static_cast<double>(outstanding_ticks - viewed_outstanding_ticks_) / elapsed;
    view.arrivals_per_s = static_cast<double>(arrivals_ - viewed_arrivals_) / to_seconds(now - viewed_at_);
    view.busy_replicas = static_cast<double>(busy_ticks_ - viewed_busy_ticks_) / elapsed;
    view.output_tokens_per_s =
        static_cast<double>(output_tokens_ - viewed_output_tokens_) / to_seconds(now - viewed_at_);
  }
  viewed_at_ = now;
  viewed_outstanding_ticks_ = outstanding_ticks;
  viewed_arrivals_ = arrivals_;
  viewed_busy_ticks_ = busy_ticks_;
  viewed_output_tokens_ = output_tokens_;
  return view;
}

PoolBook PoolRuntime::book(Ticks now) {
  count_time(now);
  const auto accelerators = static_cast<std::int64_t>(settings_->accelerators_per_replica());
  PoolBook book;
  book.under_use = {busy_static_power_.tenth_mw * empty_seat_ticks_ / seats_ * accelerators};
  book.overhead_per_accelerator_w = overhead_per_accelerator_w_;
  book.replica_ticks = replica_ticks_;
  book.pending_ticks = pending_ticks_;
  book.cold_starts = cold_starts_;
  book.swaps = swaps_;
  book.outstanding_ticks = outstanding_ticks_;
  book.unrouted_ticks = unrouted_time_.ticks(now);
  book.output_tokens = output_tokens_;
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
