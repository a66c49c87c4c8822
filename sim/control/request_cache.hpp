// The semantic cache of a run: lookups take their time and energy, answers go in when they are complete.
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

/// Every request is looked up, and known to be a hit or a miss when its lookup ends; only then does it go on to a pool.
/// All lookups take the same time, any number of them side by side: a request is found when the answer was complete by
/// the end of its lookup. Energy is charged as time goes by, for the lookups under way.
class RequestCache {
 public:
  RequestCache(const Scenario& scenario, std::unique_ptr<CachePolicy> policy, const LookupCost& cost);

  void look_up(Request request, Ticks now);

  /// When the first of the lookups under way ends; kNever when there is none.
  Ticks next() const { return lookups_.empty() ? kNever : lookups_.front().end; }

  struct Found {
    Request request;
    std::optional<CacheHit> hit;
  };
  /// Ends that lookup, at next().
  Found end_lookup();

  /// The answer to a request is complete.
  void served(const Request& request, Ticks now);

  /// What it has drawn since time 0.
  Energy energy_until(Ticks now);
  /// Ends the bin at `now`.
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

/// Null when the scenario has none. Throws InputError when its fleet has no rack for it to stand in.
std::unique_ptr<RequestCache> make_request_cache(const Scenario& scenario);

}  // namespace idlewatt
