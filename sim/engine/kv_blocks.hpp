// The KV memory of a replica, counted in blocks, and what of it is kept for requests to come.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/prefix_tree.hpp"
#include "engine/sequence.hpp"
#include "physics/memory_plan.hpp"
#include "policy/prefix/prefix.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Pages that hold so many tokens.
constexpr std::int64_t pages_for(std::int64_t tokens) {
  return (tokens + kKvBlockTokens - 1) / kKvBlockTokens;
}

/// Every block is free (without content, or evictable), or held by one sequence, or in the cache and held by several.
class KvBlocks {
 public:
  /// `policy` and `layout` outlive this; a null policy keeps nothing. Where one keeps blocks, a page is one block.
  KvBlocks(std::int64_t total, const PrefixPolicy* policy, const KvLayout& layout)
      : total_(total),
        free_(total),
        policy_(policy != nullptr && policy->keeps_blocks() ? policy : nullptr),
        layout_(&layout) {}

  std::int64_t total() const { return total_; }
  /// Blocks that can be taken: those without content first, then evictable ones.
  std::int64_t free() const { return free_; }

  void take(std::int64_t blocks) {
    free_ -= blocks;
    if (cache_.evictable() > free_) {
      cache_.evict(cache_.evictable() - free_);
    }
  }
  /// Blocks that were taken, and are in no cache, are free.
  void give_back(std::int64_t blocks) { free_ += blocks; }

  /// Free blocks that a request takes when it joins with `known_tokens` to be computed: those that others hold already
  /// are not among them.
  std::int64_t wanted_by(const Request& request, std::int64_t known_tokens) const {
    return layout_->blocks(known_tokens) - (policy_ == nullptr ? 0 : found(request, known_tokens).held);
  }
  /// Tokens that it would have to compute then.
  std::int64_t to_compute(const Request& request, std::int64_t known_tokens) const {
    return known_tokens - (policy_ == nullptr ? 0 : found(request, known_tokens).blocks * kKvBlockTokens);
  }
  /// Takes blocks for all known tokens of a sequence that joins; sets `computed` to the tokens that were found. At
  /// least one token is left to compute. Requires wanted_by() <= free().
  void admit(Sequence& sequence);
  /// Takes blocks for a sequence whose first `tokens` tokens were computed elsewhere; none is looked up or kept.
  void receive(Sequence& sequence, std::int64_t tokens) {
    sequence.computed = tokens;
    sequence.kept_blocks = Sequence::kKeepsNone;
    take(layout_->blocks(tokens));
  }
  /// The first `tokens` tokens of the sequence are in the KV memory, or will be at the end of the step that begins: the
  /// blocks that they fill are in the cache.
  void keep(Sequence& sequence, std::int64_t tokens) {
    if (policy_ != nullptr && tokens / kKvBlockTokens > sequence.kept_blocks) {
      keep_up_to(sequence, tokens / kKvBlockTokens);
    }
  }
  /// Whether others may find blocks of the sequence's answer: PrefixContent::earlier_answer of those others, 0 if any may.
  std::optional<std::uint64_t> shared_answer(const Sequence& sequence) const;
  /// PrefixContent::earlier_answer of a request. Requires that blocks are kept.
  std::uint64_t earlier_answer(const Request& request) const { return policy_->content(request).earlier_answer; }
  /// The sequence, which has room for `tokens` and has `computed` of them, gives up its blocks.
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
