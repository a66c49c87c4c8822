#include "property/block_oracle.hpp"

#include "physics/memory_plan.hpp"

namespace idlewatt {

BlockOracle::BlockOracle(std::int64_t total, const PrefixPolicy& policy)
    : policy_(&policy), blocks_(static_cast<std::size_t>(total)), free_(total) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blank_.push_back(i);
  }
}

std::vector<std::size_t> BlockOracle::find_prefix(const Request& request, std::int64_t known_tokens) const {
  std::vector<std::size_t> found;
  for (std::int64_t i = 0; i < policy_->known_blocks(request) && (i + 1) * kKvBlockTokens < known_tokens; ++i) {
    const auto block = by_key_.find(policy_->key(request, i));
    if (block == by_key_.end()) {
      break;
    }
    found.push_back(block->second);
  }
  return found;
}

std::int64_t BlockOracle::wanted(const Request& request, std::int64_t known_tokens) const {
  std::int64_t wanted = (known_tokens + kKvBlockTokens - 1) / kKvBlockTokens;
  for (const std::size_t block : find_prefix(request, known_tokens)) {
    wanted -= blocks_[block].holders > 0 ? 1 : 0;
  }
  return wanted;
}

void BlockOracle::hold(std::size_t block) {
  free_ -= blocks_[block].holders == 0 ? 1 : 0;
  ++blocks_[block].holders;
}

std::size_t BlockOracle::take() {
  std::size_t block = blocks_.size();
  if (!blank_.empty()) {
    block = blank_.back();
    blank_.pop_back();
  } else {
    for (const auto& [key, number] : by_key_) {
      const bool first = block == blocks_.size() || blocks_[number].let_go_at < blocks_[block].let_go_at;
      block = blocks_[number].holders == 0 && first ? number : block;
    }
    by_key_.erase(blocks_[block].key);
    blocks_[block].has_key = false;
  }
  hold(block);
  return block;
}

void BlockOracle::let_go(std::vector<std::size_t>& table) {
  while (!table.empty()) {
    Block& block = blocks_[table.back()];
    if (--block.holders == 0) {
      ++free_;
      block.let_go_at = clock_++;
      if (!block.has_key) {
        blank_.push_back(table.back());
      }
    }
    table.pop_back();
  }
}

void BlockOracle::computed(const Request& request, std::int64_t before, std::int64_t tokens,
                           const std::vector<std::size_t>& table) {
  for (std::int64_t i = 0; i < policy_->known_blocks(request) && (i + 1) * kKvBlockTokens <= tokens; ++i) {
    if ((i + 1) * kKvBlockTokens <= before) {
      continue;
    }
    const std::uint64_t key = policy_->key(request, i);
    Block& block = blocks_[table[static_cast<std::size_t>(i)]];
    if (!block.has_key && by_key_.find(key) == by_key_.end()) {
      block.has_key = true;
      block.key = key;
      by_key_[key] = table[static_cast<std::size_t>(i)];
    }
  }
}

}  // namespace idlewatt
