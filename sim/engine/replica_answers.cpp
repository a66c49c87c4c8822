// Answers that other requests may find in the prefix cache while they are generated. A jump adds no blocks to the cache:
// those that filled in it come there when somebody looks for them, or when the sequence leaves.
#include <algorithm>
#include <limits>
#include <vector>

#include "engine/replica.hpp"

namespace idlewatt {

/// The sequence decodes from now on.
void Replica::share_answer(std::int32_t slot) {
  if (const std::optional<std::uint64_t> label = blocks_.shared_answer(at(slot))) {
    shared_answers_.push_back({slot, *label});
  }
}

/// Its last step has ended. Blocks of answers like it that filled before its own come into the cache before them.
void Replica::drop_shared_answer(std::int32_t slot) {
  const auto found = std::find_if(shared_answers_.begin(), shared_answers_.end(),
                                  [slot](const SharedAnswer& answer) { return answer.slot == slot; });
  if (found != shared_answers_.end()) {
    keep_answers(found->label, 0);
    shared_answers_.erase(found);
  }
}

/// Before blocks of a request are looked for or come into the cache: those come there that others have filled, or fill
/// in the `steps` decode steps that begin.
void Replica::keep_answers_for(const Request& request, std::int64_t steps) {
  if (!shared_answers_.empty()) {
    keep_answers(blocks_.earlier_answer(request), steps);
  }
}

/// In the order in which they filled, and of one step in order of admission.
void Replica::keep_answers(std::uint64_t label, std::int64_t steps) {
  struct Filled {
    std::int64_t at = 0;  ///< count of decode steps
    std::int64_t order = 0;
    std::int32_t slot = 0;
    std::int64_t tokens = 0;

    bool operator<(const Filled& other) const { return at != other.at ? at < other.at : order < other.order; }
  };
  std::vector<Filled> filled;
  for (const SharedAnswer& answer : shared_answers_) {
    if (!answer.is_of(label)) {
      continue;
    }
    const Sequence& sequence = at(answer.slot);
    const std::int64_t end = (decoding_.kv_tokens(sequence) + steps) / kKvBlockTokens;
    for (std::int64_t block = sequence.kept_blocks; block < end; ++block) {
      const std::int64_t tokens = (block + 1) * kKvBlockTokens;
      filled.push_back({tokens - sequence.kv_base, sequence.order, answer.slot, tokens});
    }
  }
  std::sort(filled.begin(), filled.end());
  for (const Filled& block : filled) {
    blocks_.keep(at(block.slot), block.tokens);
  }
}

/// Decode steps until the boundary at which a block that the request may find comes into the cache, or has filled: it may
/// want fewer KV blocks then, and join.
std::int64_t Replica::steps_until_answer_block(const Request& request) {
  std::int64_t steps = std::numeric_limits<std::int64_t>::max();
  const std::uint64_t label = blocks_.earlier_answer(request);
  for (const SharedAnswer& answer : shared_answers_) {
    if (answer.is_of(label)) {
      const std::int64_t last = kKvBlockTokens - 1 - decoding_.kv_tokens(at(answer.slot)) % kKvBlockTokens;
      // A plan made ahead sees a block one step later than the cache has it: such runs go step by step.
      steps = std::min(steps, plans_ahead() ? 1 : std::max<std::int64_t>(last, 1));
    }
  }
  return steps;
}

}  // namespace idlewatt
