// More models than accelerators: replicas that wait for accelerators push others out.
//
// Who waits is served in the order in which it began to wait. It gets, of the accelerators of one server: free ones, or
// such as idle replicas of other pools hold, in the order of the swapping policy. One whose weights are in host memory
// waits for accelerators there; when its patience ends it takes free ones anywhere. When its patience ends and
// everybody is busy, those who have been ready for longest finish what they have and go. From the decision on its
// accelerators are set aside for it, so nobody overtakes it. Nobody is pushed out before its residence is over: so
// however many wait, most of the time is spent on work, and each gets its turn.
#include <algorithm>
#include <tuple>
#include <utility>

#include "datacenter/lifecycle.hpp"
#include "datacenter/placement.hpp"

namespace idlewatt {

/// What a waiting replica could have on one server: accelerators, and who must leave for that.
struct Lifecycle::Seat {
  /// How much it would be missed; the least goes first.
  struct Loss {
    bool awake = false;
    double rank = 0.0;
    std::int32_t pool = 0;
    std::int32_t number = 0;

    bool operator<(const Loss& other) const {
      return std::tie(awake, rank, pool, number) < std::tie(other.awake, other.rank, other.pool, other.number);
    }
  };

  Placement placement;
  std::vector<HostedReplica*> leaving;
  bool off = false;  ///< the server
  Loss last;         ///< of those who leave, the one that is missed most

  bool operator<(const Seat& other) const { return std::tie(off, last) < std::tie(other.off, other.last); }
};

namespace {

bool is_off(const FleetServer& server) {
  return server.state() == ServerState::off || server.state() == ServerState::shutting_down;
}

/// In host memory for that replica: of one that sleeps in its place, too.
double bytes_on(const HostedReplica& replica, std::int32_t server) {
  if (replica.sleeps_on() == server) {
    return replica.pool().load_times().weight_bytes();
  }
  double bytes = 0.0;
  for (const PlacementPart& part : replica.placement().parts) {
    if (part.server == server && replica.life() == Life::asleep) {
      bytes += part.stages * replica.pool().load_times().stage_bytes();
    }
  }
  return bytes;
}

}  // namespace

Ticks Lifecycle::swap_in_time(const PoolRuntime& pool) const {
  return to_ticks(pool.load_times().swap_s()) + swap_->rules().wake_overhead;
}

// ---- Who goes where ----

std::vector<HostedReplica*> Lifecycle::waiting_for_swap() const {
  std::vector<HostedReplica*> waiting;
  for (const auto& pool : cluster_->pools()) {
    if (pool->swapped() && pool->count(Life::pending) > 0) {
      for (const auto& replica : pool->replicas()) {
        if (replica->life() == Life::pending) {
          waiting.push_back(replica.get());
        }
      }
    }
  }
  // Stable: of those that wait equally long the first pool's goes first, then the lowest number.
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const HostedReplica* a, const HostedReplica* b) { return a->life_since() < b->life_since(); });
  return waiting;
}

bool Lifecycle::may_be_pushed(const HostedReplica& replica, Ticks now) const {
  return rests_in_place(replica.life()) ||
         (replica.life() == Life::ready && now - replica.life_since() >= swap_->rules().residence);
}

std::optional<Lifecycle::Seat> Lifecycle::seat_on(std::int32_t number, const HostedReplica& replica, bool from_busy,
                                                  Ticks now) const {
  const PoolRuntime& pool = replica.pool();
  const FleetServer& server = cluster_->fleet().server(number);
  if (server.type->name != pool.settings().server || !server.available()) {
    return std::nullopt;
  }
  const auto needed = static_cast<std::size_t>(pool.settings().parallel.tensor);
  Seat seat{.placement = {.parts = {{.server = number, .accelerators = {}}}},
            .leaving = {},
            .off = is_off(server),
            .last = {}};
  std::vector<std::int32_t>& accelerators = seat.placement.parts.front().accelerators;
  for (std::size_t a = 0; a < server.accelerators.size() && accelerators.size() < needed; ++a) {
    if (server.accelerators[a].free()) {
      accelerators.push_back(static_cast<std::int32_t>(a));
    }
  }
  if (accelerators.size() == needed) {
    if (pool.has_power(seat.placement)) {
      return seat;
    }
    accelerators.clear();  // who leaves gives power, too
  }
  std::vector<std::pair<Seat::Loss, HostedReplica*>> others;
  for (const auto& other_pool : cluster_->pools()) {
    if (!other_pool->swapped() || other_pool.get() == &pool || other_pool->settings().server != server.type->name) {
      continue;
    }
    for (const auto& other : other_pool->replicas()) {
      if (!other->placement().is_on(number) || !may_be_pushed(*other, now) ||
          (other->outstanding() > 0 && !from_busy)) {
        continue;
      }
      const double rank =
          from_busy ? static_cast<double>(other->life_since())
                    : swap_->rank({.now = now, .free_since = other->free_since(), .arrivals = other_pool->arrivals()});
      others.push_back({{.awake = other->life() == Life::ready,
                         .rank = rank,
                         .pool = other_pool->number(),
                         .number = other->number()},
                        other.get()});
    }
  }
  std::sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [loss, other] : others) {
    if (accelerators.size() >= needed) {
      break;
    }
    for (const std::int32_t accelerator : other->placement().parts.front().accelerators) {
      if (accelerators.size() < needed) {
        accelerators.push_back(accelerator);
      }
    }
    seat.leaving.push_back(other);
    seat.last = loss;
  }
  std::sort(accelerators.begin(), accelerators.end());
  return accelerators.size() == needed ? std::optional(std::move(seat)) : std::nullopt;
}

