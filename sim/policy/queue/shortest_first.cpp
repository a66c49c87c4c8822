// Queue order `shortest-first`: the shortest prompt, or the shortest answer as a predictor sees it.
//
// A scheduler cannot see how long an answer will be. Predictors from the prompt exist (Jin et al., S3, NeurIPS 2023;
// Qiu et al., SSJF, 2024: a small model beside the large one). Here one is a factor on the true length, log-normal with
// median 1, drawn from the request's number: the same request is always mistaken by as much.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/splitmix64.hpp"
#include "policy/queue/queue.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class ShortestPrompt final : public QueuePolicy {
 public:
  QueuePlace place(const Request& request) const override { return {.rank = request.prompt_tokens}; }
};

class ShortestPrediction final : public QueuePolicy {
 public:
  explicit ShortestPrediction(double error) : error_(error) {}

  QueuePlace place(const Request& request) const override {
    const double predicted = request.output_tokens * std::exp(error_ * normal(static_cast<std::uint64_t>(request.id)));
    return {.rank = std::llround(std::min(predicted, 1e9))};
  }

 private:
  /// In (0, 1].
  static double uniform(std::uint64_t bits) { return static_cast<double>((bits >> 11U) + 1) * 0x1p-53; }
  /// Box and Muller.
  static double normal(std::uint64_t id) {
    const double radius = std::sqrt(-2.0 * std::log(uniform(mixed(2 * id))));
    return radius * std::cos(2.0 * std::numbers::pi * uniform(mixed(2 * id + 1)));
  }

  double error_;
};

}  // namespace

QueueDeclaration declare_shortest_first() {
  return {{"shortest-first",
           "the shortest prompt first, or the shortest answer by a prediction",
           {{"by",
             Dimension::number,
             0,
             0,
             1,
             "`prompt`: by prompt tokens; `prediction`: by predicted output tokens",
             {"prompt", "prediction"}},
            {"error", Dimension::number, 0.5, 0, 3,
             "of a prediction: standard deviation of ln(predicted / true tokens); 0 is an oracle"}}},
          [](const Parameters& p) -> std::unique_ptr<QueuePolicy> {
            if (p.get_int("by") == 0) {
              return std::make_unique<ShortestPrompt>();
            }
            return std::make_unique<ShortestPrediction>(p.get("error"));
          }};
}

}  // namespace idlewatt
