// A pool while it runs: its replicas, its router, and what it counts.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "datacenter/change_queue.hpp"
#include "datacenter/fleet.hpp"
#include "datacenter/hosted_replica.hpp"
#include "datacenter/load_times.hpp"
#include "datacenter/outstanding_meter.hpp"
#include "datacenter/request_log.hpp"
#include "datacenter/shortage.hpp"
#include "datacenter/trace_forecast.hpp"
#include "ledger/books.hpp"
#include "ledger/fleet_lower_bound.hpp"
#include "ledger/recorder.hpp"
#include "ledger/tenant_shares.hpp"
#include "physics/slowed_steps.hpp"
#include "physics/step_model.hpp"
#include "policy/admit/admission.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "policy/idle/idle.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/queue/queue.hpp"
#include "policy/route/route.hpp"
#include "policy/service_estimate.hpp"
#include "scenario/scenario.hpp"
#include "engine/request_queue.hpp"
#include "engine/replica.hpp"

namespace idlewatt {

class KvTransfers;

/// In place of a replica's number: between two replicas, with its KV cache.
inline constexpr std::int32_t kOnItsWay = -2;
static_assert(kOnItsWay != kNoReplica);

class PoolRuntime {
 public:
  /// `scenario`, `fleet`, `log`, `changes` and `bound`, to which it adds itself, outlive the pool.
  PoolRuntime(const Scenario& scenario, std::int32_t number, Fleet& fleet, RequestLog& log, ChangeQueue& changes,
              FleetLowerBound& bound);
  PoolRuntime(const PoolRuntime&) = delete;
  PoolRuntime& operator=(const PoolRuntime&) = delete;

  std::int32_t number() const { return number_; }
  const Pool& settings() const { return *settings_; }
  const Accelerator& accelerator() const { return *accelerator_; }
  const Model& model() const { return *model_; }
  const Engine& engine() const { return *engine_; }
  const ReplicaSpec& replica_spec() const { return *spec_; }
  std::unique_ptr<BatchPolicy> make_batch_policy() const;
  const LoadTimes& load_times() const { return load_times_; }
  /// What an accelerator of an awake replica may draw beyond what an empty one does.
  Power reserved() const { return reserved_; }
  /// Whether there is room for one more, were there power enough.
  bool has_room() const;
  /// Where one more would be placed now.
  std::optional<Placement> find_place() const;
  /// Whether there is power for a replica that wakes or starts there.
  bool has_power(const Placement& placement) const;
  /// Whether its replicas make room for other pools', and others' for its.
  bool swapped() const { return swapped_; }
  /// Requests that have come to it.
  std::int64_t arrivals() const { return arrivals_; }
  /// A sleeping replica is wanted, and there was no power so far; nothing when none is.
  const std::optional<Ticks>& wake_wanted() const { return wake_wanted_since_; }
  void want_wake(std::optional<Ticks> since) { wake_wanted_since_ = since; }
  IdlePolicy& idle_policy() { return *idle_; }
  /// Of its replicas and its requests, as idle policies see them.
  IdleView idle_view(Ticks now) const;
  TokenWork work_of_a_token() const;

  const std::vector<std::unique_ptr<HostedReplica>>& replicas() const { return replicas_; }
  std::int32_t count(Life life) const { return lives_[static_cast<std::size_t>(life)]; }
  /// Replicas that the pool has or wants: pending, starting, ready and sleeping ones.
  std::int32_t members() const;
  std::int32_t target() const { return target_; }

  /// Brings the pool to its first replicas at time 0: ready where there is room, else pending.
  void start();

  /// What the autoscaler wants from now on; the lifecycle brings it about.
  void set_target(std::int32_t target, Ticks now);

  // Changes of a replica's life, each at `now`; the lifecycle calls them in order.
  HostedReplica& add_pending(Ticks now);
  /// Gives a pending replica accelerators, if there is room and power.
  bool place(HostedReplica& replica, Ticks now);
  /// Gives it these, which nobody holds.
  void take(HostedReplica& replica, const Placement& placement, Ticks now);
  void set_life(HostedReplica& replica, Life life, Ticks now);
  /// All accelerators of the replica enter a state.
  void enter(HostedReplica& replica, AcceleratorState state, Power power, Ticks now);
  /// The replica takes requests: first those that waited for one.
  void become_ready(HostedReplica& replica, Ticks now);
  /// The clocks of a ready, idle replica's accelerators go down, at once; the router sees it no more until a request
  /// brings them up again, which takes the accelerator's clock_change_s. It stays ready.
  void park(HostedReplica& replica, IdleAction depth, Ticks now);
  /// The replica holds no accelerators any more, and is gone; or it is away, and counts as pushed out.
  void remove(HostedReplica& replica, Ticks now);
  void send_away(HostedReplica& replica, Ticks now);
  /// The ready replica to drain first: with `pack` on the server with the fewest awake replicas, with `spread` on the
  /// one with the most, not counting this pool's that drain already (of one on several servers, the one that ranks it
  /// first counts); of equals the one with the least to do, then the last. Null when none is ready.
  HostedReplica* to_drain();

