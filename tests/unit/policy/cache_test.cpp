// Semantic caches: what is found, what goes when there is no room, what is wrong.
#include "policy/cache/cache.hpp"

#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "physics/embedding.hpp"
#include "policy/cache/entry_store.hpp"
#include "policy/cache/wrong_hits.hpp"
#include "policy/table.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<CachePolicy> make(const std::string& name, const std::map<std::string, double>& values = {}) {
  const auto table = CacheFamily::built_in();
  const CacheDeclaration* declaration = find(table, name);
  Parameters parameters = Parameters::defaults_of(declaration->info);
  for (const auto& [parameter, value] : values) {
    parameters.set(parameter, value);
  }
  return declaration->make(parameters);
}

CacheRequest request(std::uint64_t key, float similarity = 1.0F, std::int32_t tenant = 0) {
  return {.space = 0, .tenant = tenant, .key = key, .similarity = similarity, .wrong_draw = 0.5};
}

constexpr double kLru = 0;
constexpr double kLfu = 1;
constexpr double kFifo = 2;

/// Which of the keys 1 to 4 are left of a cache of three, after 1, 2, 3 came in, 1 was used twice, 2 once, and 4 came
/// in.
std::set<std::uint64_t> left(double eviction, const std::vector<std::uint64_t>& uses) {
  const auto cache = make("exact", {{"eviction", eviction}, {"entries", 3}});
  Ticks now = 0;
  for (const std::uint64_t key : {1U, 2U, 3U}) {
    cache->insert(request(key), 10, 10, ++now);
  }
  for (const std::uint64_t key : uses) {
    REQUIRE(cache->look_up(request(key), ++now));
  }
  cache->insert(request(4), 10, 10, ++now);
  CHECK(cache->entries() == 3);
  std::set<std::uint64_t> keys;
  for (const std::uint64_t key : {1U, 2U, 3U, 4U}) {
    if (cache->look_up(request(key), ++now)) {
      keys.insert(key);
    }
  }
  return keys;
}

TEST_CASE("lru, lfu and fifo each throw out their own") {
  const std::vector<std::uint64_t> uses{1, 1, 2, 3, 3, 1, 2, 2, 2, 3};  // of 1 three, 2 four, 3 three; 1 longest ago
  CHECK(left(kLru, uses) == std::set<std::uint64_t>{2, 3, 4});
  CHECK(left(kLfu, {1, 1, 2, 2, 3}) == std::set<std::uint64_t>{1, 2, 4});
  CHECK(left(kLfu, {1, 1, 3, 2, 2}) == std::set<std::uint64_t>{1, 2, 4});
  CHECK(left(kLfu, uses) == std::set<std::uint64_t>{2, 3, 4});  // 1 and 3 are equals: the one used longest ago
  CHECK(left(kFifo, uses) == std::set<std::uint64_t>{2, 3, 4});
  CHECK(left(kFifo, {1, 1, 1}) == std::set<std::uint64_t>{2, 3, 4});
  CHECK(left(kLru, {1, 1, 1}) == std::set<std::uint64_t>{1, 3, 4});
  CHECK(left(kLru, {}) == std::set<std::uint64_t>{2, 3, 4});
}

TEST_CASE("an answer is forgotten when its time is over, to the tick, however often it was used") {
  for (const double eviction : {kLru, kLfu, kFifo}) {
    const auto cache = make("exact", {{"eviction", eviction}, {"ttl", 10.0}});
    cache->insert(request(1), 1, 1, 5 * kTicksPerSecond);
    cache->insert(request(2), 1, 1, 6 * kTicksPerSecond);
    CHECK(cache->look_up(request(1), 15 * kTicksPerSecond - 1));
    CHECK_FALSE(cache->look_up(request(1), 15 * kTicksPerSecond));
    CHECK(cache->look_up(request(2), 15 * kTicksPerSecond));
    CHECK(cache->entries() == 1);
    // Answered anew, it lives as long again.
    cache->insert(request(1), 1, 1, 20 * kTicksPerSecond);
    CHECK(cache->look_up(request(1), 29 * kTicksPerSecond));
  }
}

TEST_CASE("a capacity in bytes holds texts and embeddings, and nothing that is larger than all of it") {
  const auto cache = make("semantic", {{"memory", 3000}, {"bytes_per_token", 4}, {"vector", 600}, {"eviction", kFifo}});
  cache->insert(request(1), 50, 50, 1);  // 1000 bytes
  cache->insert(request(2), 50, 50, 2);
  cache->insert(request(3), 50, 50, 3);
  CHECK(cache->bytes() == 3000);
  cache->insert(request(4), 100, 25, 4);  // 1100: two must go
  CHECK(cache->bytes() == 2100);
  CHECK(cache->entries() == 2);
  CHECK_FALSE(cache->look_up(request(2), 5));
  CHECK(cache->look_up(request(3), 5));
  cache->insert(request(5), 500, 101, 6);  // 3004
  CHECK(cache->bytes() == 2100);
  CHECK_FALSE(cache->look_up(request(5), 7));
  // The same text again takes its own place.
  cache->insert(request(4), 100, 25, 8);
  CHECK(cache->bytes() == 2100);
}

