// Routing across pools, on three pools of one, two and four times the speed.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policy/table.hpp"
#include "support/catch.hpp"
#include "support/line_model.hpp"

namespace idlewatt {
namespace {

/// Step times of a quarter, a half or all of 40 ms and 0.4 ms a prompt token; the faster, the more joules.
LineModelCosts costs_of(int speed) {
  return {.pieces = {{.from_context = 0,
                      .duration_at_zero = 40 * kTicksPerMillisecond / speed,
                      .energy_at_zero_fj = speed * 1'000'000'000'000'000}},
          .duration_per_prefill_token = kTicksPerMillisecond * 2 / 5 / speed};
}

class Bench {
 public:
  explicit Bench(const std::string& name, const Parameters& changed = {}) {
    const auto table = PoolRouteFamily::built_in();
    const PoolRouteDeclaration* declaration = find(table, name);
    REQUIRE(declaration != nullptr);
    Parameters parameters = Parameters::defaults_of(declaration->info);
    for (const auto& [key, value] : changed.all()) {
      parameters.set(key, value);
    }
    policy_ = declaration->make(parameters);
    std::int32_t number = 0;
    for (const int speed : {4, 1, 2}) {
      models_.push_back(std::make_unique<LineModel>(costs_of(speed)));
      services_.push_back(std::make_unique<ServiceEstimator>(
          *models_.back(), ServiceFigures{.seats = 10, .rent_usd_per_h = speed == 2 ? 1.0 : 10.0}));
      pools.push_back({.id = PoolId(number++), .service = services_.back().get(), .load = {.ready = 1}});
    }
  }

  std::size_t route(std::int32_t prompt_tokens, const SloTicks& slo = {}) {
    Request request;
    request.prompt_tokens = prompt_tokens;
    return policy_->route(RequestView(request, 0, slo), pools);
  }

  std::vector<PoolView> pools;  ///< fast, slow, middle

 private:
  std::unique_ptr<PoolRoutePolicy> policy_;
  std::vector<std::unique_ptr<LineModel>> models_;
  std::vector<std::unique_ptr<ServiceEstimator>> services_;
};

TEST_CASE("least outstanding across pools is relative to their capacity") {
  Bench bench("least-outstanding");
  CHECK(bench.route(100) == 0);
  bench.pools[0].load.outstanding = 4;  // 5 / 4 against 1 / 1 and 1 / 2
  CHECK(bench.route(100) == 2);
  bench.pools[2].load.outstanding = 2;  // 5 / 4, 1 / 1, 3 / 2
  CHECK(bench.route(100) == 1);
  bench.pools[0].load.ready = 3;
  CHECK(bench.route(100) == 0);
}

TEST_CASE("round robin across pools: each in proportion to its capacity, evenly mixed") {
  Bench bench("round-robin");
  std::map<std::size_t, int> counts;
  int in_a_row = 0;
  for (int i = 0; i < 700; ++i) {
    const std::size_t pool = bench.route(100);
    ++counts[pool];
    in_a_row = pool == 0 ? in_a_row + 1 : 0;
    CHECK(in_a_row <= 2);  // 4 of 7 turns, but never 4 on end
  }
  CHECK(counts[0] == 400);
  CHECK(counts[1] == 100);
  CHECK(counts[2] == 200);
}

TEST_CASE("length split: from the slowest pool for short prompts to the fastest for all the rest") {
  Parameters parameters;
  parameters.set("short", 100);
  parameters.set("factor", 10);
  Bench bench("length-split", parameters);
  CHECK(bench.route(1) == 1);
  CHECK(bench.route(100) == 1);
  CHECK(bench.route(101) == 2);
  CHECK(bench.route(1000) == 2);
  CHECK(bench.route(1001) == 0);
  CHECK(bench.route(1'000'000) == 0);
  bench.pools.pop_back();  // without the middle one, the fast one takes what is not short
  CHECK(bench.route(100) == 1);
  CHECK(bench.route(101) == 0);
}

TEST_CASE("length split: a full pool spills to the next faster, else to the next slower") {
  Parameters parameters;
  parameters.set("short", 100);
  Bench bench("length-split", parameters);
  bench.pools[1].load.outstanding = 10;
  CHECK(bench.route(1) == 2);
  bench.pools[2].load.outstanding = 10;
  CHECK(bench.route(1) == 0);
  bench.pools[0].load.outstanding = 10;
  CHECK(bench.route(1) == 1);  // nobody has room: where it belongs
  bench.pools[2].load.outstanding = 9;
  CHECK(bench.route(1'000'000) == 2);
  Parameters strict = parameters;
  strict.set("spill_at", 0);
  Bench never("length-split", strict);
  never.pools[1].load.outstanding = 10'000;
  CHECK(never.route(1) == 1);
}

TEST_CASE("cheapest within SLO: the cheapest that meets the limits, else whoever misses by least") {
  Bench bench("cheapest-within-slo");
  const SloTicks loose{.ttft = to_ticks(10.0), .tpot = to_ticks(1.0)};
  CHECK(bench.route(1000, loose) == 1);  // a quarter of the fast one's joules
  // 1,000 tokens take the slow pool 0.44 s, the middle one 0.22, the fast one 0.11; 70 % of the limits may be used.
  CHECK(bench.route(1000, {.ttft = to_ticks(0.60), .tpot = kNever}) == 2);
  CHECK(bench.route(1000, {.ttft = to_ticks(0.25), .tpot = kNever}) == 0);
  CHECK(bench.route(1000, {.ttft = to_ticks(0.05), .tpot = kNever}) == 0);
  // 40, 20 and 10 ms a token.
  CHECK(bench.route(1000, {.ttft = kNever, .tpot = to_ticks(0.030)}) == 2);
  // A queue at the cheap one is waited for.
  bench.pools[1].load.outstanding = 500;
  bench.pools[1].load.waiting = 490;
  CHECK(bench.route(1000, loose) == 2);
  Parameters cost;
  cost.set("by", 1);
  CHECK(Bench("cheapest-within-slo", cost).route(1000, loose) == 2);  // a tenth of the others' rent
}

TEST_CASE("one pool is no choice") {
  for (const PoolRouteDeclaration& declaration : PoolRouteFamily::built_in()) {
    INFO(declaration.info.name);
    Bench bench(declaration.info.name);
    bench.pools.resize(1);
    bench.pools[0].load = {.ready = 0, .coming = 1};
    CHECK(bench.route(100, {.ttft = 1, .tpot = 1}) == 0);
  }
}

}  // namespace
}  // namespace idlewatt