std::optional<Lifecycle::Seat> Lifecycle::best_seat(const HostedReplica& replica, bool from_busy, Ticks now) const {
  std::optional<Seat> best;
  for (std::size_t server = 0; server < cluster_->fleet().servers().size(); ++server) {
    std::optional<Seat> seat = seat_on(static_cast<std::int32_t>(server), replica, from_busy, now);
    if (seat && (!best || *seat < *best)) {
      best = std::move(seat);
    }
  }
  return best;
}

std::optional<Lifecycle::Seat> Lifecycle::choose_seat(const HostedReplica& replica, Ticks now) const {
  const bool impatient = now - replica.life_since() >= swap_->rules().patience;
  const std::int32_t home = replica.sleeps_on();
  const bool has_home = home != HostedReplica::kNowhere && cluster_->fleet().server(home).available();
  if (has_home) {
    std::optional<Seat> seat = seat_on(home, replica, false, now);
    if (seat || !impatient) {
      return seat;
    }
  }
  if (std::optional<Placement> placement = replica.pool().find_place()) {
    return Seat{.placement = std::move(*placement), .leaving = {}, .off = false, .last = {}};
  }
  if (has_home) {
    return seat_on(home, replica, true, now);
  }
  std::optional<Seat> seat = best_seat(replica, false, now);
  return seat || !impatient ? seat : best_seat(replica, true, now);
}

// ---- Accelerators that are set aside ----

void Lifecycle::drop_claim(HostedReplica& replica) {
  for (const PlacementPart& part : replica.claim().parts) {
    for (const std::int32_t accelerator : part.accelerators) {
      cluster_->fleet().slot(part.server, accelerator).claimed = false;
    }
  }
  replica.set_claim({});
}

void Lifecycle::drop_broken_claims() {
  for (HostedReplica* replica : waiting_for_swap()) {
    for (const PlacementPart& part : replica->claim().parts) {
      const FleetServer& server = cluster_->fleet().server(part.server);
      if (!server.available() ||
          std::any_of(part.accelerators.begin(), part.accelerators.end(), [&server](std::int32_t accelerator) {
            return server.accelerators[static_cast<std::size_t>(accelerator)].down > 0;
          })) {
        drop_claim(*replica);
        break;
      }
    }
  }
}

bool Lifecycle::start_on_claim(HostedReplica& replica, Ticks now) {
  const Placement placement = replica.claim();
  const PlacementPart& part = placement.parts.front();
  Fleet& fleet = cluster_->fleet();
  PoolRuntime& pool = replica.pool();
  if (!std::all_of(part.accelerators.begin(), part.accelerators.end(),
                   [&](std::int32_t accelerator) { return fleet.slot(part.server, accelerator).empty(); }) ||
      !pool.has_power(placement)) {
    return false;
  }
  drop_claim(replica);
  if (replica.sleeps_on() != part.server) {
    replica.sleep_on(HostedReplica::kNowhere);
  }
  pool.take(replica, placement, now);
  if (replica.sleeps_on() == part.server) {
    begin_wake(replica, now);
  } else {
    begin_start(replica, now);
  }
  return true;
}

void Lifecycle::claim(HostedReplica& replica, const Seat& seat, Ticks now) {
  replica.set_claim(seat.placement);
  for (const PlacementPart& part : seat.placement.parts) {
    for (const std::int32_t accelerator : part.accelerators) {
      cluster_->fleet().slot(part.server, accelerator).claimed = true;
    }
  }
  // While an actor is created others of this instant run: first everybody is told to go.
  std::vector<std::pair<HostedReplica*, Clock>> going;
  std::vector<PoolRuntime*> gone;
  for (HostedReplica* other : seat.leaving) {
    if (rests_in_place(other->life())) {
      if (other->life() == Life::asleep) {
        keep_in_memory(*other);
      }
      end_swap_out(*other, now);
      gone.push_back(&other->pool());
      continue;
    }
    other->pool().set_life(*other, other->outstanding() > 0 ? Life::yielding : Life::resting, now);
    going.emplace_back(other, clock_at(now));
    leaving_[other] = going.back().second;
  }
  for (const auto& [other, clock] : going) {
    if (!clock->retired()) {
      act(*site_, "swap", clock, [this, other = other](ActorClock& own) { swap_out_body(*other, own); });
    }
  }
  for (PoolRuntime* pool : gone) {
    if (pool->starved()) {
      wake_one(*pool, now);
    }
  }
}

