// Semantic cache `exact`: answers the same text again, found by its hash. Two requests are the same text when they have
// the same semantic key and the same similarity to the middle of their intent, to the bit.
#include <cmath>

#include "policy/cache/cache.hpp"
#include "policy/cache/entry_store.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class ExactCache final : public CachePolicy {
 public:
  explicit ExactCache(const Parameters& parameters)
      : store_(store_rules(parameters)),
        bytes_per_token_(parameters.get("bytes_per_token")),
        cost_{parameters.get("lookup_time"), parameters.get("lookup_power"), 0.0} {}

  bool caches() const override { return true; }
  LookupCost lookup_cost(const Accelerator*) const override { return cost_; }

  std::optional<CacheHit> look_up(const CacheRequest& request, Ticks now) override {
    store_.expire(now);
    const EntryMeaning meaning = store_.meaning(request.space, request.tenant, request.key);
    if (request.key == 0 || !store_.same(meaning, request.similarity)) {
      return std::nullopt;
    }
    store_.use(meaning, request.similarity);
    return CacheHit{};
  }

  void insert(const CacheRequest& request, std::int32_t prompt_tokens, std::int32_t output_tokens, Ticks now) override {
    store_.expire(now);
    if (request.key != 0) {
      const double tokens = static_cast<double>(prompt_tokens) + static_cast<double>(output_tokens);
      store_.insert(store_.meaning(request.space, request.tenant, request.key), request.similarity,
                    std::llround(tokens * bytes_per_token_), now);
    }
  }

  std::int64_t entries() const override { return store_.entries(); }
  std::int64_t bytes() const override { return store_.bytes(); }

 private:
  EntryStore store_;
  double bytes_per_token_;
  LookupCost cost_;
};

}  // namespace

CacheDeclaration declare_exact_cache() {
  std::vector<ParameterSpec> parameters = store_parameters();
  parameters.push_back(
      {"lookup_time", Dimension::time, 0.005, 1e-6, 60,
       "of each request, hit or miss (published bound of Redis: less than 5 ms, preto.ai; range 0.5 to 5 "
       "ms)"});
  parameters.push_back({"lookup_power", Dimension::power, 10, 0, 10'000,
                        "what a lookup draws while it lasts, above the idle host (assumed, 5 to 20 W: one core)"});
  return {{"exact", "answers the same text again, found by its hash", std::move(parameters)},
          [](const Parameters& p) { return std::make_unique<ExactCache>(p); }};
}

}  // namespace idlewatt
