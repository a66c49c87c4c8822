// Clients that wait for their answer before they send their next request.
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

/// The clients of GeneratedTraffic.closed_loop. A client thinks, sends a request, waits for the end of that request
/// (answered or not) and thinks again. Its first request comes one think time after time 0, so that the clients do not
/// all start at once.
///
/// Each client has a random stream of its own, "<name>/closed-loop-<i>": its think times and lengths do not depend on
/// how fast any request was answered. Each operation takes O(log clients).
class ClosedLoopClients {
 public:
  /// Makes the clients. Their sessions are first_session to first_session + clients - 1. Throws InputError as
  /// check() does.
  ClosedLoopClients(const GeneratedTraffic& traffic, std::uint64_t seed, std::uint64_t first_session = 1);

  /// The arrival of the earliest request that is due; kNever when no client is ready or that request would come
  /// after the traffic's duration.
  Ticks next_arrival() const;

  /// Takes the earliest due request: Request.arrival is its time, Request.tenant its client, Request.session the
  /// client's session. Of equal times, the lower client goes first. Returns false when next_arrival() is kNever.
  bool take(Request& request);

  /// Tells that `request` ended at `end`: its client sends its next request after its think time. Ignores requests
  /// of other sources and requests whose client is not waiting.
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
  std::uint64_t first_session_;
  TokenTable prompt_;
  TokenTable output_;
  std::vector<Client> clients_;
  MinTree<Ticks> due_;
};

}  // namespace idlewatt
