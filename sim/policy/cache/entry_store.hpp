// The entries of a semantic cache: found by meaning, evicted by a rule when there are too many.
#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// The rule by which entries are evicted. Of entries used equally often, `lfu` evicts the one unused for longest.
enum class Eviction : std::uint8_t { lru, lfu, fifo };

struct StoreRules {
  Eviction eviction = Eviction::lru;
  std::int64_t most_entries = 100'000;
  std::int64_t most_bytes = 0;  ///< 0 = no limit
  Ticks ttl = kNever;           ///< an entry serves requests until before its insertion + this
  bool per_tenant = false;      ///< a tenant's entries serve that tenant alone
  double bytes_per_token = 4.0;
};

/// The parameters that all caches share, and the rules that their values give.
std::vector<ParameterSpec> store_parameters();
StoreRules store_rules(const Parameters& parameters);

/// The meaning of an entry, and the tenant and model that it belongs to.
struct EntryMeaning {
  std::uint32_t space = 0;
  std::int32_t tenant = 0;  ///< 0 where tenants share entries
  std::uint64_t key = 0;
  auto operator<=>(const EntryMeaning&) const = default;
};

/// The store of entries. Lookup and insertion cost O(log entries); the rules' limits bound the memory.
class EntryStore {
 public:
  explicit EntryStore(const StoreRules& rules) : rules_(rules) {}

  EntryMeaning meaning(std::uint32_t space, std::int32_t tenant, std::uint64_t key) const {
    return {space, rules_.per_tenant ? tenant : 0, key};
  }

  /// Evicts the entries that are too old at `now`. Must be called before the other functions, in order of time.
  void expire(Ticks now);

  /// The similarity of an entry with that meaning: same() returns `similarity` itself if there is an entry with it,
  /// nearest() returns the greatest. Nothing without such an entry.
  std::optional<float> same(const EntryMeaning& meaning, float similarity) const;
  std::optional<float> nearest(const EntryMeaning& meaning) const;
  /// Counts a use of an existing entry.
  void use(const EntryMeaning& meaning, float similarity);

  /// Adds an entry of `bytes` after evicting entries to make room. An entry of the same text is replaced and loses its
  /// uses. An entry larger than the whole room is not kept.
  void insert(const EntryMeaning& meaning, float similarity, std::int64_t bytes, Ticks now);

  std::int64_t entries() const { return static_cast<std::int64_t>(index_.size()); }
  std::int64_t bytes() const { return bytes_; }

 private:
  using Text = std::pair<EntryMeaning, float>;
  /// The order of eviction, least first: uses, then the number of the last use (or of the insertion).
  using Rank = std::pair<std::int64_t, std::int64_t>;
  struct Entry {
    Text text;
    std::int64_t bytes = 0;
    Ticks inserted = 0;
    Rank rank;
  };
  using Place = std::list<Entry>::iterator;

  void drop(Place entry);

  StoreRules rules_;
  std::list<Entry> by_age_;        ///< the oldest first
  std::map<Text, Place> index_;    ///< of one meaning, the most similar to its middle last
  std::map<Rank, Place> by_rank_;  ///< without those of `fifo`, whose order is that of age
  std::int64_t bytes_ = 0;
  std::int64_t counter_ = 0;
};

}  // namespace idlewatt
