// The blocks of a prefix cache: a radix tree of extents that requests share. Blocks are evicted from the ends of
// extents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/extent_table.hpp"
#include "policy/prefix/prefix.hpp"

namespace idlewatt {

/// A path from the root names the tokens of a request, block by block. An *extent* is a stretch of blocks of one path
/// that have been held and released together; it is split where requests part. Blocks of equal tokens that several
/// requests computed each for itself stay side by side. So an extent has one or more *copies*, and a lookup finds the
/// oldest copy. A copy that no request holds stays until it is evicted. Copies are evicted in the order in which their
/// last holders released them, and within a copy the last block first. Costs depend on the number of extents and
/// labels, not on the number of blocks.
class PrefixTree {
 public:
  /// A stretch of a path that a request holds. It ends with the last block of `copy` as the copy is now; `blocks` may
  /// reach into copies that were cut off the front of `copy` since.
  struct Hold {
    std::int32_t copy = 0;
    std::int64_t blocks = 0;
  };
  struct Match {
    std::int64_t blocks = 0;  ///< leading blocks that are in the cache
    std::int64_t held = 0;    ///< blocks among them that requests hold
  };

  PrefixTree();

  /// The blocks in the cache among the first `limit` blocks of a request.
  Match match(const PrefixContent& content, std::int64_t limit) const;
  /// Holds those blocks for the request. Returns their number. Requires empty `holds`.
  std::int64_t hold(const PrefixContent& content, std::int64_t limit, std::vector<Hold>& holds);
  /// Adds the blocks from `from` to `end` that the request has computed as copies of its own. The request holds its
  /// blocks up to `from` by `holds`.
  void extend(const PrefixContent& content, std::int64_t from, std::int64_t end, std::vector<Hold>& holds);
  /// Releases the blocks of the request, the last block first. Returns how many of them others hold; empties `holds`.
  std::int64_t let_go(std::vector<Hold>& holds);

  /// Blocks that no request holds.
  std::int64_t evictable() const { return evictable_; }
  /// Evicts `count` blocks. Requires count <= evictable().
  void evict(std::int64_t count);

 private:
  static constexpr std::int32_t kNone = -1;

  struct Copy {
    std::int32_t extent = kNone;
    std::int32_t next = kNone;  ///< copy of the same extent that came after it
    std::int32_t above =
        kNone;  ///< copy of the extent before that was one with this copy; valid while holders share both
    std::int32_t holders = 0;
    /// For blocks beyond the labelled ones of the request that computed them: tokens of its prompt and answer;
    /// otherwise 0.
    std::int64_t tokens = 0;
    // Among those that nobody holds.
    std::int32_t older = kNone;
    std::int32_t newer = kNone;
  };
  struct Extent {
    std::int32_t parent = kNone;
    std::int64_t start = 0;   ///< blocks on the path before it
    std::int64_t length = 0;  ///< blocks
    std::int32_t children = 0;
    std::int32_t first_copy = kNone;
    std::uint64_t label = 0;  ///< label of the first block; of all blocks where `uniform` is true
    bool uniform = false;
    // Else the labels of runs of `run_tokens` tokens, the first of them run number `first_run` of the path.
    std::size_t first_run = 0;
    std::int64_t run_tokens = 0;
    std::vector<std::uint64_t> labels;
  };
  Extent& at(std::int32_t extent) { return extents_[static_cast<std::size_t>(extent)]; }
  const Extent& at(std::int32_t extent) const { return extents_[static_cast<std::size_t>(extent)]; }
  Copy& copy(std::int32_t number) { return copies_[static_cast<std::size_t>(number)]; }
  const Copy& copy(std::int32_t number) const { return copies_[static_cast<std::size_t>(number)]; }

  std::int32_t child(std::int32_t parent, std::uint64_t label) const;
  std::int32_t child_of(std::int32_t parent, const PrefixContent& content, std::int64_t block) const;
  static std::int64_t common(const Extent& extent, const PrefixContent& content, std::int64_t limit);

  std::int32_t split(std::int32_t extent, std::int64_t length);
  void grow(const PrefixContent& content, std::int64_t from, std::int64_t end, std::vector<Hold>& holds);
  static bool goes_on(const Extent& extent, const Copy& last, const PrefixContent& content, std::int64_t block);
  static void append(Extent& extent, const PrefixContent& content, std::int64_t end);
  std::int32_t add_extent(std::int32_t parent, std::int64_t start);
  std::int32_t add_copy(std::int32_t extent, std::int64_t tokens);
  void drop_copy(std::int32_t number);
  void drop_extent(std::int32_t extent);
  void shorten(std::int32_t extent, std::int64_t blocks);

  void hold_copy(std::int32_t number);
  void link_newest(std::int32_t number);
  void link_newer_than(std::int32_t number, std::int32_t older);
  void unlink(std::int32_t number);

  std::vector<Extent> extents_;  ///< the first one is the root, which has no blocks
  std::vector<Copy> copies_;
  std::vector<std::int32_t> unused_extents_;
  std::vector<std::int32_t> unused_copies_;
  ExtentTable children_;
  std::int32_t oldest_ = kNone;
  std::int32_t newest_ = kNone;
  std::int64_t evictable_ = 0;
};

}  // namespace idlewatt
