#include "datacenter/pool_runtime.hpp"

#include <utility>

#include "datacenter/placement.hpp"
#include "physics/memory_plan.hpp"
#include "physics/roofline.hpp"
#include "policy/table.hpp"
#include "units/error.hpp"

namespace idlewatt {
namespace {

template <class Policy>
Declaration<Policy> chosen(const std::vector<Declaration<Policy>>& table, const PolicyChoice& choice) {
  const Declaration<Policy>* declaration = find(table, choice.name);
  if (declaration == nullptr) {
    throw InputError("there is no policy `" + choice.name + "`");
  }
  return *declaration;
}

}  // namespace

PoolRuntime::PoolRuntime(const Scenario& scenario, std::int32_t number, QueryLog& log, ChangeQueue& changes)
    : settings_(&scenario.pools[static_cast<std::size_t>(number)]),
      number_(number),
      log_(&log),
      changes_(&changes),
      batching_(chosen(batch_policies(), settings_->batching)) {
  const Catalog& catalog = *scenario.catalog;
  const Accelerator& accelerator = catalog.accelerators.at(settings_->accelerator);
  const Model& model = catalog.models.at(settings_->model);
  const Engine& engine = catalog.engines.at(settings_->engine);
  physics_ = make_roofline(accelerator, model, engine, settings_->precision, settings_->tensor_parallel);
  const MemoryPlan memory = memory_plan(accelerator, model, engine, settings_->precision, settings_->tensor_parallel);
  seats_ = make_batch_policy()->max_sequences();
  spec_ = std::make_unique<ReplicaSpec>(*physics_, memory.kv_blocks, model.context_tokens, seats_);
  static_power_ = Power::from_w(accelerator.idle_loaded_w.value);
  overhead_per_accelerator_w_ = catalog.servers.at(settings_->server).overhead_per_accelerator_w.value;
  router_ = chosen(route_policies(), settings_->routing).make(settings_->routing.parameters);
}

std::unique_ptr<BatchPolicy> PoolRuntime::make_batch_policy() const {
  return batching_.make(settings_->batching.parameters);
}

void PoolRuntime::start(std::int32_t count, Fleet& fleet) {
  router_->resize(count);
  for (std::int32_t i = 0; i < count; ++i) {
    const std::optional<Placement> placement = place(fleet, settings_->server, settings_->tensor_parallel);
    if (!placement) {
      pending_ = count - i;
      break;
    }
    std::vector<AcceleratorSlot*> slots;
    for (const std::int32_t accelerator : placement->accelerators) {
      fleet.assign(placement->server, accelerator, number_, 0);
      AcceleratorSlot& slot = fleet.slot(placement->server, accelerator);
      slot.account.enter(AcceleratorState::idle_loaded, static_power_, 0);
      slots.push_back(&slot);
    }
    replicas_.push_back(std::make_unique<HostedReplica>(*this, i));
    replicas_.back()->host(std::move(slots));
    in_queue_.push_back(changes_->add(*replicas_.back()));
  }
}

void PoolRuntime::arrive(Query query) {
  ++bin_.arrivals;
  const std::int32_t number = router_->route(query);
  if (number == kNoReplica) {
    reject(query, Outcome::rejected);
    return;
  }
  HostedReplica& replica = *replicas_[static_cast<std::size_t>(number)];
  if (!replica.serving().fits(query)) {
    reject(query, Outcome::rejected_too_long);
    return;
  }
  const Ticks now = query.arrival;
  replica.enqueue(std::move(query), now);
  changes_->update(in_queue_[static_cast<std::size_t>(number)]);
}

void PoolRuntime::reject(const Query& query, Outcome outcome) {
  ++bin_.rejections;
  log_->ended({.id = query.id,
               .stream = query.stream,
               .tenant = query.tenant,
               .pool = number_,
               .outcome = outcome,
               .arrival = query.arrival,
               .end = query.arrival,
               .prompt_tokens = query.prompt_tokens});
}

void PoolRuntime::close_bin(Ticks now, PoolBin& bin) {
  const Ticks elapsed = now - counted_until_;
  counted_until_ = now;
  replica_ticks_ += static_cast<int128_t>(replicas_.size()) * elapsed;
  pending_ticks_ += static_cast<int128_t>(pending_) * elapsed;
  bin.replicas[static_cast<std::size_t>(ReplicaState::pending)] = pending_;
  for (const auto& replica : replicas_) {
    replica->serving().report_work(now, *replica);
    bin.queue_length += replica->serving().waiting();
    bin.running_sequences += replica->serving().running();
    ++bin.replicas[static_cast<std::size_t>(replica->outstanding() > 0 ? ReplicaState::busy : ReplicaState::idle)];
  }
  bin.arrivals = bin_.arrivals;
  bin.completions = bin_.completions;
  bin.rejections = bin_.rejections;
  bin.prompt_tokens = bin_.prompt_tokens;
  bin.output_tokens = bin_.output_tokens;
  bin_ = {};
}

void PoolRuntime::end_unfinished(Ticks now) {
  for (const auto& replica : replicas_) {
    for (Finished& unfinished : replica->serving().take_unfinished(now)) {
      ended(std::move(unfinished), Outcome::unfinished, replica->number());
    }
  }
}

AutoscaleView PoolRuntime::view(Ticks now) const {
  AutoscaleView view{.now = now,
                     .start = settings_->replicas.start,
                     .minimum = settings_->replicas.minimum,
                     .maximum = settings_->replicas.maximum,
                     .target = static_cast<std::int32_t>(replicas_.size()) + pending_,
                     .ready = static_cast<std::int32_t>(replicas_.size())};
  for (const auto& replica : replicas_) {
    view.queued += replica->serving().waiting();
    view.running += replica->serving().running();
  }
  return view;
}

PoolBook PoolRuntime::book() const {
  const auto accelerators = static_cast<std::int64_t>(settings_->tensor_parallel);
  PoolBook book;
  book.under_use = {static_power_.tenth_mw * empty_seat_ticks_ / seats_ * accelerators};
  book.overhead_per_accelerator_w = overhead_per_accelerator_w_;
  book.replica_ticks = replica_ticks_;
  book.pending_ticks = pending_ticks_;
  book.output_tokens = output_tokens_;
  book.query_shares = query_shares_ * accelerators;
  book.busy_energy = busy_energy_ * accelerators;
  return book;
}

void PoolRuntime::load_changed(const HostedReplica& replica) {
  router_->load_changed(replica.number(), {.available = replica.available(), .outstanding = replica.outstanding()});
}

void PoolRuntime::worked(const Work& work) {
  bin_.prompt_tokens += work.prompt_tokens;
  bin_.output_tokens += work.output_tokens;
  output_tokens_ += work.output_tokens;
  busy_energy_ += work.energy;
  empty_seat_ticks_ += static_cast<int128_t>(work.to - work.from) * (seats_ - work.sequences);
}

void PoolRuntime::ended(Finished&& finished, Outcome outcome, std::int32_t replica) {
  bin_.completions += outcome == Outcome::served ? 1 : 0;
  query_shares_ += finished.energy;
  const Query& query = finished.query;
  log_->ended({.id = query.id,
               .stream = query.stream,
               .tenant = query.tenant,
               .pool = number_,
               .replica = replica,
               .outcome = outcome,
               .arrival = query.arrival,
               .admitted = finished.admitted,
               .first_token = finished.first_token,
               .end = finished.end,
               .worst_gap = finished.worst_gap,
               .prompt_tokens = query.prompt_tokens,
               .output_tokens = finished.generated,
               .preemptions = finished.preemptions,
               .energy_j = (finished.energy * settings_->tensor_parallel).j()});
}

}  // namespace idlewatt
