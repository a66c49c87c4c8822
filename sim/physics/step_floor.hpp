// The least that work can cost, whatever it is batched with: what a lower bound is built of.
#pragma once

#include "physics/attended_context.hpp"

namespace idlewatt {

/// Per accelerator of a replica. A step with n decoding sequences, p prompt tokens and attention over c tokens takes
/// at least
///   step_s + n x sequence_s + max(weights_s, (n + p) x token_s) + c x decode_context_s + pairs x prefill_pair_s,
/// where c counts what decoding sequences read and pairs what prompt tokens attend to, in units of `attended`, and
/// draws static_w all that time, and above it weights_j + n x token_j + p x prompt_token_j + c x decode_context_j +
/// pairs x prefill_pair_j, but never more than limit_w in all.
struct StepFloor {
  double step_s = 0.0;
  double sequence_s = 0.0;
  double weights_s = 0.0;
  double token_s = 0.0;
  double decode_context_s = 0.0;
  double prefill_pair_s = 0.0;
  double weights_j = 0.0;
  double token_j = 0.0;
  double prompt_token_j = 0.0;
  double decode_context_j = 0.0;
  double prefill_pair_j = 0.0;
  double static_w = 0.0;
  double limit_w = 0.0;
  AttendedContext attended = {};
};

}  // namespace idlewatt
