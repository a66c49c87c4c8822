// Routing across pools `length-split`: short prompts to the small accelerators, long ones to the big.
//
// Which accelerator serves a request for the least money depends on its length: small ones for short requests, big ones
// for long ones (T. Griggs et al., "Melange: Cost Efficient Large Language Model Serving by Exploiting GPU
// Heterogeneity", arXiv 2404.14527).
#include <algorithm>
#include <numeric>

#include "policy/pool_route/pool_route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class LengthSplit final : public PoolRoutePolicy {
 public:
  explicit LengthSplit(const Parameters& parameters)
      : short_tokens_(parameters.get("short")),
        factor_(parameters.get("factor")),
        spill_at_(parameters.get("spill_at")) {}

  std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) override {
    // From small to big: by the speed at which one replica computes prompts.
    by_size_.resize(pools.size());
    std::iota(by_size_.begin(), by_size_.end(), std::size_t{0});
    std::stable_sort(by_size_.begin(), by_size_.end(), [&](std::size_t a, std::size_t b) {
      return pools[a].service->prompt_tokens_per_s() < pools[b].service->prompt_tokens_per_s();
    });
    std::size_t right = 0;
    for (double limit = short_tokens_; right + 1 < by_size_.size() && request.prompt_tokens() > limit; ++right) {
      limit *= factor_;
    }
    // Where it belongs, else the next bigger with room, else the next smaller.
    for (std::size_t i = right; i < by_size_.size(); ++i) {
      if (has_room(pools[by_size_[i]])) {
        return by_size_[i];
      }
    }
    for (std::size_t i = right; i > 0; --i) {
      if (has_room(pools[by_size_[i - 1]])) {
        return by_size_[i - 1];
      }
    }
    return by_size_[right];
  }

 private:
  bool has_room(const PoolView& pool) const {
    const double seats = static_cast<double>(pool.load.ready) * pool.service->figures().seats;
    return spill_at_ == 0.0 || static_cast<double>(pool.load.outstanding) < spill_at_ * seats;
  }

  double short_tokens_;
  double factor_;
  double spill_at_;
  std::vector<std::size_t> by_size_;
};

}  // namespace

PoolRouteDeclaration declare_length_split() {
  return {{"length-split",
           "short prompts to the pool with the slowest accelerators, long ones to the fastest",
           {{.name = "short",
             .dimension = Dimension::count,
             .default_value = 1024,
             .minimum = 1,
             .maximum = 1e9,
             .help = "longest prompt, in tokens, for the pool with the slowest replicas"},
            {.name = "factor",
             .default_value = 4,
             .minimum = 1,
             .maximum = 1e6,
             .help = "each faster pool takes prompts up to so many times longer; the fastest takes all others"},
            {.name = "spill_at",
             .default_value = 1,
             .minimum = 0,
             .maximum = 1e6,
             .help = "requests per seat at which a pool is full and the next faster one takes its requests, else the "
                     "next slower one; 0 = never"}}},
          [](const Parameters& parameters) { return std::make_unique<LengthSplit>(parameters); }};
}

}  // namespace idlewatt
