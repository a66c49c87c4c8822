#include "traffic/semantics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/splitmix64.hpp"
#include "traffic/gap_sampler.hpp"

namespace idlewatt {
namespace {

void check(const Semantics& semantics, const std::string& name) {
  const auto require = [&](bool holds, const char* field, const char* expectation) {
    if (!holds) {
      throw InputError(fmt::format("{}: semantics.{} makes no sense (expected {})", name, field, expectation));
    }
  };
  const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
  require(within(semantics.intents, 1, 1e8), "intents", "1 to 100,000,000");
  require(within(semantics.zipf, 0.0, 10.0), "zipf", "0 to 10");
  require(within(semantics.unique, 0.0, 1.0), "unique", "0 to 1");
  require(within(semantics.similarity_mean, 0.0, 1.0), "similarity.mean", "0 to 1");
  require(within(semantics.similarity_deviation, 0.0, 1.0), "similarity.deviation", "0 to 1");
  require(within(semantics.verbatim, 0.0, 1.0), "verbatim", "0 to 1");
  require(semantics.drift_s == 0.0 || within(semantics.drift_s, 1.0, 9e7), "drift", "at least 1 s, or 0 for none");
}

/// Draws ranks 0, 1, ... with probabilities proportional to (rank + 1)^-exponent.
class ZipfSampler {
 public:
  ZipfSampler(std::int32_t ranks, double exponent) : columns_(static_cast<std::size_t>(ranks)) {
    std::vector<double> weight;
    double sum = 0.0;
    for (std::int32_t rank = 0; rank < ranks; ++rank) {
      weight.push_back(std::pow(rank + 1.0, -exponent));
      sum += weight.back();
    }
    std::vector<std::uint32_t> poor;
    std::vector<std::uint32_t> rich;
    for (std::uint32_t rank = 0; rank < columns_.size(); ++rank) {
      weight[rank] *= static_cast<double>(columns_.size()) / sum;
      (weight[rank] < 1.0 ? poor : rich).push_back(rank);
    }
    while (!poor.empty() && !rich.empty()) {
      const std::uint32_t low = poor.back();
      const std::uint32_t high = rich.back();
      poor.pop_back();
      columns_[low] = {weight[low], high};
      weight[high] -= 1.0 - weight[low];
      if (weight[high] < 1.0) {
        rich.pop_back();
        poor.push_back(high);
      }
    }
    // What rounding left over is full.
    for (const std::vector<std::uint32_t>* rest : {&poor, &rich}) {
      for (const std::uint32_t rank : *rest) {
        columns_[rank] = {1.0, rank};
      }
    }
  }

  std::uint32_t at(double uniform) const {
    const double scaled = uniform * static_cast<double>(columns_.size());
    const auto column = std::min(static_cast<std::size_t>(scaled), columns_.size() - 1);
    const bool own = scaled - static_cast<double>(column) < columns_[column].own;
    return own ? static_cast<std::uint32_t>(column) : columns_[column].other;
  }

 private:
  struct Column {
    double own = 1.0;
    std::uint32_t other = 0;
  };
  std::vector<Column> columns_;
};

class MeaningReader final : public TraceReader {
 public:
  MeaningReader(std::unique_ptr<TraceReader> trace, const Semantics& semantics, std::uint64_t seed,
                const std::string& name)
      : trace_(std::move(trace)),
        semantics_(semantics),
        drift_(semantics.drift_s > 0.0 ? to_ticks(semantics.drift_s) : 0),
        ranks_(semantics.intents, semantics.zipf),
        random_(seed, name + "/semantics"),
        similarity_random_(seed, name + "/similarity"),
        verbatim_random_(seed, name + "/verbatim"),
        key_(random_.bits()) {}

  bool next(Request& request) override {
    if (!trace_->next(request)) {
      return false;
    }
    const bool alone = random_.uniform() < semantics_.unique;
    const std::uint32_t rank = ranks_.at(random_.uniform());
    const double deviate = normal_.draw(similarity_random_);
    const bool verbatim = verbatim_random_.uniform() < semantics_.verbatim;
    const std::uint64_t number = ++count_;
    if (request.semantic_key == 0) {
      // Unique requests and shared intents have keys of different halves of the numbers that are hashed.
      const std::uint64_t meaning = alone ? number << 1U : (intent(rank, request.arrival) << 1U) | 1U;
      request.semantic_key = std::max<std::uint64_t>(mixed(key_ ^ mixed(meaning)), 1);
      const double similarity =
          std::clamp(semantics_.similarity_mean + semantics_.similarity_deviation * deviate, 0.0, 1.0);
      request.similarity = verbatim ? 1.0F : static_cast<float>(similarity);
    }
    return true;
  }

 private:
  /// Who holds the rank at that time: its number and how often it has changed.
  std::uint64_t intent(std::uint32_t rank, Ticks at) const {
    if (drift_ == 0) {
      return rank;
    }
    const auto offset = static_cast<Ticks>(mixed(rank) % static_cast<std::uint64_t>(drift_));
    const auto changes = static_cast<std::uint64_t>(at / drift_ + (at % drift_ >= drift_ - offset ? 1 : 0));
    return changes * static_cast<std::uint64_t>(semantics_.intents) + rank;
  }

  std::unique_ptr<TraceReader> trace_;
  Semantics semantics_;
  Ticks drift_;
  ZipfSampler ranks_;
  RandomStream random_;
  RandomStream similarity_random_;
  RandomStream verbatim_random_;
  NormalSampler normal_;
  std::uint64_t key_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::unique_ptr<TraceReader> give_meaning(std::unique_ptr<TraceReader> trace, const Semantics& semantics,
                                          std::uint64_t seed, const std::string& name) {
  check(semantics, name);
  return std::make_unique<MeaningReader>(std::move(trace), semantics, seed, name);
}

}  // namespace idlewatt
