#include "physics/collectives.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {
namespace {

/// Between the two phases of an all-reduce, for each doubling of the accelerators beyond two: 5.0 us among 2, 5.2 among
/// 4, 5.8 among 8 for short messages, the two-phase ones later (ai-dynamo/aiconfigurator, a100_sxm custom_allreduce).
constexpr double kAllReducePhaseS = 4e-6;

/// Tokens of an accelerator in one exchange that low-latency kernels were measured with at most.
constexpr double kMostLowLatencyTokens = 1024.0;

// The fits that ExpertExchange names: seconds of dispatch and combine together, and shares of an all-reduce's bandwidth.
constexpr double kLowLatencyS = 11.6e-6 + 11.6e-6;
constexpr double kLowLatencyDispatch = 0.886;
constexpr double kLowLatencyCombine = 0.787;
constexpr double kHighThroughputS = 26.8e-6 + 39.0e-6;
constexpr double kHighThroughputDispatch = 0.953;
constexpr double kHighThroughputCombine = 1.02;
/// A scale of 4 bytes for 128 elements (DeepEP's fp8 dispatch).
constexpr double kEightBitStateBytes = 1.0 + 4.0 / 128.0;

double dispatched_bytes(Precision experts) {
  return experts == Precision::fp8 ? kEightBitStateBytes : kActivationBytes;
}

}  // namespace

double all_reduce_s(double bytes, double accelerators, double bytes_per_s) {
  const double message_s = bytes / bytes_per_s;
  const double one_phase_s = (accelerators - 1.0) * message_s;
  const double two_phases_s =
      kAllReducePhaseS * std::log2(accelerators / 2.0) + 2.0 * (accelerators - 1.0) / accelerators * message_s;
  return std::min(one_phase_s, two_phases_s);
}

double all_reduce_s(double bytes, double tensor, double servers, const ExchangeLinks& links) {
  if (servers <= 1.0) {
    return all_reduce_s(bytes, tensor, links.link_bytes_per_s);
  }
  const double here = tensor / servers;
  const double within_s = here > 1.0 ? all_reduce_s(bytes, here, links.link_bytes_per_s) : 0.0;
  return within_s + 2.0 * std::ceil(std::log2(servers)) * links.network_latency_s +
         2.0 * (servers - 1.0) / servers * (bytes / here) / links.network_bytes_per_s;
}

double all_gather_s(double bytes, double ranks, double here, const ExchangeLinks& links) {
  const double link_s = (here - 1.0) / ranks * bytes / links.link_bytes_per_s;
  if (here >= ranks) {
    return link_s;
  }
  return links.network_latency_s + std::max(link_s, (ranks - here) / ranks * bytes / links.network_bytes_per_s);
}

double ranks_reached(double experts, int per_token, double ranks) {
  double misses_one = 1.0;  // the probability that none of the token's experts is on a given rank
  for (int drawn = 0; drawn < per_token; ++drawn) {
    misses_one *= std::max(0.0, (experts - experts / ranks - drawn) / (experts - drawn));
  }
  return ranks * (1.0 - misses_one);
}

ExpertExchange::ExpertExchange(const Model& model, Precision precision, const Parallelism& parallel,
                               const ExchangeLinks& links)
    : needed_(model.mixture && parallel.ranks() > 1), links_(links) {
  if (!needed_) {
    return;
  }
  const ExpertMixture& mixture = *model.mixture;
  const double width = mixture.input > 0 ? mixture.input : model.hidden;
  const double ranks = parallel.expert;
  const double experts = mixture.experts + parallel.redundant_experts;
  const double servers = std::max(1.0, std::ceil(static_cast<double>(parallel.of_stage()) / links.server_accelerators));
  const double per_rank = parallel.expert_tensor();
  const double here = 1.0 / servers;  // the share of all ranks that the accelerator's own server holds
  const double reached = per_rank * ranks_reached(experts, mixture.experts_per_token, ranks);
  const double copies = per_rank * (ranks > 1.0 ? mixture.experts_per_token : 1.0);
  const double other_servers = ranks_reached(experts, mixture.experts_per_token, servers) * (1.0 - here);
  const double dispatched = width * dispatched_bytes(model.formats(precision).experts.precision);
  const double combined = width * kActivationBytes;
  const auto bytes_of = [&](double each, double all_copies, double to_network) {
    return Bytes{.link = each * all_copies * here, .network = servers > 1.0 ? each * to_network : 0.0};
  };
  const double split_servers = ranks > 1.0 ? other_servers : servers - 1.0;
  low_latency_ = {.fixed_s = kLowLatencyS,
                  .dispatch = bytes_of(dispatched, copies, copies * (1.0 - here)),
                  .combine = bytes_of(combined, copies, copies * (1.0 - here)),
                  .dispatch_link_factor = kLowLatencyDispatch,
                  .combine_link_factor = kLowLatencyCombine};
  high_throughput_ = {.fixed_s = kHighThroughputS,
                      .dispatch = bytes_of(dispatched, reached, split_servers),
                      .combine = bytes_of(combined, reached, split_servers),
                      .dispatch_link_factor = kHighThroughputDispatch,
                      .combine_link_factor = kHighThroughputCombine};
}

double ExpertExchange::seconds(const Way& way, double tokens) const {
  const bool network = way.dispatch.network > 0.0;
  const auto one = [&](const Bytes& bytes, double link_factor) {
    const double link_s = tokens * bytes.link / (links_.link_bytes_per_s * link_factor);
    return network ? std::max(link_s, tokens * bytes.network / links_.network_bytes_per_s) : link_s;
  };
  return way.fixed_s + (network ? 2.0 * links_.network_latency_s : 0.0) + one(way.dispatch, way.dispatch_link_factor) +
         one(way.combine, way.combine_link_factor);
}

double ExpertExchange::seconds(double tokens, bool decode_only) const {
  if (!needed_) {
    return 0.0;
  }
  const double throughput_s = seconds(high_throughput_, tokens);
  return decode_only && tokens <= kMostLowLatencyTokens ? std::min(seconds(low_latency_, tokens), throughput_s)
                                                        : throughput_s;
}

}  // namespace idlewatt