TEST_CASE("tenants share answers, or each has its own, and models never do") {
  for (const bool own : {false, true}) {
    const auto cache = make("semantic", {{"scope", own ? 1.0 : 0.0}});
    cache->insert(request(1, 1.0F, 7), 1, 1, 1);
    CHECK(cache->look_up(request(1, 1.0F, 7), 2));
    CHECK(cache->look_up(request(1, 1.0F, 8), 2).has_value() != own);
    CacheRequest other = request(1, 1.0F, 7);
    other.space = 1;
    CHECK_FALSE(cache->look_up(other, 2));
  }
}

TEST_CASE("semantic finds the most similar entry of the intent, from the threshold on") {
  const auto cache = make("semantic", {{"threshold", 0.9}});
  cache->insert(request(1, 0.92F), 1, 1, 1);
  CHECK_FALSE(cache->look_up(request(1, 0.96F), 2));  // 0.883
  CHECK(cache->look_up(request(1, 0.99F), 2)->cosine == Approx(0.92F * 0.99).epsilon(1e-6));
  CHECK(cache->look_up(request(1, 0.92F), 2)->cosine == 1.0);  // the same text, though 0.92 x 0.92 is below
  cache->insert(request(1, 0.98F), 1, 1, 3);
  cache->insert(request(1, 0.95F), 1, 1, 4);
  CHECK(cache->look_up(request(1, 0.96F), 5)->cosine == Approx(0.98F * 0.96).epsilon(1e-6));
  CHECK_FALSE(cache->look_up(request(2, 1.0F), 5));
  CHECK_FALSE(cache->look_up(request(0, 1.0F), 5));
  cache->insert(request(0, 1.0F), 1, 1, 6);
  CHECK_FALSE(cache->look_up(request(0, 1.0F), 7));  // what has no meaning repeats nothing

  const auto exact = make("exact");
  exact->insert(request(1, 0.99F), 1, 1, 1);
  CHECK(exact->look_up(request(1, 0.99F), 2));
  CHECK_FALSE(exact->look_up(request(1, 1.0F), 2));
}

TEST_CASE("wrong answers are as frequent as published, at each published threshold") {
  // Right, wrong of the demonstration at 0.95, 0.9, 0.8; the hits that each step adds have cosines of its own band.
  const double hits[] = {450, 881, 996};
  const double wrong[] = {25, 77, 92};
  const double cosines[] = {0.97, 0.92, 0.85};
  double expected = 0.0;
  for (int i = 0; i < 3; ++i) {
    expected += (hits[i] - (i > 0 ? hits[i - 1] : 0.0)) * wrong_hit_probability(cosines[i]);
    CHECK(expected == Approx(wrong[i]));
  }
  CHECK(wrong_hit_probability(1.0) == 0.0);
  CHECK(wrong_hit_probability(0.6) == wrong_hit_probability(0.8));
}

TEST_CASE("whether a hit is wrong is the request's own draw: a lower threshold takes no right answer away") {
  RandomStream random(1, "test");
  const auto strict = make("semantic", {{"threshold", 0.9}});
  const auto loose = make("semantic", {{"threshold", 0.8}});
  const auto careful = make("semantic", {{"threshold", 0.8}, {"wrong_hits", 0.0}});
  for (const auto& cache : {strict.get(), loose.get(), careful.get()}) {
    cache->insert(request(1, 0.97F), 1, 1, 1);
  }
  int wrong = 0;
  int hits = 0;
  for (int i = 0; i < 20'000; ++i) {
    CacheRequest asked = request(1, static_cast<float>(0.83 + 0.16 * random.uniform()));
    asked.wrong_draw = random.uniform();
    const auto at_loose = loose->look_up(asked, 2);
    REQUIRE_FALSE(careful->look_up(asked, 2)->wrong);
    const auto at_strict = strict->look_up(asked, 2);
    if (at_strict) {
      REQUIRE(at_strict->wrong == at_loose->wrong);
    }
    if (at_loose->cosine < 0.9) {
      ++hits;
      wrong += at_loose->wrong ? 1 : 0;
    }
  }
  CHECK(static_cast<double>(wrong) / hits == Approx(15.0 / 115.0).margin(0.01));
}

