#include "traffic/trace_rows.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <functional>
#include <queue>
#include <utility>

#include "base/splitmix64.hpp"
#include "traffic/row_format.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kUnixSeconds = 1'000'000'000;  // a number from here on counts from 1970
constexpr std::size_t kMostLinkedBytes = std::size_t{4} << 30U;

}  // namespace

/// FNV-1a, spread over all bits.
std::uint64_t number_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return std::max<std::uint64_t>(mixed(hash), 1);
}

Ticks TraceRows::relative(const Instant& time, const std::string& place) {
  if (!base_) {
    from_first_ = from_first_.value_or(time.is_date || time.seconds >= kUnixSeconds);
    base_ = *from_first_ ? time : Instant{};
    earliest_ = *from_first_ ? 0 : ticks_between(*base_, time).value_or(0);
  }
  const auto ticks = ticks_between(*base_, time);
  if (!ticks) {
    throw InputError(
        fmt::format("{}:1: the row is more than 2.8 years from {} (expected a trace that fits into simulated time; "
                    "`time_unit` says what its numbers count)",
                    place, *from_first_ ? "the first" : "time 0, which its times count from"));
  }
  earliest_ = std::min(earliest_, *ticks);
  return *ticks;
}

void TraceRows::add(TraceRow row, const std::string& place, SkippedRows& skipped) {
  const bool linked = !row.id.empty() || !row.after.empty() || !row.time;
  if (row.time) {
    row.request.arrival = relative(*row.time, place);
  }
  const bool kept = accept_tokens(trace_.zero_tokens, row.request, skipped, place);
  count_ += kept ? 1 : 0;
  if (!linked) {
    if (kept) {
      sorter_.add(std::move(row.request));
    }
    return;
  }
  Linked entry{.request = std::move(row.request),
               .key = row.id.empty() ? 0 : number_of(row.id),
               .after = {},
               .delay = row.delay,
               .has_time = row.time.has_value(),
               .kept = kept,
               .place = place};
  for (const std::string& id : row.after) {
    entry.after.push_back(number_of(id));
  }
  linked_bytes_ += sizeof(Linked) + 8 * (entry.request.prefix_blocks.size() + entry.after.size()) + place.size();
  if (linked_bytes_ > kMostLinkedBytes) {
    throw InputError(place +
                     ":1: the trace does not fit into 4 GiB, and its rows follow one another (expected a part "
                     "of it)");
  }
  linked_.push_back(std::move(entry));
}

Ticks TraceRows::start_without_time() {
  const auto start = static_cast<int128_t>(without_time_++) * trace_.sessions_every;
  return checked_ticks(start + (from_first_.value_or(false) ? earliest_ : 0));
}

void TraceRows::sort_linked() {
  std::unordered_map<std::uint64_t, std::size_t> places;
  for (std::size_t i = 0; i < linked_.size(); ++i) {
    if (linked_[i].key != 0 && !places.try_emplace(linked_[i].key, i).second) {
      throw InputError(
          fmt::format("{}:1: another row has the same id, at {} (expected an id of its own for each request)",
                      linked_[i].place, linked_[places[linked_[i].key]].place));
    }
  }
  std::vector<std::vector<std::size_t>> followers(linked_.size());
  std::vector<std::size_t> open(linked_.size(), 0);
  std::vector<Ticks> earliest(linked_.size(), 0);
  for (std::size_t i = 0; i < linked_.size(); ++i) {
    std::erase_if(linked_[i].after, [&](std::uint64_t key) { return !places.contains(key); });
    for (const std::uint64_t key : linked_[i].after) {
      followers[places[key]].push_back(i);
      ++open[i];
    }
  }
  // In the order of the file, but no row before one that it follows.
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < linked_.size(); ++i) {
    if (open[i] == 0) {
      ready.push(i);
    }
  }
  std::size_t done = 0;
  for (; !ready.empty(); ++done) {
    const std::size_t i = ready.top();
    ready.pop();
    Linked& row = linked_[i];
    if (!row.after.empty()) {
      row.request.arrival = checked_ticks(static_cast<int128_t>(earliest[i]) + row.delay);
      row.request.wait = std::make_shared<const RequestWait>(RequestWait{row.after, row.delay});
    } else if (!row.has_time) {
      row.request.arrival = start_without_time();
    }
    row.request.key = followers[i].empty() ? 0 : row.key;
    for (const std::size_t follower : followers[i]) {
      earliest[follower] = std::max(earliest[follower], row.request.arrival);
      if (--open[follower] == 0) {
        ready.push(follower);
      }
    }
    if (row.kept) {
      sorter_.add(std::move(row.request));
    }
  }
  if (done < linked_.size()) {
    const auto stuck = std::find_if(open.begin(), open.end(), [](std::size_t count) { return count > 0; });
    throw InputError(linked_[static_cast<std::size_t>(stuck - open.begin())].place +
                     ":1: the request follows others that follow it (expected no circle)");
  }
  linked_.clear();
  if (without_time_ > 1 && trace_.sessions_every == 0 && trace_.notes) {
    trace_.notes->add(
        fmt::format("{} sessions say no start and all begin at time 0; `sessions_every` spreads them", without_time_));
  }
}

std::unique_ptr<TraceReader> TraceRows::requests() {
  sort_linked();
  return sorter_.sorted(from_first_.value_or(false) ? -earliest_ : 0);
}

}  // namespace idlewatt
