// Semantic cache `none`: every request goes to a pool.
#include "policy/cache/cache.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class NoCache final : public CachePolicy {
 public:
  bool caches() const override { return false; }
  LookupCost lookup_cost(const Accelerator*) const override { return {}; }
  std::optional<CacheHit> look_up(const CacheRequest&, Ticks) override { return std::nullopt; }
  void insert(const CacheRequest&, std::int32_t, std::int32_t, Ticks) override {}
  std::int64_t entries() const override { return 0; }
  std::int64_t bytes() const override { return 0; }
};

}  // namespace

CacheDeclaration declare_no_cache() {
  return {{"none", "every request goes to a pool", {}}, [](const Parameters&) { return std::make_unique<NoCache>(); }};
}

}  // namespace idlewatt
