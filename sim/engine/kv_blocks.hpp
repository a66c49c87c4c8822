// The KV memory of a replica, counted in blocks, with the blocks that are kept for later requests.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/prefix_tree.hpp"
#include "engine/sequence.hpp"
#include "physics/memory_plan.hpp"
#include "policy/prefix/prefix.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The number of pages that hold `tokens` tokens.
constexpr std::int64_t pages_for(std::int64_t tokens) {
  return (tokens + kKvBlockTokens - 1) / kKvBlockTokens;
}

/// The KV blocks. Each block is in one of three states: free (without content, or evictable from the cache), held by
/// one sequence, or in the cache and held by several sequences.
class KvBlocks {
 public:
  /// Makes `total` free blocks. A null `policy` keeps no block; a policy that keeps blocks requires pages of one block.
  /// `policy` and `layout` must outlive this object.
  KvBlocks(std::int64_t total, const PrefixPolicy* policy, const KvLayout& layout)
      : total_(total),
        free_(total),
        policy_(policy != nullptr && policy->keeps_blocks() ? policy : nullptr),
        layout_(&layout) {}

  std::int64_t total() const { return total_; }
  /// Blocks that can be taken. Blocks without content are taken first, then evictable ones.
  std::int64_t free() const { return free_; }

  void take(std::int64_t blocks) {
    free_ -= blocks;
    if (cache_.evictable() > free_) {
      cache_.evict(cache_.evictable() - free_);
    }
  }
  /// Frees blocks that were taken and are in no cache.
  void give_back(std::int64_t blocks) { free_ += blocks; }

  /// Free blocks that `request` takes when it joins with `known_tokens` tokens in its context. Blocks that others
  /// already hold do not count.
  std::int64_t wanted_by(const Request& request, std::int64_t known_tokens) const {
    return layout_->blocks(known_tokens) - (policy_ == nullptr ? 0 : found(request, known_tokens).held);
  }
  /// Tokens that the request would then have to compute.
  std::int64_t to_compute(const Request& request, std::int64_t known_tokens) const {
    return known_tokens - (policy_ == nullptr ? 0 : found(request, known_tokens).blocks * kKvBlockTokens);
  }
  /// Takes blocks for all known tokens of a sequence that joins. Sets `computed` to the number of tokens found in the
  /// cache; at least one token is left to compute. Requires wanted_by() <= free().
  void admit(Sequence& sequence);
  /// Takes blocks for a sequence whose first `tokens` tokens were computed on another replica. None of its blocks is
  /// looked up or kept.
  void receive(Sequence& sequence, std::int64_t tokens) {
    sequence.computed = tokens;
    sequence.kept_blocks = Sequence::kKeepsNone;
    take(layout_->blocks(tokens));
  }
  /// Puts the blocks that the first `tokens` tokens of the sequence fill into the cache. Those tokens must be in the KV
  /// memory at the latest at the end of the step that begins.
  void keep(Sequence& sequence, std::int64_t tokens) {
    if (policy_ != nullptr && tokens / kKvBlockTokens > sequence.kept_blocks) {
      keep_up_to(sequence, tokens / kKvBlockTokens);
    }
  }
  /// Tells whether other requests may find blocks of the sequence's answer. Returns the PrefixContent::earlier_answer
  /// that such requests have, 0 if any request may, nothing if none may.
  std::optional<std::uint64_t> shared_answer(const Sequence& sequence) const;
  /// PrefixContent::earlier_answer of a request. Requires a policy that keeps blocks.
  std::uint64_t earlier_answer(const Request& request) const { return policy_->content(request).earlier_answer; }
  /// Gives up the blocks of a sequence that has room for `tokens` tokens and has computed `computed` of them.
  void release(Sequence& sequence, std::int64_t tokens) {
    keep(sequence, sequence.computed);
    free_ += layout_->blocks(tokens);
    if (!sequence.held_blocks.empty()) {
      free_ -= cache_.let_go(sequence.held_blocks);
    }
    sequence.kept_blocks = 0;
  }

 private:
  PrefixTree::Match found(const Request& request, std::int64_t known_tokens) const {
    return cache_.match(policy_->content(request), (known_tokens - 1) / kKvBlockTokens);
  }
  void keep_up_to(Sequence& sequence, std::int64_t blocks);

  std::int64_t total_;
  std::int64_t free_;
  const PrefixPolicy* policy_;  ///< null: nothing is kept
  const KvLayout* layout_;
  PrefixTree cache_;
};

}  // namespace idlewatt
