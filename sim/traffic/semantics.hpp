// What requests mean, for semantic caches: gives requests intents where the trace has none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// How requests repeat each other. The defaults give the repeat rates that production systems report (20 to 45 %, with
/// 31 % measured for ChatGPT users: workloads/README.md), not those of benchmarks made of paraphrases (57 to 69 %).
struct Semantics {
  std::int32_t intents = 20'000;  ///< in circulation at a time, for the requests that share intents
  double zipf = 1.0;              ///< exponent of their popularity
  double unique = 0.60;           ///< share of requests that nobody else ever asks
  double similarity_mean = 0.93;  ///< cosine to the intent's centre: normal, cut to 0..1
  double similarity_deviation = 0.03;
  double verbatim = 0.0;  ///< share of requests that are their intent's usual text to the letter: similarity 1
  double drift_s = 10.0 * 86400.0;  ///< each rank of popularity gets a new intent once in this time; 0 = never
};

/// Gives each request of `trace` whose semantic key is 0 a key and a similarity. The ranks of popularity change their
/// intents one by one, at times of their own. Random streams "<name>/semantics", "<name>/similarity" and
/// "<name>/verbatim" of `seed`, drawn from for every request, so that no figure changes another request's draws. O(1) a
/// request (alias method, Walker 1977). Throws InputError, naming `name`, when a figure makes no sense.
std::unique_ptr<TraceReader> give_meaning(std::unique_ptr<TraceReader> trace, const Semantics& semantics,
                                          std::uint64_t seed, const std::string& name);

}  // namespace idlewatt
