// KV memory as pages with owners and keys, block by block: what sim/engine only counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "policy/prefix/prefix.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

class BlockOracle {
 public:
  BlockOracle(std::int64_t total, const PrefixPolicy& policy);

  const PrefixPolicy& policy() const { return *policy_; }
  /// Blocks that nobody holds.
  std::int64_t free() const { return free_; }

  /// The blocks of the longest prefix of the request that can be found; the last of its known tokens is not looked for.
  std::vector<std::size_t> find_prefix(const Request& request, std::int64_t known_tokens) const;
  /// Free blocks that it takes when it joins now.
  std::int64_t wanted(const Request& request, std::int64_t known_tokens) const;

  void hold(std::size_t block);
  /// A block for one holder: a blank one, else the one that was let go of first.
  std::size_t take();
  /// Lets go of a whole page table, last block first, and empties it.
  void let_go(std::vector<std::size_t>& table);
  /// The first `tokens` of the prompt are in the blocks of this table now; the first `before` of them were there
  /// already. A block gets its key when it fills, or never.
  void computed(const Request& request, std::int64_t before, std::int64_t tokens,
                const std::vector<std::size_t>& table);

 private:
  struct Block {
    int holders = 0;
    bool has_key = false;
    std::uint64_t key = 0;
    std::int64_t let_go_at = 0;
  };

  const PrefixPolicy* policy_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> blank_;
  std::map<std::uint64_t, std::size_t> by_key_;
  std::int64_t free_;
  std::int64_t clock_ = 0;  ///< counts what is let go
};

}  // namespace idlewatt