  /// The request comes to the pool at `now`, up to which the queue was settled.
  void arrive(Request request, Ticks now);

  // What its front door knows.
  bool fits(const Request& request) const {
    return spec_->fits(request) && (decode_ == nullptr || request.output_tokens == 1 || decode_->fits(request));
  }
  PoolLoad load() const;
  const ServiceEstimator& service() const { return service_; }

  /// Whether requests wait and no replica is ready or on its way to it; one that others make room for is.
  bool starved() const { return !unrouted_.empty() && coming() == 0; }

  /// Called when a request has come and waits, and the pool has no replica at all; without it such requests are rejected.
  void on_demand(std::function<void(PoolRuntime&, Ticks)> demand) { demand_ = std::move(demand); }

  /// Called at an arrival when a sleeping replica is to be woken.
  void on_wake_wanted(std::function<void(PoolRuntime&, Ticks)> wake) { wake_wanted_ = std::move(wake); }

  /// Nobody wants the answer to a request any more that is at a replica (or kNoReplica: waits for one), at `now`, up to
  /// which the queue was settled. It ends at once or with the step under way.
  void cancel(std::int64_t id, std::int32_t replica, Ticks now);

  /// From its next boundary on its steps are as slow as the slowest of its servers.
  void set_pace(HostedReplica& replica, Ticks now);

  // Disaggregated serving (pool_runtime_roles.cpp). Requests go on in `decode` (null for a decode pool).
  void disaggregate(KvTransfers& transfers, PoolRuntime* decode);
  /// A request was handed over to this pool at `now`.
  void come_over(const Request& request, Ticks now);
  /// A replica for it, or none yet: then it waits here. False when none will come.
  bool find_place(const Request& request, const RequestProgress& progress, HostedReplica*& place, Ticks now);
  /// It waits here no more.
  void forget_waiting(std::int64_t id) { static_cast<void>(unrouted_.take(id)); }
  /// Where its router sends the request; null when no replica takes requests.
  HostedReplica* route(const Request& request, Ticks now);
  /// Its KV cache has arrived at the replica.
  void receive(HostedReplica& replica, const Request& request, const RequestProgress& progress, Ticks now);
  /// A replica that drains may have nothing left.
  void on_drained(std::function<void(HostedReplica&, Ticks)> drained) { drained_ = std::move(drained); }
  void go_on_draining(HostedReplica& replica, Ticks now) { drained_(replica, now); }

  /// The replica, whatever it does, is gone at `now`, up to which the queue was settled; what it had is handed over.
  std::vector<Finished> lose(HostedReplica& replica, Ticks now);
  /// Such requests fail, or go to another replica (`retried`) as if they had just come.
  void end_lost(std::vector<Finished>&& lost, bool retried, Ticks now);

  /// Called when a request has got its last token, at a time: its answer is complete.
  void on_served(std::function<void(const Request&, Ticks)> served) { served_ = std::move(served); }

  /// Charges the accelerators for the work done up to `now`, which has been settled.
  void report_work(Ticks now);
  /// Has all work up to `now` charged; fills the counts of a bin that ends at `now`, and starts the next.
  void close_bin(Ticks now, PoolBin& bin);

  /// Writes down what is unfinished at the horizon.
  void end_unfinished(Ticks now);

  /// What its autoscaler sees; the means are since the last call.
  AutoscaleView view(Ticks now);
  PoolBook book(Ticks now);

  // Called by its replicas.
  void load_changed(const HostedReplica& replica);
  void idle_ended(Ticks idle) { idle_->idle_ended(idle); }
  void waiting_changed(std::int64_t change) { waiting_ += change; }
  void worked(const Work& work);
  void ended(Finished&& finished, Outcome outcome, std::int32_t replica);
  void last_chunk_began(HostedReplica& replica, const Request& request, std::int64_t tokens, Ticks now);
  void handed_over(HostedReplica& replica, HandOver&& handed);
  /// Its next change is another one.
  void changed(const HostedReplica& replica) {
    changes_->update(in_queue_[static_cast<std::size_t>(replica.number())]);
  }

