// What accelerators of one replica send to each other within a layer: sums of partial products, and tokens to experts.
#pragma once

#include "catalog/model.hpp"
#include "catalog/parallelism.hpp"

namespace idlewatt {

/// What an all-reduce of so many bytes takes among `accelerators` that each send `bytes_per_s`, seconds, without the
/// latency of its first phase: each sends all to all others, or a reduce-scatter and an all-gather, whichever is less.
double all_reduce_s(double bytes, double accelerators, double bytes_per_s);

/// Of the links between accelerators: of one server, and of the servers' network.
struct ExchangeLinks {
  double link_bytes_per_s = 0.0;     ///< an accelerator's to others of its server
  double network_bytes_per_s = 0.0;  ///< of one accelerator: its share of its server's
  double network_latency_s = 0.0;
  int server_accelerators = 1;
};

/// The dispatch of tokens to the ranks that hold their experts, and the combination of what those return, where
/// attention is parallel by data. Each token goes to every rank that holds one of its experts, and there to each of the
/// accelerators that divide an expert; as much comes back, in 16 bits. Dispatched states are in fp8 with a scale for
/// 128 elements where the experts are stored in 8 bits, else in 16 bits.
///
/// Times follow the two kinds of kernels of DeepEP, each a straight line of the bytes:
///   low latency      a copy for each expert of a token; for decode steps of at most kMostLowLatencyTokens tokens
///   high throughput  a copy for each rank that is reached; for steps with prompts, and where it is faster
/// Fitted to DeepEP on 8 H100 in SGLang 0.5.12 (ai-dynamo/aiconfigurator, h100_sxm wideep_deepep_ll and _normal with 24
/// SMs, 128 experts and more; 143 and 345 points): 11.6 us and 0.886 (dispatch) and 0.787 (combine) of the bandwidth
/// that all-reduces have there; 26.8 and 39.0 us, 0.953 and 1.02. Median errors 5.4 and 4.6 %, 5.7 and 7.6 %.
/// Beyond one server there are no measurements: copies to other servers pass the network, one for each server that is
/// reached (low latency: for each expert), at its bandwidth and after its latency; the slower of both paths decides.
class ExpertExchange {
 public:
  /// Nothing is exchanged without data-parallel attention, or by a model without experts: partial sums of tensor
  /// parallelism carry it.
  ExpertExchange(const Model& model, Precision precision, const Parallelism& parallel, const ExchangeLinks& links);

  bool needed() const { return needed_; }
  /// Bytes that an accelerator sends for one token, to ranks of its server (itself included) and to other servers.
  struct Bytes {
    double link = 0.0;
    double network = 0.0;
  };
  Bytes dispatch_bytes() const { return high_throughput_.dispatch; }
  Bytes combine_bytes() const { return high_throughput_.combine; }
  /// Of one layer, when an accelerator has so many tokens to send: dispatch and combine, seconds.
  double seconds(double tokens, bool decode_only) const;
  /// The least that a layer's exchange takes.
  double least_s() const { return seconds(0.0, true); }

 private:
  struct Way {
    double fixed_s = 0.0;
    Bytes dispatch;  ///< of one token
    Bytes combine;
    double dispatch_link_factor = 1.0;  ///< of the bandwidth of an all-reduce
    double combine_link_factor = 1.0;
  };
  double seconds(const Way& way, double tokens) const;

  bool needed_ = false;
  ExchangeLinks links_;
  Way low_latency_;
  Way high_throughput_;
};

/// Ranks that a token reaches, expected, when its `per_token` experts are drawn at random from `experts` which are
/// spread evenly over `ranks`.
double ranks_reached(double experts, int per_token, double ranks);

}  // namespace idlewatt
