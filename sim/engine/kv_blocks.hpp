// The KV memory of a replica, counted in blocks, and what of it is kept for requests to come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/sequence.hpp"
#include "physics/memory_plan.hpp"
#include "policy/prefix/prefix.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Pages that hold so many tokens.
constexpr std::int64_t pages_for(std::int64_t tokens) {
  return (tokens + kKvBlockTokens - 1) / kKvBlockTokens;
}

/// Blocks whose content is known by a key. A block that no sequence holds stays until it is evicted: the one first
/// whose last holder let go of it longest ago.
class PrefixCache {
 public:
  static constexpr std::int32_t kAbsent = -1;

  std::int32_t find(std::uint64_t key) const {
    const auto found = numbers_.find(key);
    return found == numbers_.end() ? kAbsent : found->second;
  }
  bool is_held(std::int32_t number) const { return blocks_[static_cast<std::size_t>(number)].holders > 0; }

  /// A new block with one holder. Requires find(key) == kAbsent.
  std::int32_t add(std::uint64_t key);
  void hold(std::int32_t number);
  void let_go(std::int32_t number);

  /// Blocks that nobody holds.
  std::int64_t evictable() const { return evictable_; }
  /// Requires count <= evictable().
  void evict(std::int64_t count);

 private:
  struct Block {
    std::uint64_t key = 0;
    std::int32_t holders = 0;
    // Among those that nobody holds.
    std::int32_t older = kAbsent;
    std::int32_t newer = kAbsent;
  };
  Block& at(std::int32_t number) { return blocks_[static_cast<std::size_t>(number)]; }
  void unlink(std::int32_t number);

  std::unordered_map<std::uint64_t, std::int32_t> numbers_;
  std::vector<Block> blocks_;
  std::vector<std::int32_t> unused_;
  std::int32_t oldest_ = kAbsent;
  std::int32_t newest_ = kAbsent;
  std::int64_t evictable_ = 0;
};

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
    take(layout_->blocks(tokens));
  }
  /// Tokens of the sequence's prompt from `from` up to `computed` are in the KV memory now.
  void keep(Sequence& sequence, std::int64_t from) {
    if (policy_ != nullptr) {
      keep_known(sequence, from);
    }
  }
  /// The sequence, which has room for `tokens`, gives up its blocks.
  void release(Sequence& sequence, std::int64_t tokens) {
    free_ += layout_->blocks(tokens);
    if (!sequence.shared_blocks.empty()) {
      release_shared(sequence);
    }
  }

 private:
  struct Found {
    std::int64_t blocks = 0;  ///< leading blocks that are in the cache
    std::int64_t held = 0;    ///< those of them that a sequence holds
  };
  Found found(const Request& request, std::int64_t known_tokens) const;
  void keep_known(Sequence& sequence, std::int64_t from);
  void release_shared(Sequence& sequence);

  std::int64_t total_;
  std::int64_t free_;
  const PrefixPolicy* policy_;  ///< null: nothing is kept
  const KvLayout* layout_;
  PrefixCache cache_;
};

}  // namespace idlewatt