 private:
  /// What steps cost on slow servers.
  struct SlowPace {
    SlowPace(const StepModel& whole, double slowness, Power idle) : physics(whole, slowness, idle) {}
    SlowedSteps physics;
    std::unique_ptr<ReplicaSpec> spec;
  };

  /// Counters of the bin under way.
  struct Counts {
    std::int64_t arrivals = 0;
    std::int64_t completions = 0;
    std::int64_t rejections = 0;
    std::int64_t timeouts = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
  };

  std::int32_t coming() const {
    return count(Life::starting) + count(Life::ready) + (swapped_ ? count(Life::pending) : 0);
  }
  /// Whether one more of those that were pushed out should come back, for so many requests.
  bool wants_back(std::int64_t outstanding) const;
  void leave_place(HostedReplica& replica, Life becomes, Ticks now);
  void unpark(HostedReplica& replica, Ticks now);
  void unpark_one(Ticks now);
  void reject(const Request& request, Outcome outcome, Ticks now);
  RequestView view_of(const Request& request, Ticks now) const;
  void wake_for(std::int64_t outstanding, Ticks now);
  void send(HostedReplica& replica, Request request, Ticks now);
  bool take_in(Request& request, Ticks now);
  /// Tells the clients' side where the request is.
  void tell_place(const Request& request, std::int32_t replica);
  void count_time(Ticks now);

  const Pool* settings_;
  std::int32_t number_;
  Fleet* fleet_;
  RequestLog* log_;
  ChangeQueue* changes_;
  const Accelerator* accelerator_;
  const Model* model_;
  const Engine* engine_;
  LoadTimes load_times_;
  Power reserved_;
  bool swapped_;
  double back_above_ = 0.0;  ///< SwapRules::wake_above
  std::optional<Ticks> wake_wanted_since_;
  std::unique_ptr<StepModel> physics_;
  BatchDeclaration batching_;
  std::unique_ptr<QueuePolicy> queue_order_;
  std::unique_ptr<PrefixPolicy> prefix_cache_;
  std::unique_ptr<ReplicaSpec> spec_;
  std::map<double, SlowPace> slow_paces_;  ///< by slowness, as far as it was needed
  std::unique_ptr<AdmissionPolicy> admission_;
  std::unique_ptr<RoutePolicy> router_;
  RandomStream router_random_;
  std::unique_ptr<IdlePolicy> idle_;
  std::function<void(PoolRuntime&, Ticks)> wake_wanted_;
  std::function<void(PoolRuntime&, Ticks)> demand_;
  std::function<void(const Request&, Ticks)> served_;
  std::function<void(HostedReplica&, Ticks)> drained_;
  KvTransfers* transfers_ = nullptr;  ///< null for a pool that does all of its requests
  PoolRuntime* decode_ = nullptr;     ///< of a prefill pool

  std::vector<std::unique_ptr<HostedReplica>> replicas_;
  std::vector<std::size_t> in_queue_;  ///< of each replica, its number in the change queue
  std::array<std::int32_t, kLives> lives_{};
  std::int32_t parked_ = 0;  ///< of the ready ones
  std::int32_t target_ = 0;
  OutstandingMeter outstanding_;  ///< requests at replicas and unrouted
  std::int64_t waiting_ = 0;      ///< requests at replicas that are in no batch
  RequestQueue unrouted_;           ///< waiting for a replica to be ready
  OutstandingMeter unrouted_time_;
  Shortage shortage_;

  Counts bin_;
  Power idle_power_;
  Power busy_static_power_;
  double overhead_per_accelerator_w_;
  std::int32_t seats_;
  ServiceEstimator service_;
  int128_t empty_seat_ticks_ = 0;  ///< of busy replicas
  Energy busy_energy_;             ///< per accelerator of a replica
  Energy request_shares_;            ///< per accelerator of a replica
  TenantShares tenants_;           ///< likewise
  std::int64_t output_tokens_ = 0;
  std::int64_t arrivals_ = 0;
  int128_t busy_ticks_ = 0;
  int128_t replica_ticks_ = 0;
  int128_t pending_ticks_ = 0;
  Ticks counted_until_ = 0;
  std::int64_t cold_starts_ = 0;
  std::int64_t swaps_ = 0;
  int128_t outstanding_ticks_ = 0;  ///< at the end
  FleetLowerBound* bound_;

  // At the last view().
  Ticks viewed_at_ = 0;
  int128_t viewed_outstanding_ticks_ = 0;
  std::int64_t viewed_arrivals_ = 0;
  int128_t viewed_busy_ticks_ = 0;
  std::int64_t viewed_output_tokens_ = 0;
};

}  // namespace idlewatt
