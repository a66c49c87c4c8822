#include "engine/kv_blocks.hpp"

namespace idlewatt {

void KvBlocks::admit(Sequence& sequence) {
  const std::int64_t known = sequence.known_tokens();
  std::int64_t blocks = 0;
  if (policy_ != nullptr) {
    const std::int64_t evictable = cache_.evictable();
    blocks = cache_.hold(policy_->content(sequence.request), (known - 1) / kKvBlockTokens, sequence.held_blocks);
    free_ -= evictable - cache_.evictable();
  }
  sequence.kept_blocks = blocks;
  sequence.computed = blocks * kKvBlockTokens;
  take(layout_->blocks(known) - blocks);
}

void KvBlocks::keep_up_to(Sequence& sequence, std::int64_t blocks) {
  cache_.extend(policy_->content(sequence.request), sequence.kept_blocks, blocks, sequence.held_blocks);
  sequence.kept_blocks = blocks;
}

std::optional<std::uint64_t> KvBlocks::shared_answer(const Sequence& sequence) const {
  if (policy_ == nullptr || sequence.kept_blocks == Sequence::kKeepsNone) {
    return std::nullopt;
  }
  const PrefixContent content = policy_->content(sequence.request);
  if (content.known_blocks > content.prompt_tokens / kKvBlockTokens) {
    return 0;
  }
  return content.earlier_answer != 0 && content.rest == content.earlier_answer ? std::optional(content.rest)
                                                                               : std::nullopt;
}

}  // namespace idlewatt
