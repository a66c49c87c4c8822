// The estimate of policy/service_estimate.hpp against the same sums by hand, on hardware with round figures.
#include "policy/service_estimate.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "support/line_model.hpp"

namespace idlewatt {
namespace {

/// A step takes 10 ms and 1 ms a sequence, and 0.1 ms a prompt token; 2 J, 0.1 J a sequence, 1 mJ a prompt token.
LineModel round_model() {
  return LineModel({.pieces = {{.from_context = 0,
                                .duration_at_zero = 10 * kTicksPerMillisecond,
                                .energy_at_zero_fj = 2'000'000'000'000'000}},
                    .duration_per_sequence = kTicksPerMillisecond,
                    .duration_per_prefill_token = kTicksPerMillisecond / 10,
                    .energy_per_sequence_fj = 100'000'000'000'000,
                    .energy_per_prefill_token_fj = 1'000'000'000'000});
}

ServiceFigures figures() {
  return {.seats = 4,
          .accelerators = 2,
          .idle_w = 50.0,
          .overhead_per_w = 0.1,
          .rent_usd_per_h = 3600.0,
          .electricity_usd_per_j = 1e-3};
}

Request request_of(std::int32_t prompt_tokens) {
  Request request;
  request.prompt_tokens = prompt_tokens;
  return request;
}

TEST_CASE("an idle pool: a prompt alone, then decode steps of one") {
  const LineModel model = round_model();
  const ServiceEstimator service(model, figures());
  const ServiceEstimate estimate = service.estimate(100, {.ready = 3, .coming = 0, .outstanding = 0, .waiting = 0});
  CHECK(estimate.ttft_s == Approx(0.010 + 0.001 + 0.010));
  CHECK(estimate.tpot_s == Approx(0.011));
  CHECK(estimate.e2e_s == Approx(0.021 + 127 * 0.011));
  // Above 50 W of idling, of two accelerators, with 10 % on top.
  const double prompt_j = 2.0 + 0.1 + 0.1 - 50.0 * 0.021;
  const double token_j = 2.0 + 0.1 - 50.0 * 0.011;
  CHECK(estimate.energy_j == Approx(2 * 1.1 * (prompt_j + 128 * token_j)));
  // A dollar a second, all of it this request's.
  CHECK(estimate.cost_usd == Approx(0.021 + 128 * 0.011 + 1e-3 * estimate.energy_j));
}

TEST_CASE("a busy pool: prompts of others slow it, weights read already make it cheap") {
  const LineModel model = round_model();
  const ServiceEstimator service(model, figures());
  // Two replicas with two requests each in the batch.
  const ServiceEstimate estimate = service.estimate(100, {.ready = 2, .coming = 0, .outstanding = 4, .waiting = 0});
  const double step = 0.012;
  const double mean_beside = 0.1024 + 0.001;  // 1,024 tokens and a sequence more
  const double tpot = 0.013 + 2 * mean_beside / 128;
  CHECK(estimate.tpot_s == Approx(tpot));
  const double stay = mean_beside + 128 * tpot;
  const double rho = 2 * mean_beside / stay;
  CHECK(estimate.ttft_s == Approx(step / 2 + rho / (1 - rho) * mean_beside / 2 + 0.011 + step));
  const double own_j = 0.1 + 0.1 - 50.0 * 0.011;
  const double token_j = 0.1 - 50.0 * 0.001;
  CHECK(estimate.energy_j == Approx(2 * 1.1 * (own_j + 128 * token_j)));
}

TEST_CASE("a queue is waited for; without a ready replica there is no end to it") {
  const LineModel model = round_model();
  const ServiceEstimator service(model, figures());
  const ServiceEstimate full = service.estimate(100, {.ready = 1, .coming = 0, .outstanding = 4, .waiting = 0});
  const ServiceEstimate queue = service.estimate(100, {.ready = 1, .coming = 0, .outstanding = 24, .waiting = 20});
  // Twenty ahead, four at a time: five stays in the batch.
  const double stay = queue.e2e_s - queue.ttft_s + queue.tpot_s + 0.1034;
  CHECK(queue.ttft_s - full.ttft_s == Approx(5 * stay).epsilon(0.001));
  CHECK(std::isinf(service.estimate(100, {.ready = 0, .coming = 1, .outstanding = 0, .waiting = 0}).ttft_s));
}

TEST_CASE("the estimate follows the lengths of the answers that end") {
  const LineModel model = round_model();
  ServiceEstimator service(model, figures());
  for (int i = 0; i < 5000; ++i) {
    service.ended(100, 1000);
  }
  const ServiceEstimate estimate = service.estimate(100, {.ready = 1, .coming = 0, .outstanding = 0, .waiting = 0});
  CHECK(estimate.e2e_s == Approx(0.021 + 999 * 0.011));
}

TEST_CASE("how much of its limits a request would use") {
  const ServiceEstimate estimate{.ttft_s = 2.0, .tpot_s = 0.05, .e2e_s = 10.0};
  Request request = request_of(1);
  request.arrival = 0;
  const SloTicks slo{.ttft = to_ticks(4.0), .tpot = to_ticks(0.2)};
  CHECK(estimate.limit_use(RequestView(request, 0, slo)) == Approx(0.5));
  CHECK(estimate.limit_use(RequestView(request, to_ticks(2.0), slo)) == Approx(1.0));  // it has waited 2 s already
  CHECK(estimate.limit_use(RequestView(request, 0, {.ttft = kNever, .tpot = to_ticks(0.025)})) == Approx(2.0));
  CHECK(estimate.limit_use(RequestView(request, 0, {})) == 0.0);
  request.deadline_class = DeadlineClass::deferrable;
  request.deadline = to_ticks(40.0);
  CHECK(estimate.limit_use(RequestView(request, 0, slo)) == Approx(0.25));
  CHECK(estimate.limit_use(RequestView(request, to_ticks(30.0), slo)) == Approx(1.0));
}

}  // namespace
}  // namespace idlewatt
