// The meaning of requests, for semantic caches: gives intents to requests whose trace has none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// The statistics of repeated intents. The defaults give the repeat rates that production systems report (20 to 45 %,
/// with 31 % measured for ChatGPT users: workloads/README.md), not those of benchmarks made of paraphrases (57 to 69
/// %).
struct Semantics {
  std::int32_t intents = 20'000;  ///< number of intents in circulation at a time
  double zipf = 1.0;              ///< exponent of the intents' popularity
  double unique = 0.60;           ///< share of requests whose intent nobody else ever asks
  double similarity_mean = 0.93;  ///< cosine to the intent's centre: normally distributed, cut to 0..1
  double similarity_deviation = 0.03;
  double verbatim = 0.0;  ///< share of requests that are word for word their intent's usual text: similarity 1
  double drift_s = 10.0 * 86400.0;  ///< seconds after which a rank of popularity gets a new intent; 0 = never
};

/// Gives each request of `trace` whose semantic key is 0 a key and a similarity. The ranks of popularity change their
/// intents one by one, at different times. The random streams "<name>/semantics", "<name>/similarity" and
/// "<name>/verbatim" of `seed` are drawn from for every request, so that a changed figure changes no other request's
/// draws. Each request takes O(1) (alias method, Walker 1977). Throws InputError, naming `name`, when a figure makes no
/// sense.
std::unique_ptr<TraceReader> give_meaning(std::unique_ptr<TraceReader> trace, const Semantics& semantics,
                                          std::uint64_t seed, const std::string& name);

}  // namespace idlewatt
