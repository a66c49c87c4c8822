// Disaggregated serving: requests between the replica that computed their prompts and the one that generates the rest
// of their tokens. Knows what is to travel, from where to where and since when; the network carries it
// (run/platform.hpp).
//
//  1. When a replica of a prefill pool hands a request over, the decode pool has it: its RoutePolicy chooses a replica,
//     or it waits there until one is ready. The KV cache of its prompt then travels from the servers of the one replica
//     to those of the other. Its blocks are held by the first until it has arrived: DistServe (Zhong et al., OSDI 2024,
//     section 4.3) uses the memory of prefill instances as the buffer of what is to travel.
//  2. It arrives in the host memory of the decode replica's server and takes blocks when it joins the batch, as in
//     Mooncake (Qin et al., FAST 2025, arXiv 2407.00079, section 4: streamed into the CPU memory of the decoding node,
//     from which the request joins the next batch). That memory is taken to be large enough, and the copy from it to be
//     hidden.
//  3. Layer-wise: when the step begins that completes a prompt, all of the cache sets out but the last layer's share of
//     that step's tokens. When the step has ended and this has arrived, the rest follows. So what travels may be ahead
//     of the layers that are computed, never of the step. A real engine sends each layer as it is ready (Splitwise,
//     Patel et al., ISCA 2024, section IV.C), which occupies the links for longer and ends at the same time, unless
//     others want them. Earlier chunks of a prompt could have been sent before; here they go with the last.
//     Setting out and arriving take up to two microseconds together: both happen at whole ones.
//  4. A cache under way is not recalled: when its request is cancelled the cache travels on, and the blocks are held
//     until it has arrived. When a replica is lost, a cache that nobody waits for any more keeps its share of the links
//     until it would have arrived.
//  5. A lost prefill replica takes the requests with it whose caches it held. When the decode replica is lost, the
//     cache is sent to another (or the request fails, as the scenario's faults say). A request lost while it decodes
//     begins anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/effects.hpp"
#include "control/hosted_replica.hpp"
#include "control/replica_event_queue.hpp"
#include "control/request_log.hpp"
#include "engine/sequence.hpp"
#include "ledger/kv_statistics.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The part of a KV cache that is sent at one time for one request.
struct KvFlow {
  std::int64_t number = 0;
  std::vector<KvPiece> pieces;
};

class RunningPool;
using RunningPools = IndexedVector<PoolId, std::unique_ptr<RunningPool>>;

class KvTransfers {
 public:
  /// Makes the transfers of a scenario with roles. All arguments must outlive this object; `pools` may still be filled.
  KvTransfers(const Scenario& scenario, const RunningPools& pools, ReplicaEventQueue& changes, RequestLog& log);

  // Reports from replicas of prefill pools.
  void last_chunk_began(HostedReplica& source, const Request& request, std::int64_t tokens, Ticks now);
  void handed_over(HostedReplica& source, HandOver&& handed);

  /// The time of the next action: a flow is sent, or a prefill replica may hand a request over. kNever when there is
  /// none.
  Ticks due() const;
  /// An action that control must carry out for a transfer.
  struct ToDo {
    std::optional<KvFlow> flow;         ///< flow to send
    std::int64_t wants_target = kNone;  ///< number of a transfer that has been handed over and has no target replica
  };
  static constexpr std::int64_t kNone = -1;
  /// Acts on what is due at `now` until control has an action to carry out; empty when there is none. Requires that the
  /// cluster is settled up to `now`.
  std::optional<ToDo> next_to_do(Ticks now);
  /// The decode pool of a transfer that needs a target.
  RunningPool& decode_pool_of(std::int64_t transfer) { return *transfers_.at(transfer).decode; }
  /// The result of find_target(): the flow to send, and whether the decode pool needs a replica because it has none at
  /// all.
  struct Targeted {
    std::optional<KvFlow> flow;
    bool wants_replica = false;
  };
  Targeted find_target(std::int64_t transfer, Ticks now);
  /// The draining replicas that may have become empty since the last call.
  std::vector<HostedReplica*> take_drained() { return std::exchange(drained_, {}); }
  /// Records that a flow has arrived at `now`. Requires that the cluster is settled up to `now`. Of flows that arrive
  /// at one tick, the one that was sent first comes first (ControlSchedule).
  void arrive(std::int64_t flow, Ticks now);

