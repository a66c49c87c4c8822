#include "engine/kv_blocks.hpp"

#include <algorithm>

namespace idlewatt {

// ---- PrefixCache ----

std::int32_t PrefixCache::add(std::uint64_t key) {
  std::int32_t number = static_cast<std::int32_t>(blocks_.size());
  if (unused_.empty()) {
    blocks_.emplace_back();
  } else {
    number = unused_.back();
    unused_.pop_back();
  }
  at(number) = {.key = key, .holders = 1};
  numbers_.emplace(key, number);
  return number;
}

void PrefixCache::hold(std::int32_t number) {
  if (at(number).holders++ == 0) {
    unlink(number);
  }
}

void PrefixCache::let_go(std::int32_t number) {
  if (--at(number).holders > 0) {
    return;
  }
  at(number).older = newest_;
  at(number).newer = kAbsent;
  (newest_ == kAbsent ? oldest_ : at(newest_).newer) = number;
  newest_ = number;
  ++evictable_;
}

void PrefixCache::unlink(std::int32_t number) {
  const Block& block = at(number);
  (block.older == kAbsent ? oldest_ : at(block.older).newer) = block.newer;
  (block.newer == kAbsent ? newest_ : at(block.newer).older) = block.older;
  --evictable_;
}

void PrefixCache::evict(std::int64_t count) {
  for (; count > 0; --count) {
    const std::int32_t number = oldest_;
    unlink(number);
    numbers_.erase(at(number).key);
    unused_.push_back(number);
  }
}

// ---- KvBlocks ----

KvBlocks::Found KvBlocks::found(const Request& request, std::int64_t known_tokens) const {
  Found found;
  const std::int64_t most = std::min(policy_->known_blocks(request), (known_tokens - 1) / kKvBlockTokens);
  for (; found.blocks < most; ++found.blocks) {
    const std::int32_t number = cache_.find(policy_->key(request, found.blocks));
    if (number == PrefixCache::kAbsent) {
      break;
    }
    found.held += cache_.is_held(number) ? 1 : 0;
  }
  return found;
}

void KvBlocks::admit(Sequence& sequence) {
  const std::int64_t known = sequence.known_tokens();
  std::int64_t blocks = 0;
  if (policy_ != nullptr) {
    blocks = found(sequence.request, known).blocks;
    for (std::int64_t i = 0; i < blocks; ++i) {
      const std::int32_t number = cache_.find(policy_->key(sequence.request, i));
      free_ -= cache_.is_held(number) ? 0 : 1;
      cache_.hold(number);
      sequence.shared_blocks.push_back(number);
    }
  }
  sequence.computed = blocks * kKvBlockTokens;
  take(layout_->blocks(known) - blocks);
}

void KvBlocks::keep_known(Sequence& sequence, std::int64_t from) {
  const std::int64_t end = std::min(policy_->known_blocks(sequence.request), sequence.computed / kKvBlockTokens);
  for (std::int64_t i = from / kKvBlockTokens; i < end; ++i) {
    const std::uint64_t key = policy_->key(sequence.request, i);
    // Where another sequence was faster, this one's block is a copy that nobody will look for.
    if (cache_.find(key) == PrefixCache::kAbsent) {
      sequence.shared_blocks.push_back(cache_.add(key));
    }
  }
}

void KvBlocks::release_shared(Sequence& sequence) {
  // The last block of a prefix is the first to go: without those before it nobody would find it.
  for (auto number = sequence.shared_blocks.rbegin(); number != sequence.shared_blocks.rend(); ++number) {
    cache_.let_go(*number);
    free_ -= cache_.is_held(*number) ? 1 : 0;
  }
  sequence.shared_blocks.clear();
}

}  // namespace idlewatt
