#include "ledger/lower_bound.hpp"

#include <algorithm>

namespace idlewatt {

LowerBound::LowerBound(const StepFloor& floor, std::int32_t seats) : floor_(floor), seats_(seats) {}

void LowerBound::add_served(std::int64_t prompt_tokens, std::int64_t output_tokens, std::int64_t prefix_tokens) {
  const std::int64_t decoded = output_tokens - 1;
  const std::int64_t found = std::min(prefix_tokens, prompt_tokens);
  prompt_tokens_ += static_cast<double>(prompt_tokens - found);
  decode_tokens_ += static_cast<double>(decoded);
  // The i-th decode step of a request reads its prompt and i tokens more; prompt token i attends to i tokens. Whenever
  // it joined, all tokens of its prompt after those that were found then were computed: at least those after the most.
  decode_context_ += static_cast<double>(floor_.attended.sum(prompt_tokens + 1, prompt_tokens + decoded));
  prefill_pairs_ += static_cast<double>(floor_.attended.sum(found + 1, prompt_tokens));
}

double LowerBound::joules(double count, double seconds, double dynamic_j) const {
  const double clipped_j = std::min(dynamic_j, (floor_.limit_w - floor_.static_w) * seconds);
  return count * (floor_.static_w * seconds + clipped_j);
}

LowerBound::Sides LowerBound::sides_j() const {
  const double shared_s = floor_.step_s / seats_ + floor_.sequence_s;
  const double attention_j = joules(decode_context_, floor_.decode_context_s, floor_.decode_context_j) +
                             joules(prefill_pairs_, floor_.prefill_pair_s, floor_.prefill_pair_j);
  const double by_weights_j =
      joules(decode_tokens_, shared_s + floor_.weights_s / seats_, floor_.weights_j / seats_ + floor_.token_j);
  const double by_arithmetic_j =
      joules(decode_tokens_, shared_s + floor_.token_s, floor_.weights_j / seats_ + floor_.token_j) +
      joules(prompt_tokens_, floor_.token_s, floor_.prompt_token_j);
  return {.by_weights = attention_j + by_weights_j, .by_arithmetic = attention_j + by_arithmetic_j};
}

double LowerBound::energy_j() const {
  const Sides sides = sides_j();
  return std::max(sides.by_weights, sides.by_arithmetic);
}

}  // namespace idlewatt
