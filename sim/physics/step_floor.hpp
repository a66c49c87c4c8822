// The least cost of work in any batch, from which a lower bound is computed.
#pragma once

#include "physics/attended_context.hpp"

namespace idlewatt {

/// The least cost per accelerator of a replica. A step with n decoding sequences, p prompt tokens and attention over c
/// tokens takes at least
///   step_s + n x sequence_s + max(weights_s, (n + p) x token_s) + c x decode_context_s + pairs x prefill_pair_s.
/// Here c counts the tokens that decoding sequences read, and pairs the tokens that prompt tokens attend to, in units
/// of `attended`. During that time the step draws static_w. Above it, the step takes weights_j + n x token_j + p x
/// prompt_token_j + c x decode_context_j + pairs x prefill_pair_j. The power is never more than limit_w in total.
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
