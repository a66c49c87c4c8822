// KV memory as pages with owners and keys, block by block: what sim/engine counts in extents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
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
  /// The first `tokens` tokens of the request are in the blocks of this table, or will be after the step that begins.
  void keep(const Request& request, std::int64_t tokens, const std::vector<std::size_t>& table);

 private:
  struct Block {
    int holders = 0;
    std::int64_t name = 0;  ///< 0: it is not in the cache
    std::int64_t let_go_at = 0;
    std::int64_t tokens = 0;  ///< of an answer's block: of the request's prompt and answer
  };
  /// A number for each sequence of labels that ever was: of the name before, and the last label. 0: it never was.
  std::int64_t name_of(std::int64_t before, std::uint64_t label) const;
  /// The block of that name that came first; none of that name: blocks_.size().
  std::size_t first_of(std::int64_t name) const;

  const PrefixPolicy* policy_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> blank_;
  std::map<std::pair<std::int64_t, std::uint64_t>, std::int64_t> names_;
  std::map<std::int64_t, std::vector<std::size_t>> kept_;  ///< by name, as they came into the cache
  std::int64_t free_;
  std::int64_t clock_ = 0;  ///< counts what is let go
};

}  // namespace idlewatt
