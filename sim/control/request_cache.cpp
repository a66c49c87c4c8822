#include "control/request_cache.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/splitmix64.hpp"
#include "policy/table.hpp"

namespace idlewatt {

RequestCache::RequestCache(const Scenario& scenario, std::unique_ptr<CachePolicy> policy, const LookupCost& cost)
    : policy_(std::move(policy)),
      wrong_key_(RandomStream(scenario.seed, "cache/wrong hits").bits()),
      lookup_time_(to_ticks(cost.time_s)) {
  book_.lookup_power = Power::from_w(cost.power_w);
  book_.standby_power = Power::from_w(cost.standby_w);
  book_.lookup_time = lookup_time_;
  for (const Traffic& traffic : scenario.traffic) {
    const auto same = std::find_if(scenario.traffic.begin(), scenario.traffic.end(),
                                   [&](const Traffic& other) { return other.models == traffic.models; });
    spaces_.add(static_cast<std::uint32_t>(same - scenario.traffic.begin()));
  }
}

void RequestCache::charge(Ticks now) {
  const Ticks elapsed = now - charged_until_;
  const auto lookups = static_cast<std::int64_t>(lookups_.size());
  bin_.energy += book_.standby_power * elapsed + book_.lookup_power * elapsed * lookups;
  book_.lookup_ticks += static_cast<int128_t>(elapsed) * lookups;
  book_.busy_ticks += lookups > 0 ? elapsed : 0;
  charged_until_ = now;
}

void RequestCache::look_up(Request request, Ticks now) {
  charge(now);
  lookups_.push_back({std::move(request), checked_ticks(static_cast<int128_t>(now) + lookup_time_)});
}

RequestCache::Found RequestCache::end_lookup() {
  Lookup lookup = std::move(lookups_.front());
  charge(lookup.end);
  lookups_.pop_front();
  Found found{std::move(lookup.request), {}};
  found.hit = policy_->look_up(view_of(found.request), lookup.end);
  ++book_.lookups;
  ++bin_.lookups;
  bin_.hits += found.hit ? 1 : 0;
  bin_.wrong += found.hit && found.hit->wrong ? 1 : 0;
  return found;
}

void RequestCache::served(const Request& request, Ticks now) {
  policy_->insert(view_of(request), request.prompt_tokens, request.output_tokens, now);
}

CacheRequest RequestCache::view_of(const Request& request) const {
  // Of the request's number alone, so that all variants of a scenario draw alike, whatever else happens in them.
  const std::uint64_t bits = mixed(wrong_key_ ^ mixed(static_cast<std::uint64_t>(request.id)));
  return {.space = spaces_[request.stream],
          .tenant = request.tenant,
          .key = request.semantic_key,
          .similarity = request.similarity,
          .wrong_draw = static_cast<double>(bits >> 11U) * 0x1.0p-53};
}

Energy RequestCache::energy_until(Ticks now) {
  charge(now);
  return book_.energy + bin_.energy;
}

CacheBin RequestCache::close_bin(Ticks now) {
  charge(now);
  const Ticks busy = book_.busy_ticks - bin_busy_from_;
  CacheBin bin = std::exchange(bin_, {});
  bin.idle_j = (book_.standby_power * (now - bin_from_ - busy)).j();
  bin.entries = policy_->entries();
  bin.bytes = policy_->bytes();
  book_.energy += bin.energy;
  bin_busy_from_ = book_.busy_ticks;
  bin_from_ = now;
  return bin;
}

CacheBook RequestCache::book(Ticks now) const {
  CacheBook book = book_;
  for (const Lookup& lookup : lookups_) {
    book.unfinished_ticks += now - (lookup.end - lookup_time_);
  }
  return book;
}

std::vector<Request> RequestCache::under_way() const {
  std::vector<Request> requests;
  for (const Lookup& lookup : lookups_) {
    requests.push_back(lookup.request);
  }
  return requests;
}

std::unique_ptr<RequestCache> make_request_cache(const Scenario& scenario) {
  const auto table = CacheFamily::built_in();
  const CacheDeclaration* declaration = find(table, scenario.cache.policy.name);
  if (declaration == nullptr) {
    throw InputError(fmt::format("there is no cache policy `{}`", scenario.cache.policy.name));
  }
  std::unique_ptr<CachePolicy> policy = declaration->make(scenario.cache.policy.parameters);
  if (!policy->caches()) {
    return nullptr;
  }
  if (scenario.racks.empty()) {
    throw InputError("a semantic cache draws its power from the racks, and there is none");
  }
  const std::string& embedder = scenario.cache.embedder;
  const LookupCost cost =
      policy->lookup_cost(embedder.empty() ? nullptr : &scenario.catalog->accelerators.at(embedder));
  return std::make_unique<RequestCache>(scenario, std::move(policy), cost);
}

}  // namespace idlewatt
