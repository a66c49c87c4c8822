#include <memory>
#include <string>

#include "policy/table.hpp"
#include "support/catch.hpp"
#include "support/line_model.hpp"

namespace idlewatt {
namespace {

/// A step takes 10 ms and 0.1 ms a prompt token; batches of four.
class Bench {
 public:
  explicit Bench(const std::string& name, const Parameters& changed = {})
      : model_({.pieces = {{.from_context = 0, .duration_at_zero = 10 * kTicksPerMillisecond}},
                .duration_per_prefill_token = kTicksPerMillisecond / 10}),
        service_(model_, {.seats = 4}) {
    const auto table = AdmissionFamily::built_in();
    const AdmissionDeclaration* declaration = find(table, name);
    REQUIRE(declaration != nullptr);
    Parameters parameters = Parameters::defaults_of(declaration->info);
    for (const auto& [key, value] : changed.all()) {
      parameters.set(key, value);
    }
    policy_ = declaration->make(parameters);
  }

  bool admits(const Request& request, double now_s, const SloTicks& slo = {}) {
    return policy_->admit(RequestView(request, to_ticks(now_s), slo), {.load = load, .service = &service_});
  }

  PoolLoad load{.ready = 1};

 private:
  LineModel model_;
  ServiceEstimator service_;
  std::unique_ptr<AdmissionPolicy> policy_;
};

Request request_of(std::int32_t tenant, std::int32_t prompt_tokens = 100) {
  Request request;
  request.tenant = tenant;
  request.prompt_tokens = prompt_tokens;
  return request;
}

Parameters with(const std::string& key, double value, Parameters parameters = {}) {
  parameters.set(key, value);
  return parameters;
}

TEST_CASE("always admits, however long the queue") {
  Bench bench("always");
  bench.load.waiting = 1'000'000;
  CHECK(bench.admits(request_of(0), 0.0));
}

TEST_CASE("queue-limit: so many may wait, for each ready replica") {
  Bench bench("queue-limit", with("per_replica", 3, with("at_least", 0)));
  bench.load = {.ready = 2, .outstanding = 100, .waiting = 5};
  CHECK(bench.admits(request_of(0), 0.0));
  bench.load.waiting = 6;
  CHECK_FALSE(bench.admits(request_of(0), 0.0));
  bench.load.ready = 3;
  CHECK(bench.admits(request_of(0), 0.0));
  bench.load = {.ready = 0, .coming = 1};  // the first one wakes the pool
  CHECK(bench.admits(request_of(0), 0.0));
  bench.load.waiting = 1;
  CHECK_FALSE(bench.admits(request_of(0), 0.0));
  Bench some("queue-limit", with("at_least", 5));
  some.load = {.ready = 0, .coming = 1, .waiting = 4};
  CHECK(some.admits(request_of(0), 0.0));
}

TEST_CASE("deadline: turned away when the estimate exceeds a limit") {
  Bench bench("deadline");
  // Alone, 100 tokens take 20 ms; then 10 ms a token.
  CHECK(bench.admits(request_of(0), 0.0, {.ttft = to_ticks(0.021), .tpot = to_ticks(0.011)}));
  CHECK_FALSE(bench.admits(request_of(0), 0.0, {.ttft = to_ticks(0.019), .tpot = kNever}));
  CHECK_FALSE(bench.admits(request_of(0), 0.0, {.ttft = kNever, .tpot = to_ticks(0.009)}));
  CHECK_FALSE(bench.admits(request_of(0, 1000), 0.0, {.ttft = to_ticks(0.1), .tpot = kNever}));
  // Forty wait for four seats: ten stays of 1.4 s and more.
  bench.load = {.ready = 1, .outstanding = 44, .waiting = 40};
  CHECK_FALSE(bench.admits(request_of(0), 0.0, {.ttft = to_ticks(10.0), .tpot = kNever}));
  CHECK(bench.admits(request_of(0), 0.0, {.ttft = to_ticks(30.0), .tpot = kNever}));
  CHECK(bench.admits(request_of(0), 0.0));  // no limits
}

TEST_CASE("deadline: a deferrable request is turned away when it would end too late") {
  Bench bench("deadline");
  Request request = request_of(0);
  request.deadline_class = DeadlineClass::deferrable;
  request.deadline = to_ticks(10.0);
  CHECK(bench.admits(request, 8.0));  // some 1.3 s
  CHECK_FALSE(bench.admits(request, 9.0));
  CHECK_FALSE(bench.admits(request, 11.0));
}

TEST_CASE("deadline: without a ready replica it does as it was told") {
  Bench admits("deadline");
  admits.load = {.ready = 0, .coming = 1};
  CHECK(admits.admits(request_of(0), 0.0, {.ttft = 1, .tpot = 1}));
  Bench rejects("deadline", with("cold", 1));
  rejects.load = {.ready = 0, .coming = 1};
  CHECK_FALSE(rejects.admits(request_of(0), 0.0));
}

TEST_CASE("rate-limit: a bucket for each tenant, full at first, filled at its rate") {
  Bench bench("rate-limit", with("rate", 2.0, with("burst", 3)));
  for (const std::int32_t tenant : {7, 8}) {
    CHECK(bench.admits(request_of(tenant), 10.0));
    CHECK(bench.admits(request_of(tenant), 10.0));
    CHECK(bench.admits(request_of(tenant), 10.0));
    CHECK_FALSE(bench.admits(request_of(tenant), 10.0));
  }
  CHECK_FALSE(bench.admits(request_of(7), 10.25));
  CHECK(bench.admits(request_of(7), 10.5));
  CHECK_FALSE(bench.admits(request_of(7), 10.5));
  for (int i = 0; i < 3; ++i) {
    CHECK(bench.admits(request_of(7), 100.0));  // never more than the burst
  }
  CHECK_FALSE(bench.admits(request_of(7), 100.0));
}

TEST_CASE("rate-limit by tokens: a prompt takes as many as it has") {
  Bench bench("rate-limit", with("by", 1, with("rate", 100.0, with("burst", 1000))));
  CHECK(bench.admits(request_of(1, 900), 0.0));
  CHECK_FALSE(bench.admits(request_of(1, 200), 0.0));
  CHECK(bench.admits(request_of(1, 100), 0.0));
  CHECK(bench.admits(request_of(1, 200), 2.0));
  CHECK_FALSE(bench.admits(request_of(1, 1001), 1000.0));  // never fits
}

}  // namespace
}  // namespace idlewatt