  RunningPool& pool(PoolId id) const { return *(*pools_)[id]; }

  /// Assigns a handed-over request in the decode pool's queue to a replica of that pool.
  void take_position(std::int64_t request, HostedReplica& target, Ticks now);

  /// True when the request was handed over and has not arrived.
  bool carries(std::int64_t request) const { return by_request_.contains(request); }
  /// Cancels a request whose client has given up. Returns it as it is at `now`.
  Finished cancel(std::int64_t request, Ticks now);
  /// Starts the search for another target after the loss of the replica.
  void send_again(std::int64_t request, Ticks now);

  /// Handles the loss of a decode replica. Adds the requests that it was to receive, as they are, to `lost`.
  void lose_target(const HostedReplica& target, std::vector<Finished>& lost, Ticks now);
  /// The requests of a lost prefill replica whose KV caches it held, with their decode pools.
  struct Lost {
    RunningPool* pool = nullptr;
    std::vector<Finished> requests;
  };
  std::vector<Lost> lose_source(const HostedReplica& source, Ticks now);

  /// Records the transfers under way at the horizon, in the order of their announcements.
  void end_unfinished();

  const KvStatistics& statistics() const { return statistics_; }

 private:
  static constexpr std::int64_t kNoFlow = -1;

  struct Transfer {
    std::int64_t number = 0;  ///< number in the order of announcements
    HostedReplica* source = nullptr;
    HostedReplica* target = nullptr;  ///< null: no replica has been found
    RunningPool* decode = nullptr;
    Request request;
    RequestProgress progress;     ///< set when it was handed over
    Ticks handed_at = kNever;     ///< time at which it was handed over
    double bytes = 0.0;           ///< bytes that have not been sent
    double last_part = 0.0;       ///< bytes among them that cannot be sent before the hand-over
    std::int64_t flow = kNoFlow;  ///< flow under way
    bool was_handed = false;
    bool waits = false;    ///< true: it waits in the queue of the decode pool
    bool dropped = false;  ///< true: the request was cancelled
  };

  Transfer& add(HostedReplica& source, const Request& request);
  void look_at(const Transfer& transfer, Ticks at) { looks_.emplace(at, transfer.number); }
  static void take_position(Transfer& transfer, HostedReplica& target);
  std::optional<KvFlow> set_out(Transfer& transfer);
  std::vector<KvPiece> pieces(const Transfer& transfer, double bytes) const;
  void deliver(Transfer& transfer, Ticks now);
  void let_go_of(Transfer& transfer, Ticks now);
  void leave_target(Transfer& transfer, Ticks now);
  void note_if_drained(HostedReplica& replica, Ticks now);
  void forget(const Transfer& transfer);
  static Finished as_it_stands(const Transfer& transfer, Ticks end);

  const Scenario* scenario_;
  const RunningPools* pools_;
  ReplicaEventQueue* changes_;
  RequestLog* log_;
  std::map<std::int64_t, Transfer> transfers_;                 ///< by number
  std::unordered_map<std::int64_t, std::int64_t> by_request_;  ///< looked up, never iterated
  std::unordered_map<std::int64_t, std::int64_t> by_flow_;     ///< of flows under way; the same
  std::set<std::pair<Ticks, std::int64_t>> looks_;             ///< when to look at which transfer
  std::vector<HostedReplica*> drained_;                        ///< may be, from drained_at_ on
  Ticks drained_at_ = 0;
  std::int64_t announced_ = 0;
  std::int64_t flows_ = 0;
  KvStatistics statistics_;
};

}  // namespace idlewatt
