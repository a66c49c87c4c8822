// Routing `least-tokens`: the replica with the fewest tokens to do, as far as a router can know them: the prompts of
// the requests sent and not ended, and so many output tokens for each; of equals, the lowest number.
#include <limits>

#include "base/min_tree.hpp"
#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class LeastTokens final : public RoutePolicy {
 public:
  explicit LeastTokens(const Parameters& parameters) : expected_output_(parameters.get_int("expected_output")) {}

  void resize(std::int32_t replicas) override { tokens_.resize(static_cast<std::size_t>(replicas), kUnavailable); }

  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    tokens_.update(replica.index(),
                   load.available ? load.prompt_tokens + load.outstanding * expected_output_ : kUnavailable);
  }

  std::optional<ReplicaId> route(const RequestView&, RandomStream&) override {
    if (tokens_.size() == 0 || tokens_.top_key() == kUnavailable) {
      return std::nullopt;
    }
    return ReplicaId(tokens_.top());
  }

 private:
  static constexpr std::int64_t kUnavailable = std::numeric_limits<std::int64_t>::max();

  std::int64_t expected_output_;
  MinTree<std::int64_t> tokens_;
};

}  // namespace

RouteDeclaration declare_least_tokens() {
  // 129 is the median output of Azure's conversation trace of 2023 (workloads/README.md).
  return {{"least-tokens",
           "the replica with the fewest tokens to do: prompts sent and not ended, and an expected output for each",
           {{.name = "expected_output",
             .dimension = Dimension::count,
             .default_value = 128,
             .minimum = 0,
             .maximum = 1e6,
             .help = "output tokens to count for each request, whose true number no router knows"}}},
          [](const Parameters& parameters) { return std::make_unique<LeastTokens>(parameters); }};
}

}  // namespace idlewatt
