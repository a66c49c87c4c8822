// Transfers between the accelerators of one replica within a layer: sums of partial products, and tokens sent to
// experts.
#pragma once

#include "catalog/model.hpp"
#include "catalog/parallelism.hpp"

namespace idlewatt {

/// Seconds of an all-reduce of `bytes` among `accelerators` that each send `bytes_per_s`, without the latency of its
/// first phase. Either each accelerator sends everything to all others, or a reduce-scatter is followed by an
/// all-gather; the faster of the two counts.
double all_reduce_s(double bytes, double accelerators, double bytes_per_s);

/// The links between accelerators: within one server, and over the network between servers.
struct ExchangeLinks {
  double link_bytes_per_s = 0.0;     ///< bandwidth of an accelerator to others of its server
  double network_bytes_per_s = 0.0;  ///< bandwidth of one accelerator to other servers: its share of its server's
                                     ///< network
  double network_latency_s = 0.0;
  int server_accelerators = 1;
};

/// Seconds of an all-reduce of `bytes` in a group of `tensor` accelerators on `servers` servers, the same number on each.
/// On several servers it has the three parts of a hierarchical all-reduce: a reduce-scatter in each server, an
/// all-reduce of each accelerator's part between servers, and an all-gather in each server. The all-reduce between
/// servers takes 2 (servers - 1) / servers of the part at the accelerator's share of the network, and the network's
/// latency for each level of a binary tree, up and down. NCCL's algorithms have this form ("Double binary trees", NCCL
/// 2.4); no measurement over several servers was at hand.
double all_reduce_s(double bytes, double tensor, double servers, const ExchangeLinks& links);

/// Seconds until each of `ranks` accelerators has all `bytes`, of which each had an equal part; also those of a
/// reduce-scatter of `bytes`. `here` ranks are on one server. Parts from other servers pass the network after its
/// latency. The slower of the two paths decides.
double all_gather_s(double bytes, double ranks, double here, const ExchangeLinks& links);

/// The exchange of tokens in layers with experts between the ranks of a stage: tokens are sent to the ranks that hold
/// their experts (dispatch), and the results are sent back (combine). Each token goes to every rank that holds one of
/// its experts, and there to each of the accelerators that divide an expert. The results have the same number of
/// elements, in 16 bits. Dispatched states are in fp8 with a scale per 128 elements if the experts are stored in 8
/// bits, otherwise in 16 bits.
///
/// Times follow the two kinds of kernels of DeepEP, each linear in the bytes:
///   low latency      a copy for each expert of a token; for decode steps of at most kMostLowLatencyTokens tokens
///   high throughput  a copy for each rank that is reached; for steps with prompts, and where it is faster
/// Fitted to DeepEP on 8 H100 in SGLang 0.5.12 (ai-dynamo/aiconfigurator, h100_sxm wideep_deepep_ll and _normal with 24
/// SMs, 128 experts and more; 143 and 345 points): 11.6 us and 0.886 (dispatch) and 0.787 (combine) of the bandwidth
/// that all-reduces have there; 26.8 and 39.0 us, 0.953 and 1.02. Median errors 5.4 and 4.6 %, 5.7 and 7.6 %. Beyond
/// one server there are no measurements. Copies to other servers are assumed to pass the network, one for each server
/// that is reached (low latency: one for each expert), at its bandwidth and after its latency. The slower of the two
/// paths decides.
class ExpertExchange {
 public:
  /// Makes the exchange of a replica. Nothing is exchanged by a replica of one rank, or by a model without experts: the
  /// partial sums of tensor parallelism then carry the results.
  ExpertExchange(const Model& model, Precision precision, const Parallelism& parallel, const ExchangeLinks& links);

  bool needed() const { return needed_; }
  /// Bytes that an accelerator sends for one token, to ranks of its own server (itself included) and to other servers.
  struct Bytes {
    double link = 0.0;
    double network = 0.0;
  };
  Bytes dispatch_bytes() const { return high_throughput_.dispatch; }
  Bytes combine_bytes() const { return high_throughput_.combine; }
  /// Seconds of dispatch and combine in one layer, when an accelerator has `tokens` tokens to send.
  double seconds(double tokens, bool decode_only) const;
  /// The least time of a layer's exchange, in seconds.
  double least_s() const { return seconds(0.0, true); }

 private:
  struct Way {
    double fixed_s = 0.0;
    Bytes dispatch;  ///< bytes of one token
    Bytes combine;
    double dispatch_link_factor = 1.0;  ///< factor of the bandwidth of an all-reduce
    double combine_link_factor = 1.0;
  };
  double seconds(const Way& way, double tokens) const;

  bool needed_ = false;
  ExchangeLinks links_;
  Way low_latency_;
  Way high_throughput_;
};

/// The expected number of ranks that a token reaches when its `per_token` experts are drawn at random from `experts`,
/// which are spread evenly over `ranks` ranks.
double ranks_reached(double experts, int per_token, double ranks);

}  // namespace idlewatt
