// The entries of a semantic cache: found by meaning, thrown out by a rule when there are too many.
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

/// Who goes first when there is no room. Of entries used equally often, `lfu` throws out the one not used for longest.
enum class Eviction : std::uint8_t { lru, lfu, fifo };

struct StoreRules {
  Eviction eviction = Eviction::lru;
  std::int64_t most_entries = 100'000;
  std::int64_t most_bytes = 0;  ///< 0 = no limit
  Ticks ttl = kNever;           ///< an entry serves requests before its insertion + this
  bool per_tenant = false;      ///< a tenant's entries serve that tenant alone
  double bytes_per_token = 4.0;
};

/// The parameters that caches have in common, and the rules that they say.
std::vector<ParameterSpec> store_parameters();
StoreRules store_rules(const Parameters& parameters);

/// Whose entries, and of what meaning.
struct EntryMeaning {
  std::uint32_t space = 0;
  std::int32_t tenant = 0;  ///< 0 where tenants share
  std::uint64_t key = 0;
  auto operator<=>(const EntryMeaning&) const = default;
};

/// Lookup and insertion cost O(log entries); memory is bounded by the rules' limits.
class EntryStore {
 public:
  explicit EntryStore(const StoreRules& rules) : rules_(rules) {}

  EntryMeaning meaning(std::uint32_t space, std::int32_t tenant, std::uint64_t key) const {
    return {space, rules_.per_tenant ? tenant : 0, key};
  }

  /// Throws out what is too old at `now`. To be called before the others, in order of time.
  void expire(Ticks now);

  /// The similarity of the entry with that meaning whose own is the same, or else the greatest. Nothing without one.
  std::optional<float> same(const EntryMeaning& meaning, float similarity) const;
  std::optional<float> nearest(const EntryMeaning& meaning) const;
  /// An entry that there is was used.
  void use(const EntryMeaning& meaning, float similarity);

  /// A new entry of `bytes`, after what must go for it has gone. One of the same text is replaced, its uses forgotten.
  /// An entry larger than all room is not kept.
  void insert(const EntryMeaning& meaning, float similarity, std::int64_t bytes, Ticks now);

  std::int64_t entries() const { return static_cast<std::int64_t>(index_.size()); }
  std::int64_t bytes() const { return bytes_; }

 private:
  using Text = std::pair<EntryMeaning, float>;
  /// Least first to go: uses, then the number of the last use (or of the insertion).
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
