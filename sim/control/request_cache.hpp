// The semantic cache of a run: lookups take time and energy, and answers are added when they are complete.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "ledger/books.hpp"
#include "ledger/recorder.hpp"
#include "policy/cache/cache.hpp"
#include "scenario/scenario.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The cache before all pools. Every request is looked up; its lookup ends as a hit or a miss, and after a miss the
/// request continues to a pool. All lookups take the same time, and any number of them may run at once. A request is a
/// hit when an answer was complete by the end of its lookup. Energy is charged over time for the lookups under way.
class RequestCache {
 public:
  RequestCache(const Scenario& scenario, std::unique_ptr<CachePolicy> policy, const LookupCost& cost);

  void look_up(Request request, Ticks now);

  /// The end of the first lookup under way; kNever when there is none.
  Ticks next() const { return lookups_.empty() ? kNever : lookups_.front().end; }

  struct Found {
    Request request;
    std::optional<CacheHit> hit;
  };
  /// Ends the first lookup, at next().
  Found end_lookup();

  /// Adds the complete answer to a request.
  void served(const Request& request, Ticks now);

  /// The energy drawn since time 0.
  Energy energy_until(Ticks now);
  /// Closes the bin at `now`.
  CacheBin close_bin(Ticks now);

  CacheBook book(Ticks now) const;
  /// Requests whose lookups are under way, in order.
  std::vector<Request> under_way() const;

 private:
  struct Lookup {
    Request request;
    Ticks end = 0;
  };

  void charge(Ticks now);
  CacheRequest view_of(const Request& request) const;

  std::unique_ptr<CachePolicy> policy_;
  IndexedVector<StreamId, std::uint32_t> spaces_;  ///< streams that may go to the same models share answers
  std::uint64_t wrong_key_;
  Ticks lookup_time_;
  std::deque<Lookup> lookups_;  ///< in order of their ends
  CacheBin bin_;
  Ticks bin_busy_from_ = 0;  ///< book_.busy_ticks at the bin's start
  Ticks bin_from_ = 0;
  Ticks charged_until_ = 0;
  CacheBook book_;
};

/// Makes the cache of a scenario; null when the scenario has none. Throws InputError when its fleet has no rack for the
/// cache.
std::unique_ptr<RequestCache> make_request_cache(const Scenario& scenario);

}  // namespace idlewatt
