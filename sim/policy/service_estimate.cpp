#include "policy/service_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace idlewatt {

double ServiceEstimate::limit_use(const RequestView& request) const {
  const auto share = [](double estimate_s, Ticks limit) {
    return limit == kNever ? 0.0 : estimate_s / std::max(to_seconds(limit), 1e-9);
  };
  if (request.deferrable()) {
    return request.deadline() == kNever ? 0.0 : share(e2e_s, std::max<Ticks>(request.deadline() - request.now(), 0));
  }
  // What its client has waited already, in tries before this one, counts.
  const double waited_s = to_seconds(request.now() - request.asked_at());
  return std::max(share(waited_s + ttft_s, request.slo().ttft), share(tpot_s, request.slo().tpot));
}

ServiceEstimator::ServiceEstimator(const StepModel& physics, const ServiceFigures& figures)
    : physics_(&physics), figures_(figures) {
  constexpr std::int64_t kTokens = 1024;
  prompt_tokens_per_s_ = static_cast<double>(kTokens) / prompt(kTokens, 0, {}).s;
  const std::int32_t seats = figures.seats;
  const double step_s = decode(seats).s;
  const double stay_s = seats * prompt(kTokens, seats, decode(seats)).s + output_tokens_ * step_s;
  capacity_rps_ = seats / stay_s;
}

void ServiceEstimator::ended(std::int64_t prompt_tokens, std::int64_t output_tokens) {
  constexpr double kWeight = 1.0 / 256.0;
  prompt_tokens_ += kWeight * (static_cast<double>(prompt_tokens) - prompt_tokens_);
  output_tokens_ += kWeight * (static_cast<double>(output_tokens) - output_tokens_);
}

ServiceEstimator::Cost ServiceEstimator::cost(const StepShape& shape, std::int32_t decoding) const {
  const AttendedContext& attended = physics_->attended();
  const double context = prompt_tokens_ + output_tokens_ / 2.0;
  const std::int64_t read =
      attended.plain() ? std::llround(decoding * context) : decoding * attended.of(std::llround(context));
  const StepCost step = physics_->cost(shape, read);
  const double s = to_seconds(step.duration);
  return {.s = s, .j = step.energy.j() - figures_.idle_w * s};
}

ServiceEstimator::Cost ServiceEstimator::decode(std::int32_t sequences) const {
  if (sequences <= 0) {
    return {};
  }
  return cost({.decode_sequences = sequences}, sequences);
}

ServiceEstimator::Cost ServiceEstimator::prompt(std::int64_t tokens, std::int32_t decoding,
                                                const Cost& decode_alone) const {
  StepShape shape{.decode_sequences = decoding};
  shape.add_chunk(physics_->attended(), 0, tokens);
  const Cost both = cost(shape, decoding);
  return {.s = both.s - decode_alone.s, .j = both.j - decode_alone.j};
}

ServiceEstimate ServiceEstimator::estimate(std::int64_t prompt_tokens, const PoolLoad& load) const {
  constexpr double kSecondsPerHour = 3600.0;
  const double ready = std::max(load.ready, 1);
  const double seats = figures_.seats;
  const double in_batch = std::clamp(static_cast<double>(load.outstanding - load.waiting) / ready, 0.0, seats);
  const double waiting = static_cast<double>(load.waiting) / ready;
  const auto others = static_cast<std::int32_t>(std::min(std::floor(in_batch), seats - 1.0));
  const double b = others;

  const Cost now = decode(others);
  const Cost with = decode(others + 1);
  const auto mean_prompt = static_cast<std::int64_t>(std::max(1.0, std::round(prompt_tokens_)));
  const Cost mean_beside = prompt(mean_prompt, others, now);
  const Cost own = prompt(prompt_tokens, others, now);
  const double outputs = std::max(output_tokens_, 1.0);

  ServiceEstimate estimate;
  estimate.tpot_s = with.s + b * mean_beside.s / outputs;
  const double stay_s = mean_beside.s + outputs * estimate.tpot_s;
  const double rho = std::min(b * mean_beside.s / stay_s, 0.99);
  const double queue_s = waiting * stay_s / std::max(in_batch, 1.0);
  estimate.ttft_s = load.ready > 0 ? queue_s + now.s / 2.0 + rho / (1.0 - rho) * mean_beside.s / 2.0 + own.s + now.s
                                   : std::numeric_limits<double>::infinity();
  estimate.e2e_s = estimate.ttft_s + (outputs - 1.0) * estimate.tpot_s;

  const bool full = in_batch >= seats;
  const double token_j = full ? with.j / seats : with.j - now.j;
  const double wall = figures_.accelerators * (1.0 + figures_.overhead_per_w);
  estimate.energy_j = wall * (own.j + outputs * token_j);
  const double replica_s = (own.s + outputs * estimate.tpot_s) / (b + 1.0);
  estimate.cost_usd =
      figures_.rent_usd_per_h / kSecondsPerHour * replica_s + figures_.electricity_usd_per_j * estimate.energy_j;
  return estimate;
}

}  // namespace idlewatt
