#include "policy/cache/entry_store.hpp"

#include <limits>

namespace idlewatt {

std::vector<ParameterSpec> store_parameters() {
  return {{.name = "eviction",
           .default_value = 0,
           .help = "what goes when there is no room: the least recently or least frequently used, or the oldest",
           .choices = {"lru", "lfu", "fifo"}},
          {.name = "entries",
           .dimension = Dimension::count,
           .default_value = 100'000,
           .minimum = 1,
           .maximum = 1e8,
           .help = "answers that it holds, at most"},
          {.name = "memory",
           .dimension = Dimension::bytes,
           .default_value = 0,
           .minimum = 0,
           .maximum = 1e15,
           .help = "memory of the entries, at most; 0 = no limit but their number"},
          {.name = "ttl",
           .dimension = Dimension::time,
           .default_value = 0,
           .minimum = 0,
           .maximum = 9e7,
           .help = "an answer is forgotten so long after it was given; 0 = never"},
          {.name = "scope",
           .default_value = 0,
           .help = "whether one tenant's answers serve the others; the room is one in both cases",
           .choices = {"shared", "per-tenant"}},
          {.name = "bytes_per_token",
           .dimension = Dimension::number,
           .default_value = 4,
           .minimum = 1,
           .maximum = 64,
           .help = "text of prompt and answer in an entry (assumed, 3 to 5: English)"}};
}

StoreRules store_rules(const Parameters& parameters) {
  StoreRules rules;
  rules.eviction = static_cast<Eviction>(parameters.get_int("eviction"));
  rules.most_entries = static_cast<std::int64_t>(parameters.get("entries"));
  rules.most_bytes = static_cast<std::int64_t>(parameters.get("memory"));
  const double ttl_s = parameters.get("ttl");
  rules.ttl = ttl_s > 0.0 ? to_ticks(ttl_s) : kNever;
  rules.per_tenant = parameters.get_int("scope") == 1;
  rules.bytes_per_token = parameters.get("bytes_per_token");
  return rules;
}

void EntryStore::expire(Ticks now) {
  if (rules_.ttl == kNever) {
    return;
  }
  while (!by_age_.empty() && now - by_age_.front().inserted >= rules_.ttl) {
    drop(by_age_.begin());
  }
}

std::optional<float> EntryStore::same(const EntryMeaning& meaning, float similarity) const {
  return index_.contains({meaning, similarity}) ? std::optional(similarity) : std::nullopt;
}

std::optional<float> EntryStore::nearest(const EntryMeaning& meaning) const {
  const auto after = index_.upper_bound({meaning, std::numeric_limits<float>::infinity()});
  if (after == index_.begin()) {
    return std::nullopt;
  }
  const Text& text = std::prev(after)->first;
  return text.first == meaning ? std::optional(text.second) : std::nullopt;
}

void EntryStore::use(const EntryMeaning& meaning, float similarity) {
  if (rules_.eviction == Eviction::fifo) {
    return;
  }
  const Place entry = index_.at({meaning, similarity});
  auto node = by_rank_.extract(entry->rank);
  entry->rank = {entry->rank.first + (rules_.eviction == Eviction::lfu ? 1 : 0), ++counter_};
  node.key() = entry->rank;
  by_rank_.insert(std::move(node));
}

void EntryStore::insert(const EntryMeaning& meaning, float similarity, std::int64_t bytes, Ticks now) {
  const Text text{meaning, similarity};
  if (const auto before = index_.find(text); before != index_.end()) {
    drop(before->second);
  }
  if (rules_.most_bytes > 0 && bytes > rules_.most_bytes) {
    return;
  }
  while (entries() >= rules_.most_entries || (rules_.most_bytes > 0 && bytes_ + bytes > rules_.most_bytes)) {
    drop(rules_.eviction == Eviction::fifo ? by_age_.begin() : by_rank_.begin()->second);
  }
  by_age_.push_back({text, bytes, now, {0, ++counter_}});
  const Place entry = std::prev(by_age_.end());
  index_.emplace(text, entry);
  if (rules_.eviction != Eviction::fifo) {
    by_rank_.emplace(entry->rank, entry);
  }
  bytes_ += bytes;
}

void EntryStore::drop(Place entry) {
  bytes_ -= entry->bytes;
  by_rank_.erase(entry->rank);
  index_.erase(entry->text);
  by_age_.erase(entry);
}

}  // namespace idlewatt
