// Clients that wait for their answer before they ask again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "units/min_tree.hpp"
#include "units/random.hpp"
#include "units/ticks.hpp"
#include "workload/gap_sampler.hpp"
#include "workload/generator.hpp"
#include "workload/query.hpp"
#include "workload/token_sampler.hpp"

namespace idlewatt {

/// The clients of GeneratedTraffic.closed_loop. A client thinks, asks, waits for the end of its query (whatever became
/// of it), thinks again. Its first query comes after a think time from time 0, so that the clients do not start as one.
///
/// Each client has a random stream of its own, "<name>/closed-loop-<i>": its think times and lengths do not depend on
/// how fast the others, or its own earlier queries, were answered. O(log clients) an operation.
class ClosedLoopClients {
 public:
  /// Sessions are numbered first_session + client, from 0 to clients - 1. Throws InputError as check() does.
  ClosedLoopClients(const GeneratedTraffic& traffic, std::uint64_t seed, std::uint64_t first_session = 1);

  /// When the earliest query is due; kNever when no client is ready or it would come after the traffic's duration.
  Ticks next_arrival() const;

  /// Pops the earliest due query: Query.arrival is its time, Query.tenant its client, Query.session the client's
  /// session. Of equal times, the lower client goes first. False when next_arrival() is kNever.
  bool take(Query& query);

  /// The query ended at `end`: its client asks again after its think time. Ignores a query whose client is not waiting,
  /// or that is none of these clients'.
  void completed(const Query& query, Ticks end);

 private:
  struct Client {
    RandomStream random;
    NormalSampler normal;
    bool waiting = false;
  };

  void think(std::size_t client, Ticks from);

  ThinkTime think_time_;
  Ticks end_;
  std::uint64_t first_session_;
  TokenTable prompt_;
  TokenTable output_;
  std::vector<Client> clients_;
  MinTree<Ticks> due_;
};

}  // namespace idlewatt