/// The rules once more, entry by entry.
class NaiveStore {
 public:
  explicit NaiveStore(StoreRules rules) : rules_(rules) {}
  void expire(Ticks now) {
    std::erase_if(entries_, [&](const Entry& entry) { return now - entry.inserted >= rules_.ttl; });
  }
  std::optional<float> nearest(std::uint64_t key) const {
    std::optional<float> best;
    for (const Entry& entry : entries_) {
      if (entry.key == key && (!best || entry.similarity > *best)) {
        best = entry.similarity;
      }
    }
    return best;
  }
  void use(std::uint64_t key, float similarity) {
    for (Entry& entry : entries_) {
      if (entry.key == key && entry.similarity == similarity) {
        ++entry.uses;
        entry.used = ++counter_;
      }
    }
  }
  void insert(std::uint64_t key, float similarity, std::int64_t bytes, Ticks now) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key && entry.similarity == similarity; });
    if (bytes > rules_.most_bytes) {
      return;
    }
    while (static_cast<std::int64_t>(entries_.size()) >= rules_.most_entries || sum() + bytes > rules_.most_bytes) {
      auto first = entries_.begin();  // in order of insertion
      for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        const bool before = rules_.eviction == Eviction::lru ? entry->used < first->used
                            : rules_.eviction == Eviction::lfu
                                ? std::pair(entry->uses, entry->used) < std::pair(first->uses, first->used)
                                : false;
        first = before ? entry : first;
      }
      entries_.erase(first);
    }
    entries_.push_back({key, similarity, bytes, now, 0, ++counter_});
  }
  std::int64_t sum() const {
    std::int64_t bytes = 0;
    for (const Entry& entry : entries_) {
      bytes += entry.bytes;
    }
    return bytes;
  }
  std::int64_t size() const { return static_cast<std::int64_t>(entries_.size()); }

 private:
  struct Entry {
    std::uint64_t key;
    float similarity;
    std::int64_t bytes;
    Ticks inserted;
    int uses;
    int used;
  };
  StoreRules rules_;
  std::vector<Entry> entries_;
  int counter_ = 0;
};

TEST_CASE("the store agrees with a list that is searched from end to end") {
  for (const Eviction eviction : {Eviction::lru, Eviction::lfu, Eviction::fifo}) {
    const StoreRules rules{.eviction = eviction,
                           .most_entries = 20,
                           .most_bytes = 1500,
                           .ttl = 400,
                           .per_tenant = false,
                           .bytes_per_token = 4};
    EntryStore store(rules);
    NaiveStore naive(rules);
    RandomStream random(3, "store");
    Ticks now = 0;
    std::int64_t found = 0;
    for (int i = 0; i < 20'000; ++i) {
      now += static_cast<Ticks>(10.0 * random.uniform());
      const auto key = static_cast<std::uint64_t>(1.0 + 12.0 * random.uniform());
      store.expire(now);
      naive.expire(now);
      const EntryMeaning meaning = store.meaning(0, 0, key);
      const auto nearest = store.nearest(meaning);
      REQUIRE(nearest == naive.nearest(key));
      if (nearest && random.uniform() < 0.7) {
        ++found;
        store.use(meaning, *nearest);
        naive.use(key, *nearest);
      } else {
        const auto similarity = static_cast<float>(0.1 * std::floor(10.0 * random.uniform()));
        const auto bytes = static_cast<std::int64_t>(1600.0 * random.uniform() * random.uniform() * random.uniform());
        store.insert(meaning, similarity, bytes, now);
        naive.insert(key, similarity, bytes, now);
      }
      REQUIRE(store.bytes() == naive.sum());
      REQUIRE(store.entries() == naive.size());
    }
    CHECK(found > 5000);
  }
}

TEST_CASE("a lookup on an accelerator costs its launches and its power, and the accelerator waits at its own") {
  const Accelerator device = a100();
  const auto cache = make("semantic");
  const LookupCost cpu = cache->lookup_cost(nullptr);
  CHECK(cpu.time_s == 0.12);
  CHECK(cpu.standby_w == 0.0);
  const LookupCost cost = cache->lookup_cost(&device);
  const double launches_s = 6 * 0.65e-3 * device.latency_factor.value;
  CHECK(cost.time_s == Approx(0.005 + launches_s));
  CHECK(cost.standby_w == device.idle_loaded_w.value);
  CHECK(cost.time_s * cost.power_w >= launches_s * (device.busy_static_w.value - device.idle_loaded_w.value));
  CHECK(cost.time_s * cost.power_w < device.board_limit_w.value * cost.time_s);
}

}  // namespace
}  // namespace idlewatt
