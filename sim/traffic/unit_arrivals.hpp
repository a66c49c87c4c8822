// Arrivals at unit rate: of one renewal process, or of a population of clients.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/min_tree.hpp"
#include "traffic/arrivals.hpp"
#include "traffic/gap_sampler.hpp"

namespace idlewatt {

/// Superposed renewal processes, one per client, of total rate 1. All clients share one varying rate, so their
/// processes are merged before the rate stretches time: one draw and O(log clients) per arrival. Random streams:
/// "<name>/client-<i>" and "<name>/client-cv".
class ClientArrivals {
 public:
  /// Requires a checked population with at least one client.
  ClientArrivals(const Population& population, std::uint64_t seed, const std::string& name);

  /// The time from the last arrival to the next, at unit rate.
  double gap();
  /// The client that sent the last arrival, from 0.
  std::int32_t client() const { return client_; }

 private:
  std::vector<GapSampler> gaps_;
  std::vector<double> mean_gap_;
  MinTree<double> next_;
  double now_ = 0.0;
  std::int32_t client_ = 0;
};

/// The share of the arrivals of each client, the largest first. The shares sum to 1.
std::vector<double> client_shares(const Population& population);

/// The arrivals that a description asks for: one process, or a population. The default costs no more than its
/// exponential draw.
class UnitArrivals {
 public:
  /// Makes the arrivals. A single process draws from the stream "<name>/arrivals".
  UnitArrivals(const Gaps& gaps, const Population& population, std::uint64_t seed, const std::string& name);

  double gap() {
    if (!clients_.empty()) {
      return clients_.front().gap();
    }
    if (first_) {
      first_ = false;
      return single_.draw_first();
    }
    return single_.draw();
  }
  /// The client of the last arrival; 0 where there is no population.
  std::int32_t client() const { return clients_.empty() ? 0 : clients_.front().client(); }

 private:
  bool first_ = true;
  GapSampler single_;
  std::vector<ClientArrivals> clients_;  // none or one: it is large, and seldom wanted
};

}  // namespace idlewatt
