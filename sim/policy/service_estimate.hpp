// The latency and the cost that one more request would have at a pool, estimated from what is visible outside the pool:
// the load, the step times of its hardware, and the lengths of earlier answers.
#pragma once

#include <cstdint>

#include "physics/step_model.hpp"
#include "policy/request_view.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// A pool as its router sees it.
struct PoolLoad {
  std::int32_t ready = 0;        ///< replicas that take requests
  std::int32_t coming = 0;       ///< replicas that will take requests: pending, starting or sleeping
  std::int64_t outstanding = 0;  ///< requests in the pool: waiting or in a batch
  std::int64_t waiting = 0;      ///< requests among them that are in no batch
};

template <>
struct FieldsOf<PoolLoad>
    : ShownFields<&PoolLoad::ready, &PoolLoad::coming, &PoolLoad::outstanding, &PoolLoad::waiting> {};

/// The estimate: seconds, joules at the wall, dollars.
struct ServiceEstimate {
  double ttft_s = 0.0;
  double tpot_s = 0.0;
  double e2e_s = 0.0;
  double energy_j = 0.0;  ///< energy above what the pool draws without the request
  double cost_usd = 0.0;

  /// The estimate as a share of the request's limits: at most 1 when all limits are met. A deferrable request's only
  /// limit is its deadline.
  double limit_use(const RequestView& request) const;
};

template <>
struct FieldsOf<ServiceEstimate>
    : ShownFields<&ServiceEstimate::ttft_s, &ServiceEstimate::tpot_s, &ServiceEstimate::e2e_s,
                  &ServiceEstimate::energy_j, &ServiceEstimate::cost_usd> {};

/// Fixed figures of a pool.
struct ServiceFigures {
  std::int32_t seats = 1;              ///< slots in one replica's batch
  std::int32_t accelerators = 1;       ///< accelerators of one replica
  double idle_w = 0.0;                 ///< power of one accelerator with the model loaded
  double overhead_per_w = 0.0;         ///< power of fans and power supply per watt of the accelerators
  double rent_usd_per_h = 0.0;         ///< rent of one replica where its servers are rented
  double electricity_usd_per_j = 0.0;  ///< price where the servers are owned, PUE included
};

template <>
struct FieldsOf<ServiceFigures> : ShownFields<&ServiceFigures::seats, &ServiceFigures::accelerators,
                                              &ServiceFigures::idle_w, &ServiceFigures::overhead_per_w,
                                              &ServiceFigures::rent_usd_per_h, &ServiceFigures::electricity_usd_per_j> {
};

/// The mean-field picture of one replica that has b of the pool's requests in its batch, b + 1 with the request:
///
///   d(n)    = a decode step of n sequences at the mean context (mean prompt + half of the mean output)
///   x(p, n) = what a prompt of p tokens adds to such a step
///   tpot    = d(b + 1) + b x(mean prompt, b + 1) / mean output
///             (while one request is served, each of the b others begins once)
///   T       = x(mean prompt, b) + mean output x tpot: a stay in the batch
///   ttft    = waiting a replica x T / b  +  d(b) / 2  +  rho / (1 - rho) x(mean prompt) / 2  +  x(p, b) + d(b)
///             (the queue ahead; the step under way; other prompts ahead, as in M/D/1 with rho = b x / T; its own)
///   energy  = accelerators x (1 + overhead) x what is above idle of:
///             x(p, b) + mean output x (d(b + 1) - d(b)), in joules; of a full batch, d(seats) / seats
///   cost    = rent of the replica during T / (b + 1), its share of the batch; electricity of the energy where owned
///
/// A pool without a ready replica has an infinite ttft. Means follow the answers that end (weight 1/256 for each new
/// one); until then they are 1,024 and 128, about the medians of Azure's conversation trace of 2023
/// (workloads/README.md: 1,020 and 129).
class ServiceEstimator {
 public:
  /// `physics` must outlive the estimator.
  ServiceEstimator(const StepModel& physics, const ServiceFigures& figures);

  /// Tells that a request of the pool has all its tokens.
  void ended(std::int64_t prompt_tokens, std::int64_t output_tokens);

  ServiceEstimate estimate(std::int64_t prompt_tokens, const PoolLoad& load) const;

  const ServiceFigures& figures() const { return figures_; }
  /// Requests per second of one replica with every seat taken, of the lengths before any answer.
  double capacity_rps() const { return capacity_rps_; }
  /// Prompt tokens per second of one replica that computes one prompt of 1,024 tokens.
  double prompt_tokens_per_s() const { return prompt_tokens_per_s_; }

 private:
  /// Seconds, and joules above idle of one accelerator.
  struct Cost {
    double s = 0.0;
    double j = 0.0;
  };

  /// The cost of a step whose `decoding` sequences are in the middle of answers of the usual length.
  Cost cost(const StepShape& shape, std::int32_t decoding) const;
  Cost decode(std::int32_t sequences) const;
  Cost prompt(std::int64_t tokens, std::int32_t decoding, const Cost& decode_alone) const;

  const StepModel* physics_;
  ServiceFigures figures_;
  double prompt_tokens_ = 1024.0;
  double output_tokens_ = 128.0;
  double capacity_rps_ = 0.0;
  double prompt_tokens_per_s_ = 0.0;
};

template <>
struct FieldsOf<ServiceEstimator>
    : ShownFields<&ServiceEstimator::figures, &ServiceEstimator::capacity_rps, &ServiceEstimator::prompt_tokens_per_s> {
};

}  // namespace idlewatt
