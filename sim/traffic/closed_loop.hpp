// Clients that wait for their answer before they ask again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/min_tree.hpp"
#include "base/random.hpp"
#include "base/ticks.hpp"
#include "traffic/gap_sampler.hpp"
#include "traffic/generator.hpp"
#include "traffic/request.hpp"
#include "traffic/token_sampler.hpp"

namespace idlewatt {

/// The clients of GeneratedTraffic.closed_loop. A client thinks, asks, waits for the end of its request (whatever
/// became of it), thinks again. Its first request comes after a think time from time 0, so that the clients do not
/// start as one. Where the traffic has a number of requests, nobody asks any more once so many were sent.
///
/// Each client has a random stream of its own, "<name>/closed-loop-<i>": its think times and lengths do not depend on
/// how fast the others, or its own earlier requests, were answered. O(log clients) an operation.
class ClosedLoopClients {
 public:
  /// Sessions are numbered first_session + client, from 0 to clients - 1. Throws InputError as check() does.
  ClosedLoopClients(const GeneratedTraffic& traffic, std::uint64_t seed, std::uint64_t first_session = 1);

  /// When the earliest request is due; kNever when no client is ready, it would come after the traffic's duration, or all
  /// requests were sent.
  Ticks next_arrival() const;

  /// Pops the earliest due request: Request.arrival is its time, Request.tenant its client, Request.session the
  /// client's session. Of equal times, the lower client goes first. False when next_arrival() is kNever.
  bool take(Request& request);

  /// The request ended at `end`: its client asks again after its think time. Ignores a request whose client is not
  /// waiting, or that is none of these clients'.
  void completed(const Request& request, Ticks end);

 private:
  struct Client {
    RandomStream random;
    NormalSampler normal;
    bool waiting = false;
  };

  void think(std::size_t client, Ticks from);

  ThinkTime think_time_;
  Ticks end_;
  std::int64_t left_;  ///< requests that are still to be sent
  std::uint64_t first_session_;
  TokenTable prompt_;
  TokenTable output_;
  std::vector<Client> clients_;
  MinTree<Ticks> due_;
};

}  // namespace idlewatt
