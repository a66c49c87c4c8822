#include "traffic/unit_arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <functional>

namespace idlewatt {

std::vector<double> client_shares(const Population& population) {
  std::vector<double> shares;
  double sum = 0.0;
  for (std::int32_t i = 0; i < population.clients; ++i) {
    const double rank = i + 1.0;
    shares.push_back(population.shares == Population::Shares::zipf
                         ? std::pow(rank, -population.skew)
                         : std::exp(-population.skew * normal_quantile((i + 0.5) / population.clients)));
    sum += shares.back();
  }
  for (double& share : shares) {
    share /= sum;
  }
  return shares;
}

ClientArrivals::ClientArrivals(const Population& population, std::uint64_t seed, const std::string& name)
    : next_(static_cast<std::size_t>(population.clients), 0.0) {
  RandomStream cv_random(seed, name + "/client-cv");
  NormalSampler normal;
  std::size_t client = 0;
  for (const double share : client_shares(population)) {
    Gaps gaps = population.gaps;
    gaps.cv = std::clamp(gaps.cv * std::exp(population.cv_sigma * normal.draw(cv_random)), GapSampler::kMinCv,
                         GapSampler::kMaxCv);
    gaps_.emplace_back(gaps, RandomStream(seed, fmt::format("{}/client-{}", name, client)));
    mean_gap_.push_back(1.0 / share);
    next_.update(client, mean_gap_.back() * gaps_.back().draw_first());
    ++client;
  }
}

double ClientArrivals::gap() {
  const std::size_t client = next_.top();
  const double at = next_.top_key();
  const double result = at - now_;
  now_ = at;
  client_ = static_cast<std::int32_t>(client);
  next_.update(client, at + mean_gap_[client] * gaps_[client].draw());
  return result;
}

UnitArrivals::UnitArrivals(const Gaps& gaps, const Population& population, std::uint64_t seed, const std::string& name)
    : single_(gaps, RandomStream(seed, name + "/arrivals")) {
  if (population.clients > 0) {
    clients_.emplace_back(population, seed, name);
  }
}

}  // namespace idlewatt
