// The requests of a pool: admission, routing to a replica, and end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/id.hpp"
#include "control/request_log.hpp"
#include "engine/replica.hpp"
#include "engine/request_queue.hpp"
#include "ledger/fleet_lower_bound.hpp"
#include "policy/admit/admission.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "policy/service_estimate.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class HostedReplica;
class KvTransfers;
class RequestCache;
class RunningPool;

/// Admits the requests of a pool, sends them to replicas, and records their ends.
class RequestRouter {
 public:
  /// Makes the router of `pool`. `pool`, `log` and `bound` must outlive it.
  RequestRouter(RunningPool& pool, const Scenario& scenario, RequestLog& log, FleetLowerBound& bound);
  RequestRouter(const RequestRouter&) = delete;
  RequestRouter& operator=(const RequestRouter&) = delete;

  /// Sets the fate of requests that find the pool without replicas, which the pool's autoscaler decides.
  void set_at_zero(AtZero at_zero) { at_zero_ = at_zero; }
  /// Adds complete answers to the cache from now on. The cache must outlive the router.
  void fill_cache(RequestCache& cache) { cache_ = &cache; }
  /// Disaggregated serving: requests continue in `decode` (null for a decode pool). Both arguments must outlive the
  /// router.
  void disaggregate(KvTransfers& transfers, RunningPool* decode);

  // The properties that a router of pools sees.
  bool fits(const Request& request) const;
  PoolLoad load() const;
  const ServiceEstimator& service() const { return service_; }
  /// Number of requests that wait for a replica to be ready.
  std::int64_t unrouted() const { return static_cast<std::int64_t>(unrouted_.size()); }
  /// True when requests wait and no replica is ready or on its way. A replica that others make room for is on its way.
  bool starved() const;

  // The steps of a request that comes at `now`, up to which the queue of replica events must be settled.
  /// Counts the request. Returns false when it is refused; it has then ended.
  bool admit(const Request& request, Ticks now);
  /// True when `outstanding` requests justify the wake of one sleeping replica.
  bool wants_wake(std::int64_t outstanding) const;
  /// Raises the clocks of a parked replica if `outstanding` requests justify it.
  void unpark_for(std::int64_t outstanding, Ticks now);
  /// The result of the search for a place for a request.
  enum class Place : std::uint8_t {
    found,          ///< it is at a replica
    waits,          ///< it waits for a replica to be ready
    wants_replica,  ///< it waits, and the pool has no replica at all: the autoscaler must be asked
    none,           ///< it has no place: no replica will come
  };
  /// Sends a request to a replica or lets it wait for one. The request is moved from unless the answer is `none`.
  Place accept_or_wait(Request& request, Ticks now);
  /// Ends a request that found no place.
  void reject(const Request& request, Ticks now) { reject(request, Outcome::rejected, now); }
  /// Sends waiting requests to replicas after one has become ready.
  void serve_unrouted(Ticks now);
  /// Cancels a request at that place of this pool, since its client has given up. It ends at once, or with the step
  /// under way.
  void cancel(std::int64_t id, const RequestPlace& place, Ticks now);

  // Disaggregated serving.
  void last_chunk_began(HostedReplica& replica, const Request& request, std::int64_t tokens, Ticks now);
  /// Handles a request that a replica of this prefill pool hands over.
  void hand_over(HostedReplica& replica, HandOver&& handed);
  /// Takes a request that was handed over to this decode pool.
  void receive_handed_over(const Request& request, Ticks now);
  /// The replica to which the router sends the request; null when no replica takes requests.
  HostedReplica* route(const Request& request, Ticks now);
  /// Finds a replica for a request that was handed over and sets `target`; otherwise the request waits here.
  Place find_target(const Request& request, const RequestProgress& progress, HostedReplica*& target, Ticks now);
  void forget_unrouted(std::int64_t id) { static_cast<void>(unrouted_.take(id)); }
  /// Takes a request whose KV cache has arrived at the replica.
  void receive(HostedReplica& replica, const Request& request, const RequestProgress& progress, Ticks now);

  // The ends of requests.
  /// Records the end of a request. `replica` is empty for a request that was at no replica.
  void ended(Finished&& finished, Outcome outcome, std::optional<ReplicaId> replica);
  /// Ends the requests of a lost replica. They fail, or go to another replica as if they had just come (`retried`).
  /// Returns true when the pool has requests and no replica at all.
  bool end_lost(std::vector<Finished>&& lost, bool retried, Ticks now);
  /// Records the requests that are unfinished at the horizon.
  void end_unfinished(Ticks now);

 private:
  void reject(const Request& request, Outcome outcome, Ticks now);
  Place wait(Waiting&& waiting, Ticks now);
  RequestView view_of(const Request& request, Ticks now) const;
  void send(HostedReplica& replica, Request&& request, Ticks now);
  /// Tells ClientAttempts where the request is.
  void tell_place(const Request& request, std::optional<ReplicaId> replica, bool on_its_way = false);
  double all_j(Energy per_accelerator) const;
  RequestRecord record_of(const Request& request, Outcome outcome, Ticks end) const;

  RunningPool* pool_;
  RequestLog* log_;
  FleetLowerBound* bound_;
  RequestCache* cache_ = nullptr;     ///< null when the scenario has none
  KvTransfers* transfers_ = nullptr;  ///< null for a pool that serves whole requests
  RunningPool* decode_ = nullptr;     ///< for a prefill pool: the pool that continues its requests
  std::unique_ptr<AdmissionPolicy> admission_;
  ServiceEstimator service_;
  RequestQueue unrouted_;  ///< waiting for a replica to be ready
  AtZero at_zero_ = AtZero::rejects;
  double back_above_ = 0.0;  ///< SwapRules::wake_above
};

}  // namespace idlewatt
