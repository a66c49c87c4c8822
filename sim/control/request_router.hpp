// The requests of a pool: which are admitted, to which replica each goes, and how each ends.
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

class RequestRouter {
 public:
  /// `pool`, of which it is a part, `log` and `bound` outlive it.
  RequestRouter(RunningPool& pool, const Scenario& scenario, RequestLog& log, FleetLowerBound& bound);
  RequestRouter(const RequestRouter&) = delete;
  RequestRouter& operator=(const RequestRouter&) = delete;

  /// What becomes of requests that find the pool without replicas: its autoscaler says so.
  void set_at_zero(AtZero at_zero) { at_zero_ = at_zero; }
  /// Complete answers go into the cache, which outlives the router.
  void fill_cache(RequestCache& cache) { cache_ = &cache; }
  /// Disaggregated serving: requests go on in `decode` (null for a decode pool). Both outlive the router.
  void disaggregate(KvTransfers& transfers, RunningPool* decode);

  // What a router of pools sees.
  bool fits(const Request& request) const;
  PoolLoad load() const;
  const ServiceEstimator& service() const { return service_; }
  /// Requests that wait for a replica to be ready.
  std::int64_t unrouted() const { return static_cast<std::int64_t>(unrouted_.size()); }
  /// Whether requests wait and no replica is ready or on its way to it; one that others make room for is on its way.
  bool starved() const;

  // A request comes, at `now`, up to which the queue of replica events was settled.
  /// Counts the request. False when it is turned away; then it has ended.
  bool admit(const Request& request, Ticks now);
  /// Whether one sleeping replica should be woken for so many requests.
  bool wants_wake(std::int64_t outstanding) const;
  /// Brings the clocks of a parked replica up if so many requests want it.
  void unpark_for(std::int64_t outstanding, Ticks now);
  /// What became of a request that was looked for a place.
  enum class Place : std::uint8_t {
    found,          ///< at a replica
    waits,          ///< for a replica to be ready
    wants_replica,  ///< waits, and the pool has no replica at all: its autoscaler is to be asked
    none,           ///< no replica will come
  };
  /// To a replica, or to wait for one. The request is taken unless the answer is `none`.
  Place accept_or_wait(Request& request, Ticks now);
  /// Ends a request that found no place.
  void reject(const Request& request, Ticks now) { reject(request, Outcome::rejected, now); }
  /// A replica is ready: it gets the requests that waited for one.
  void serve_unrouted(Ticks now);
  /// Nobody wants the answer any more to a request that is at that place, of this pool. The request ends at once or with
  /// the step under way.
  void cancel(std::int64_t id, const RequestPlace& place, Ticks now);

  // Disaggregated serving.
  void last_chunk_began(HostedReplica& replica, const Request& request, std::int64_t tokens, Ticks now);
  /// The replica, of this prefill pool, hands a request over.
  void hand_over(HostedReplica& replica, HandOver&& handed);
  /// A request was handed over to this decode pool.
  void receive_handed_over(const Request& request, Ticks now);
  /// Where the router sends the request; null when no replica takes requests.
  HostedReplica* route(const Request& request, Ticks now);
  /// A replica for a request that was handed over (then `target` is set), or it waits here.
  Place find_target(const Request& request, const RequestProgress& progress, HostedReplica*& target, Ticks now);
  void forget_unrouted(std::int64_t id) { static_cast<void>(unrouted_.take(id)); }
  /// The KV cache of the request has arrived at the replica.
  void receive(HostedReplica& replica, const Request& request, const RequestProgress& progress, Ticks now);

  // Requests end.
  /// `replica` is empty for a request that ended at none.
  void ended(Finished&& finished, Outcome outcome, std::optional<ReplicaId> replica);
  /// Requests of a lost replica fail, or go to another (`retried`) as if they had just come. Returns whether the pool
  /// has requests and no replica at all.
  bool end_lost(std::vector<Finished>&& lost, bool retried, Ticks now);
  /// Writes down what is unfinished at the horizon.
  void end_unfinished(Ticks now);

 private:
  void reject(const Request& request, Outcome outcome, Ticks now);
  Place wait(Waiting&& waiting, Ticks now);
  RequestView view_of(const Request& request, Ticks now) const;
  void send(HostedReplica& replica, Request request, Ticks now);
  /// Tells the client's side where the request is.
  void tell_place(const Request& request, std::optional<ReplicaId> replica, bool on_its_way = false);
  double all_j(Energy per_accelerator) const;
  RequestRecord record_of(const Request& request, Outcome outcome, Ticks end) const;

  RunningPool* pool_;
  RequestLog* log_;
  FleetLowerBound* bound_;
  RequestCache* cache_ = nullptr;     ///< null when the scenario has none
  KvTransfers* transfers_ = nullptr;  ///< null for a pool that does all of its requests
  RunningPool* decode_ = nullptr;     ///< of a prefill pool
  std::unique_ptr<AdmissionPolicy> admission_;
  ServiceEstimator service_;
  RequestQueue unrouted_;  ///< waiting for a replica to be ready
  AtZero at_zero_ = AtZero::rejects;
  double back_above_ = 0.0;  ///< SwapRules::wake_above
};

}  // namespace idlewatt
