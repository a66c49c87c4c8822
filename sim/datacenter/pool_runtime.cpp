#include "datacenter/pool_runtime.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/error.hpp"
#include "datacenter/kv_transfers.hpp"
#include "datacenter/load_names.hpp"
#include "datacenter/placement.hpp"
#include "datacenter/pool_figures.hpp"
#include "datacenter/rest_costs.hpp"
#include "scenario/chosen_policy.hpp"
#include "scenario/pool_physics.hpp"
#include "scenario/swapping.hpp"

namespace idlewatt {
namespace {

/// What an accelerator of the pool may draw beyond what an empty one does, whatever it works on.
Power most_above_empty(const Accelerator& accelerator, const Pool& pool) {
  const double busy_w = pool.power_cap_w.value_or(accelerator.board_limit_w.value);
  const double most_w = std::max({busy_w, accelerator.loading_w.value, accelerator.idle_loaded_w.value});
  return Power::from_w(std::max(most_w - accelerator.idle_empty_w.value, 0.0));
}

}  // namespace

PoolRuntime::PoolRuntime(const Scenario& scenario, std::int32_t number, Fleet& fleet, RequestLog& log,
                         ChangeQueue& changes, FleetLowerBound& bound)
    : settings_(&scenario.pools[static_cast<std::size_t>(number)]),
      number_(number),
      fleet_(&fleet),
      log_(&log),
      changes_(&changes),
      accelerator_(&scenario.catalog->accelerators.at(settings_->accelerator)),
      model_(&scenario.catalog->models.at(settings_->model)),
      engine_(&scenario.catalog->engines.at(settings_->engine)),
      load_times_(LoadTimes::of(*settings_, *scenario.catalog)),
      reserved_(most_above_empty(*accelerator_, *settings_)),
      swapped_(swaps(scenario, *settings_)),
      physics_(make_physics(*settings_, *scenario.catalog)),
      batching_(chosen_of(batch_policies(), settings_->batching)),
      queue_order_(chosen_of(queue_policies(), settings_->queue).make(settings_->queue.parameters)),
      prefix_cache_(chosen_of(prefix_policies(), settings_->prefix_cache).make(settings_->prefix_cache.parameters)),
      router_random_(scenario.seed, "routing/" + settings_->name),
      unrouted_(queue_order_.get(), 0),
      idle_power_(Power::from_w(accelerator_->idle_loaded_w.value)),
      busy_static_power_(Power::from_w(accelerator_->busy_static_w.value)),
      overhead_per_accelerator_w_(scenario.catalog->servers.at(settings_->server).overhead_per_accelerator_w.value),
      seats_(make_batch_policy()->max_sequences()),
      service_(*physics_, service_figures(scenario, *settings_, seats_)),
      bound_(&bound) {
  bound.add_pool(physics_->floor(), seats_,
                 settings_->accelerators_per_replica() * (1.0 + overhead_per_accelerator_w_));
  const MemoryPlan memory = memory_of(*settings_, *scenario.catalog);
  spec_ = std::make_unique<ReplicaSpec>(*physics_, memory.kv_blocks, model_->context_tokens, seats_);
  spec_->queue = queue_order_.get();
  spec_->prefix = prefix_cache_.get();
  spec_->hands_over = settings_->role == PoolRole::prefill;
  admission_ = chosen_admission(settings_->admission).make(settings_->admission.parameters);
  router_ = chosen_routing(settings_->routing).make(settings_->routing.parameters);
  idle_ = chosen_idle(settings_->idle).make(settings_->idle.parameters);
  idle_->begin(rest_costs(scenario, *settings_));
  if (swapped_) {
    back_above_ = chosen_of(swap_policies(), scenario.swapping).make(scenario.swapping.parameters)->rules().wake_above;
  }
}

std::unique_ptr<BatchPolicy> PoolRuntime::make_batch_policy() const {
  return batching_.make(settings_->batching.parameters);
}

IdleView PoolRuntime::idle_view(Ticks now) const {
  return {.now = now, .awake = count(Life::starting) + count(Life::ready), .outstanding = outstanding_.count()};
}

bool PoolRuntime::has_room() const {
  return idlewatt::place(*fleet_, settings_->server, settings_->parallel.pipeline, settings_->parallel.tensor,
                         settings_->placement, std::nullopt)
      .has_value();
}

std::optional<Placement> PoolRuntime::find_place() const {
  return idlewatt::place(*fleet_, settings_->server, settings_->parallel.pipeline, settings_->parallel.tensor,
                         settings_->placement, reserved_);
}

bool PoolRuntime::has_power(const Placement& placement) const {
  return idlewatt::has_power(*fleet_, placement, reserved_);
}

std::int32_t PoolRuntime::members() const {
  return count(Life::pending) + count(Life::starting) + count(Life::ready) + count(Life::resting) +
         count(Life::asleep) + count(Life::unloaded) + count(Life::yielding) + count(Life::away);
}

// ---- Lives of replicas ----

void PoolRuntime::start() {
  target_ = settings_->replicas.start;
  for (std::int32_t i = 0; i < target_; ++i) {
    HostedReplica& replica = add_pending(0);
    if (place(replica, 0)) {
      // What runs at time 0 was loaded before.
      for (const PlacementPart& part : replica.placement().parts) {
        std::set<std::string>& disk = fleet_->server(part.server).disk;
        disk.insert(image_name(*settings_));
        for (std::int32_t stage = part.first_stage; stage < part.first_stage + part.stages; ++stage) {
          disk.insert(weights_name(*settings_, stage));
        }
      }
      become_ready(replica, 0);
    } else if (swapped_) {
      set_life(replica, Life::away, 0);
    }
  }
  cold_starts_ = 0;
}

void PoolRuntime::set_target(std::int32_t target, Ticks now) {
  target_ = target;
  shortage_.set(count(Life::ready) < target_, now);
}

HostedReplica& PoolRuntime::add_pending(Ticks now) {
  for (const auto& replica : replicas_) {
    if (replica->life() == Life::gone) {
      set_life(*replica, Life::pending, now);
      return *replica;
    }
  }
  const auto number = static_cast<std::int32_t>(replicas_.size());
  replicas_.push_back(std::make_unique<HostedReplica>(*this, number));
  ++lives_[static_cast<std::size_t>(Life::gone)];
  in_queue_.push_back(changes_->add(*replicas_.back(), settings_->role == PoolRole::prefill));
  router_->resize(number + 1);
  set_life(*replicas_.back(), Life::pending, now);
  return *replicas_.back();
}

bool PoolRuntime::place(HostedReplica& replica, Ticks now) {
  const std::optional<Placement> placement = find_place();
  if (!placement) {
    return false;
  }
  take(replica, *placement, now);
  return true;
}

void PoolRuntime::take(HostedReplica& replica, const Placement& placement, Ticks now) {
  fleet_->assign(placement, number_, now);
  std::vector<AcceleratorSlot*> slots;
  for (const PlacementPart& part : placement.parts) {
    for (const std::int32_t accelerator : part.accelerators) {
      slots.push_back(&fleet_->slot(part.server, accelerator));
    }
  }
  replica.hold(placement, std::move(slots));
  set_pace(replica, now);
  set_life(replica, Life::starting, now);
}

void PoolRuntime::set_life(HostedReplica& replica, Life life, Ticks now) {
  if (replica.parked() && life != Life::ready) {
    unpark(replica, now);
  }
  count_time(now);
  const Life before = replica.life();
  --lives_[static_cast<std::size_t>(before)];
  ++lives_[static_cast<std::size_t>(life)];
  replica.set_life(life, now);
  if (is_awake(before) != is_awake(life)) {
    for (const PlacementPart& part : replica.placement().parts) {
      fleet_->count_awake(part.server, is_awake(life) ? 1 : -1,
                          {reserved_.tenth_mw * static_cast<std::int64_t>(part.accelerators.size())}, now);
    }
  }
  if ((before == Life::ready) != (life == Life::ready)) {
    load_changed(replica);
    shortage_.set(count(Life::ready) < target_, now);
  }
}

void PoolRuntime::enter(HostedReplica& replica, AcceleratorState state, Power power, Ticks now) {
  for (const PlacementPart& part : replica.placement().parts) {
    fleet_->enter(part, state, power, now);
  }
}

void PoolRuntime::become_ready(HostedReplica& replica, Ticks now) {
  replica.serving().lose_memory();
  enter(replica, AcceleratorState::idle_loaded, idle_power_, now);
  set_life(replica, Life::ready, now);
  ++cold_starts_;
  for (Waiting& waiting : unrouted_.take_all(now)) {
    unrouted_time_.go(now);
    HostedReplica& taker = *route(waiting.request, now);
    if (waiting.progress) {
      transfers_->take_place(waiting.request.id, taker, now);
      tell_place(waiting.request, kOnItsWay);
    } else {
      outstanding_.go(now);
      send(taker, std::move(waiting.request), now);
    }
  }
}

void PoolRuntime::park(HostedReplica& replica, IdleAction depth, Ticks now) {
  const Figure& watts = depth == IdleAction::park_deep ? accelerator_->deep_parked_w : accelerator_->parked_w;
  enter(replica, AcceleratorState::parked, Power::from_w(watts.value), now);
  replica.park();
  ++parked_;
  load_changed(replica);
}

void PoolRuntime::unpark(HostedReplica& replica, Ticks now) {
  enter(replica, AcceleratorState::idle_loaded, idle_power_, now);
  replica.unpark(now, now + to_ticks(accelerator_->clock_change_s.value));
  --parked_;
  load_changed(replica);
}

void PoolRuntime::unpark_one(Ticks now) {
  for (const auto& replica : replicas_) {
    if (replica->parked()) {
      unpark(*replica, now);
      return;
    }
  }
}

void PoolRuntime::remove(HostedReplica& replica, Ticks now) {
  if (replica.placement().parts.empty()) {
    set_life(replica, Life::gone, now);
  } else {
    leave_place(replica, Life::gone, now);
  }
}

void PoolRuntime::send_away(HostedReplica& replica, Ticks now) {
  leave_place(replica, Life::away, now);
  ++swaps_;
}

void PoolRuntime::leave_place(HostedReplica& replica, Life becomes, Ticks now) {
  const Placement placement = replica.placement();
  for (const PlacementPart& part : placement.parts) {
    if (fleet_->server(part.server).state() == ServerState::on) {
      fleet_->enter(part, AcceleratorState::idle_empty, Power::from_w(accelerator_->idle_empty_w.value), now);
    }
  }
  set_life(replica, becomes, now);
  replica.let_go();
  fleet_->assign(placement, AcceleratorSlot::kUnassigned, now);
}

HostedReplica* PoolRuntime::to_drain() {
  std::map<std::int32_t, std::int32_t> leaving;  // by server: still awake, and soon gone
  for (const auto& replica : replicas_) {
    if (replica->life() == Life::draining || replica->life() == Life::stopping) {
      for (const PlacementPart& part : replica->placement().parts) {
        ++leaving[part.server];
      }
    }
  }
  HostedReplica* best = nullptr;
  std::tuple<std::int32_t, std::int64_t, std::int32_t> best_rank;
  for (const auto& replica : replicas_) {
    if (replica->life() != Life::ready) {
      continue;
    }
    std::int32_t fullness = std::numeric_limits<std::int32_t>::max();  // of its server that goes first
    for (const PlacementPart& part : replica->placement().parts) {
      const std::int32_t staying = fleet_->server(part.server).awake - leaving[part.server];
      fullness = std::min(fullness, settings_->placement == PlacementOrder::pack ? staying : -staying);
    }
    const std::tuple rank{fullness, replica->outstanding(), -replica->number()};
    if (best == nullptr || rank < best_rank) {
      best = replica.get();
      best_rank = rank;
    }
  }
  return best;
}

// ---- Requests ----

PoolLoad PoolRuntime::load() const {
  const std::int32_t ready = count(Life::ready);
  // An autoscaler that answers to demand starts one.
  const std::int32_t on_demand = members() == 0 && demand_ ? 1 : 0;
  return {.ready = ready,
          .coming = members() - ready + on_demand,
          .outstanding = outstanding_.count(),
          .waiting = waiting_ + static_cast<std::int64_t>(unrouted_.size())};
}

void PoolRuntime::arrive(Request request, Ticks now) {
  ++bin_.arrivals;
  ++arrivals_;
  if (!fits(request)) {
    reject(request, Outcome::rejected_too_long, now);
    return;
  }
  if (!admission_->admit(view_of(request, now), {.load = load(), .service = &service_})) {
    reject(request, Outcome::rejected, now);
    return;
  }
  wake_for(outstanding_.count() + 1, now);
  if (!take_in(request, now)) {
    reject(request, Outcome::rejected, now);
  }
}

bool PoolRuntime::wants_back(std::int64_t outstanding) const {
  return coming() == 0 || static_cast<double>(outstanding) > back_above_ * coming();
}

/// So many requests want a replica.
void PoolRuntime::wake_for(std::int64_t outstanding, Ticks now) {
  if (count(Life::asleep) + count(Life::unloaded) > 0 && wake_wanted_ &&
      idle_->wake({.awake = count(Life::starting) + count(Life::ready), .outstanding = outstanding})) {
    wake_wanted_(*this, now);
  } else if (count(Life::away) > 0 && wake_wanted_ && wants_back(outstanding)) {
    wake_wanted_(*this, now);
  }
  if (parked_ > 0 && idle_->wake({.awake = count(Life::ready) - parked_, .outstanding = outstanding})) {
    unpark_one(now);
  }
}

/// To a replica, or to wait for one; false when there is none and none will come.
bool PoolRuntime::take_in(Request& request, Ticks now) {
  if (HostedReplica* taker = route(request, now)) {
    send(*taker, std::move(request), now);
    return true;
  }
  if (members() == 0 && !demand_) {
    return false;
  }
  outstanding_.come(now);
  unrouted_time_.come(now);
  tell_place(request, kNoReplica);
  unrouted_.push(std::move(request), now);
  if (members() == 0) {
    demand_(*this, now);
  }
  return true;
}

RequestView PoolRuntime::view_of(const Request& request, Ticks now) const {
  return {request, now, log_->slo(request.stream)};
}

HostedReplica* PoolRuntime::route(const Request& request, Ticks now) {
  const std::int32_t number = router_->route(view_of(request, now), router_random_);
  return number == kNoReplica ? nullptr : replicas_[static_cast<std::size_t>(number)].get();
}

void PoolRuntime::send(HostedReplica& replica, Request request, Ticks now) {
  outstanding_.come(now);
  tell_place(request, replica.number());
  replica.enqueue(std::move(request), now);
  changed(replica);
}

void PoolRuntime::reject(const Request& request, Outcome outcome, Ticks now) {
  ++bin_.rejections;
  log_->ended({.id = request.id,
               .stream = request.stream,
               .tenant = request.tenant,
               .pool = number_,
               .outcome = outcome,
               .arrival = request.arrival,
               .end = now,
               .prompt_tokens = request.prompt_tokens,
               .deferrable = request.deadline_class == DeadlineClass::deferrable,
               .deadline = request.deadline},
              request, shortage_.at(request.arrival), now);
}

void PoolRuntime::tell_place(const Request& request, std::int32_t replica) {
  if (log_->attempts().watches(request.stream)) {
    log_->attempts().at(request.id, number_, replica);
  }
}

void PoolRuntime::cancel(std::int64_t id, std::int32_t replica, Ticks now) {
  if (replica == kOnItsWay) {
    ended(transfers_->cancel(id, now), Outcome::timed_out, kNoReplica);
  } else if (replica != kNoReplica) {
    replicas_[static_cast<std::size_t>(replica)]->cancel(id, now);
    changes_->update(in_queue_[static_cast<std::size_t>(replica)]);
  } else if (std::optional<Waiting> waiting = unrouted_.take(id)) {
    unrouted_time_.go(now);
    ended(waiting->progress ? transfers_->cancel(id, now) : to_finished(std::move(waiting->request), {}, now),
          Outcome::timed_out, kNoReplica);
  }
}

void PoolRuntime::ended(Finished&& finished, Outcome outcome, std::int32_t replica) {
  const Request& request = finished.request;
  outstanding_.go(finished.end);
  request_shares_ += finished.energy;
  if (log_->attempts().gave_up(request)) {
    outcome = Outcome::timed_out;
    ++bin_.timeouts;
  }
  tenants_.add(request.tenant, finished.prefill_energy, finished.energy - finished.prefill_energy,
               outcome == Outcome::served);
  if (outcome == Outcome::served) {
    ++bin_.completions;
    bound_->add_served(number_, request.stream, request.prompt_tokens, finished.generated, finished.prefix_tokens);
    service_.ended(request.prompt_tokens, finished.generated);
    if (const std::int32_t before = log_->carried_from(request.id); before != RequestLog::kNowhere) {
      transfers_->pool(before).service_.ended(request.prompt_tokens, finished.generated);
    }
    if (served_) {
      served_(request, finished.end);
    }
  }
  log_->ended({.id = request.id,
               .stream = request.stream,
               .tenant = request.tenant,
               .pool = number_,
               .replica = replica,
               .outcome = outcome,
               .arrival = request.arrival,
               .admitted = finished.admitted,
               .first_token = finished.first_token,
               .end = finished.end,
               .worst_gap = finished.worst_gap,
               .prompt_tokens = request.prompt_tokens,
               .output_tokens = finished.generated,
               .preemptions = finished.preemptions,
               .prefix_tokens = finished.prefix_tokens,
               .energy_j = (finished.energy * settings_->accelerators_per_replica()).j(),
               .prefill_energy_j = (finished.prefill_energy * settings_->accelerators_per_replica()).j(),
               .deferrable = request.deadline_class == DeadlineClass::deferrable,
               .deadline = request.deadline},
              request, shortage_.at(request.arrival), finished.end);
}

void PoolRuntime::end_unfinished(Ticks now) {
  outstanding_ticks_ = outstanding_.ticks(now);
  for (const auto& replica : replicas_) {
    for (Finished& unfinished : replica->serving().take_unfinished(now)) {
      ended(std::move(unfinished), Outcome::unfinished, replica->number());
    }
  }
  for (Waiting& waiting : unrouted_.take_all(now)) {
    const RequestProgress progress = waiting.progress ? *waiting.progress : RequestProgress{};
    ended(to_finished(std::move(waiting.request), progress, kNever), Outcome::unfinished, kNoReplica);
  }
}

}  // namespace idlewatt