void Lifecycle::serve_swaps(Ticks now) {
  drop_broken_claims();
  // While an actor is created others of this instant run: after each start and claim, everybody is looked at anew.
  for (bool changed = true; changed;) {
    changed = false;
    for (HostedReplica* replica : waiting_for_swap()) {
      if (!replica->claim().parts.empty()) {
        changed = start_on_claim(*replica, now);
      } else if (const std::optional<Seat> seat = choose_seat(*replica, now)) {
        claim(*replica, *seat, now);
        changed = true;
      }
      if (changed) {
        break;
      }
    }
  }
  watch_swaps(now);
}

// ---- Going ----

void Lifecycle::swap_out_body(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  for (;;) {
    cluster_->settle(clock.now());
    if (replica.outstanding() == 0) {
      break;
    }
    clock.sleep_until(std::max(time_of(replica.serving().next_change()), clock.now() + 1));
  }
  if (replica.life() == Life::yielding) {
    pool.set_life(replica, Life::resting, clock.now());
  }
  const double takes_s = keep_in_memory(replica) ? pool.load_times().swap_s() : pool.engine().stop_s.value;
  clock.sleep_until(clock.now() + to_ticks(takes_s));
  cluster_->settle(clock.now());
  leaving_.erase(&replica);
  end_swap_out(replica, clock.now());
  place_pending(clock.now());
  if (pool.starved()) {
    wake_one(pool, clock.now());
  }
}

void Lifecycle::end_swap_out(HostedReplica& replica, Ticks now) {
  PoolRuntime& pool = replica.pool();
  if (pool.members() > pool.target()) {  // fewer are wanted meanwhile
    pool.remove(replica, now);
  } else {
    pool.send_away(replica, now);
  }
}

// ---- Host memory ----

double Lifecycle::free_memory(std::int32_t server, const HostedReplica& besides) const {
  double bytes = swap_->rules().memory_share * cluster_->fleet().server(server).type->host_memory_bytes.value;
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      bytes -= replica.get() == &besides ? 0.0 : bytes_on(*replica, server);
    }
  }
  return bytes;
}

bool Lifecycle::keep_in_memory(HostedReplica& replica) {
  if (!swap_->rules().to_host_memory) {
    return false;
  }
  const std::int32_t server = replica.placement().parts.front().server;
  const double needed = replica.pool().load_times().weight_bytes();
  double room = free_memory(server, replica);
  std::vector<HostedReplica*> sleepers;
  for (const auto& pool : cluster_->pools()) {
    for (const auto& other : pool->replicas()) {
      if (other->life() == Life::away && other->sleeps_on() == server) {
        sleepers.push_back(other.get());
      }
    }
  }
  std::stable_sort(sleepers.begin(), sleepers.end(),
                   [](const HostedReplica* a, const HostedReplica* b) { return a->life_since() < b->life_since(); });
  auto end = sleepers.begin();  // of those that go
  for (; room < needed && end != sleepers.end(); ++end) {
    room += bytes_on(**end, server);
  }
  if (room < needed) {
    return false;
  }
  std::for_each(sleepers.begin(), end, [](HostedReplica* sleeper) { sleeper->sleep_on(HostedReplica::kNowhere); });
  replica.sleep_on(server);
  return true;
}

void Lifecycle::forget_sleepers(std::int32_t server) {
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      if (replica->sleeps_on() == server) {
        replica->sleep_on(HostedReplica::kNowhere);
      }
    }
  }
}

// ---- When to look again ----

Ticks Lifecycle::next_chance(Ticks now) const {
  Ticks next = kNever;
  const auto add = [&](Ticks time) { next = time > now ? std::min(next, time) : next; };
  bool waits = false;
  for (const HostedReplica* replica : waiting_for_swap()) {
    if (replica->claim().parts.empty()) {
      waits = true;
      add(replica->life_since() + swap_->rules().patience);
    }
  }
  if (!waits) {
    return kNever;
  }
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      if (pool->swapped() && replica->life() == Life::ready) {
        add(replica->life_since() + swap_->rules().residence);
        if (replica->outstanding() > 0) {
          add(std::max(time_of(replica->serving().next_change()), now + 1));
        }
      }
    }
  }
  return next;
}

void Lifecycle::watch_swaps(Ticks now) {
  const Ticks next = next_chance(now);
  if (next == kNever || (watch_ && watch_at_ <= next)) {
    return;  // whoever looks sooner than that will see
  }
  if (watch_) {
    watch_->retire();
  }
  watch_ = clock_at(next);
  watch_at_ = next;
  act(*site_, "swap watch", watch_, [this](ActorClock& clock) {
    for (;;) {
      cluster_->settle(clock.now());
      watch_at_ = clock.now();
      serve_swaps(clock.now());
      const Ticks later = next_chance(clock.now());
      if (clock.retired()) {
        return;
      }
      if (later == kNever) {
        watch_ = nullptr;
        return;
      }
      watch_at_ = later;
      clock.sleep_until(later);
    }
  });
}

}  // namespace idlewatt
