// Speculative decoding: a small model drafts tokens, and the large model verifies all of them in one step.
#pragma once

#include <cstdint>
#include <memory>

#include "physics/step_model.hpp"

namespace idlewatt {

/// The mean number of tokens that a round of `drafted` tokens yields, when each token is accepted with probability
/// `acceptance` given that the tokens before it were: (1 - a^(k+1)) / (1 - a). The number includes the token that the
/// large model adds itself (Leviathan, Kalman, Matias: Fast Inference from Transformers via Speculative Decoding, ICML
/// 2023, equation 1).
double tokens_per_round(std::int32_t drafted, double acceptance);

/// The physics of a replica that decodes in such rounds, as steps of one token for each sequence.
///
/// A round of n sequences is k steps of the draft model, each of n tokens, and one step of the large model that
/// computes k + 1 tokens of each sequence and reads its keys and values once. A step here is that round divided by the
/// mean number of tokens that it yields. So throughput, energy and the mean time between tokens are those of the
/// rounds. But tokens come evenly here, while real rounds bring them in bursts: the longest gap of a request is longer
/// in reality, by up to tokens_per_round() times. Prompts are computed by both models, in passes of their own: a step
/// with prompts and output costs the sum of both.
class Speculative final : public StepModel {
 public:
  /// Makes the model. Both models must be on the same accelerators. Requires drafted >= 1 and 0 <= acceptance < 1.
  Speculative(std::unique_ptr<StepModel> target, std::unique_ptr<StepModel> draft, std::int32_t drafted,
              double acceptance);

  CostLine line(const StepShape& shape) const override;
  /// The floor. It is valid as long as both models' floors are, since a round computes at least the tokens that it
  /// yields.
  StepFloor floor() const override;

 private:
  CostLine decode_line(std::int32_t sequences) const;

  std::unique_ptr<StepModel> target_;
  std::unique_ptr<StepModel> draft_;
  std::int32_t drafted_;
  double yield_;
};

}  // namespace idlewatt
