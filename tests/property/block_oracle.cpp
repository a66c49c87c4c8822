#include "property/block_oracle.hpp"

#include <algorithm>

#include "physics/memory_plan.hpp"

namespace idlewatt {

BlockOracle::BlockOracle(std::int64_t total, const PrefixPolicy& policy)
    : policy_(&policy), blocks_(static_cast<std::size_t>(total)), free_(total) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blank_.push_back(i);
  }
}

std::int64_t BlockOracle::name_of(std::int64_t before, std::uint64_t label) const {
  const auto name = names_.find({before, label});
  return name == names_.end() ? 0 : name->second;
}

std::size_t BlockOracle::first_of(std::int64_t name) const {
  const auto alike = kept_.find(name);
  return alike == kept_.end() ? blocks_.size() : alike->second.front();
}

std::vector<std::size_t> BlockOracle::find_prefix(const Request& request, std::int64_t known_tokens) const {
  std::vector<std::size_t> found;
  if (!policy_->keeps_blocks()) {
    return found;
  }
  const PrefixContent content = policy_->content(request);
  std::int64_t name = 0;
  for (std::int64_t i = 0; (i + 1) * kKvBlockTokens < known_tokens; ++i) {
    std::int64_t next = name_of(name, content.label(i));
    if (first_of(next) == blocks_.size() && content.earlier_answer != 0 && i < content.known_blocks) {
      next = name_of(name, content.earlier_answer);
      if (first_of(next) != blocks_.size() && blocks_[first_of(next)].tokens > request.prompt_tokens) {
        break;
      }
    }
    name = next;
    if (first_of(name) == blocks_.size()) {
      break;
    }
    found.push_back(first_of(name));
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
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const bool first = block == blocks_.size() || blocks_[i].let_go_at < blocks_[block].let_go_at;
      block = blocks_[i].holders == 0 && first ? i : block;
    }
    const auto alike = kept_.find(blocks_[block].name);
    std::erase(alike->second, block);
    if (alike->second.empty()) {
      kept_.erase(alike);
    }
    blocks_[block].name = 0;
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
      if (block.name == 0) {
        blank_.push_back(table.back());
      }
    }
    table.pop_back();
  }
}

void BlockOracle::keep(const Request& request, std::int64_t tokens, const std::vector<std::size_t>& table) {
  if (!policy_->keeps_blocks()) {
    return;
  }
  const PrefixContent content = policy_->content(request);
  std::int64_t before = 0;
  for (std::int64_t i = 0; (i + 1) * kKvBlockTokens <= tokens; ++i) {
    Block& block = blocks_[table[static_cast<std::size_t>(i)]];
    if (block.name == 0) {
      const auto named = names_.emplace(std::pair(before, content.label(i)), names_.size() + 1).first;
      block.name = named->second;
      block.tokens = i < content.known_blocks ? 0 : content.tokens;
      kept_[block.name].push_back(table[static_cast<std::size_t>(i)]);
    }
    before = block.name;
  }
}

}  // namespace idlewatt
