#include "engine/prefix_tree.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/require.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kRoot = 0;

bool in_runs(const PrefixContent& content, std::int64_t block) {
  return block < content.known_blocks && !content.labels.empty();
}

/// Copy::tokens of a block that the request computes.
std::int64_t tokens_of(const PrefixContent& content, std::int64_t block) {
  return block < content.known_blocks ? 0 : content.tokens;
}

}  // namespace

PrefixTree::PrefixTree() {
  extents_.emplace_back();
}

// ---- Looking ----

std::int32_t PrefixTree::child(std::int32_t parent, std::uint64_t label) const {
  if (at(parent).children == 0) {
    return kNone;
  }
  return children_.find(parent, label);
}

/// The extent in which a request's path goes on from the end of `parent`; kNone when none is in the cache.
std::int32_t PrefixTree::child_of(std::int32_t parent, const PrefixContent& content, std::int64_t block) const {
  const std::int32_t own = child(parent, content.label(block));
  if (own != kNone || content.earlier_answer == 0 || block >= content.known_blocks) {
    return own;
  }
  const std::int32_t answer = child(parent, content.earlier_answer);
  return answer != kNone && copy(at(answer).first_copy).tokens <= content.prompt_tokens ? answer : kNone;
}

/// How many blocks of the extent, up to `limit`, are the request's. The first one is.
std::int64_t PrefixTree::common(const Extent& extent, const PrefixContent& content, std::int64_t limit) {
  const std::int64_t end = extent.start + std::min(extent.length, limit);
  if (extent.uniform) {
    const std::uint64_t label = extent.label;
    if (content.label(extent.start) != label) {
      return end - extent.start;  // an earlier answer, all of which the request has
    }
    std::int64_t block = extent.start;
    while (block < end && content.label(block) == label) {
      block = block >= content.known_blocks ? end
              : content.labels.empty()      ? content.known_blocks
                                            : end_of_run(run_of_block(block, content.run_tokens), content.run_tokens);
    }
    return std::min(block, end) - extent.start;
  }
  if (!in_runs(content, extent.start) || content.run_tokens != extent.run_tokens) {
    return 0;
  }
  const auto from = content.labels.begin() + static_cast<std::ptrdiff_t>(extent.first_run);
  const auto differs = std::mismatch(extent.labels.begin(), extent.labels.end(), from, content.labels.end()).first -
                       extent.labels.begin();
  const std::int64_t equal = end_of_run(extent.first_run + static_cast<std::size_t>(differs) - 1, extent.run_tokens);
  return std::min({equal, end, content.known_blocks}) - extent.start;
}

PrefixTree::Match PrefixTree::match(const PrefixContent& content, std::int64_t limit) const {
  Match match;
  std::int32_t extent = kRoot;
  while (match.blocks < limit) {
    extent = child_of(extent, content, match.blocks);
    if (extent == kNone) {
      break;
    }
    const std::int64_t here = common(at(extent), content, limit - match.blocks);
    match.blocks += here;
    match.held += copy(at(extent).first_copy).holders > 0 ? here : 0;
    if (here < at(extent).length) {
      break;
    }
  }
  return match;
}

// ---- Holding ----

std::int64_t PrefixTree::hold(const PrefixContent& content, std::int64_t limit, std::vector<Hold>& holds) {
  std::int64_t blocks = 0;
  std::int32_t extent = kRoot;
  while (blocks < limit) {
    extent = child_of(extent, content, blocks);
    if (extent == kNone) {
      break;
    }
    const std::int64_t here = common(at(extent), content, limit - blocks);
    if (here == 0) {
      break;
    }
    const bool part = here < at(extent).length;
    if (part) {
      extent = split(extent, here);
    }
    const std::int32_t found = at(extent).first_copy;
    hold_copy(found);
    holds.push_back({found, here});
    blocks += here;
    if (part) {
      break;
    }
  }
  return blocks;
}

void PrefixTree::extend(const PrefixContent& content, std::int64_t from, std::int64_t end, std::vector<Hold>& holds) {
  while (from < end) {
    const std::int32_t parent = holds.empty() ? kRoot : copy(holds.back().copy).extent;
    const std::int32_t known = child(parent, content.label(from));
    const std::int64_t here = known == kNone ? 0 : common(at(known), content, end - from);
    if (here == 0) {
      const std::int64_t piece = from < content.known_blocks ? std::min(end, content.known_blocks) : end;
      grow(content, from, piece, holds);
      from = piece;
      continue;
    }
    // Others were faster: the request's blocks are further copies.
    const std::int32_t extent = here < at(known).length ? split(known, here) : known;
    const std::int32_t added = add_copy(extent, tokens_of(content, from));
    holds.push_back({added, here});
    from += here;
  }
}

/// Blocks that no path of the tree has: where the request is alone at the end of its path, its last extent grows.
void PrefixTree::grow(const PrefixContent& content, std::int64_t from, std::int64_t end, std::vector<Hold>& holds) {
  if (!holds.empty()) {
    const Copy& last = copy(holds.back().copy);
    Extent& extent = at(last.extent);
    const bool alone =
        extent.children == 0 && last.holders == 1 && extent.first_copy == holds.back().copy && last.next == kNone;
    if (alone && goes_on(extent, last, content, from)) {
      append(extent, content, end);
      holds.back().blocks += end - from;
      return;
    }
  }
  const std::int32_t parent = holds.empty() ? kRoot : copy(holds.back().copy).extent;
  const std::int32_t added = add_extent(parent, from);
  Extent& extent = at(added);
  extent.uniform = !in_runs(content, from);
  extent.run_tokens = content.run_tokens;
  extent.first_run = extent.uniform ? 0 : run_of_block(from, content.run_tokens);
  extent.label = content.label(from);
  extent.labels.clear();
  append(extent, content, end);
  children_.set(parent, extent.label, added);
  ++at(parent).children;
  holds.push_back({add_copy(added, tokens_of(content, from)), end - from});
}

/// Whether the request's block belongs to the labels of an extent that ends before it.
bool PrefixTree::goes_on(const Extent& extent, const Copy& last, const PrefixContent& content, std::int64_t block) {
  if (in_runs(content, block)) {
    return !extent.uniform && extent.run_tokens == content.run_tokens;
  }
  return extent.uniform && extent.label == content.label(block) && last.tokens == tokens_of(content, block);
}

void PrefixTree::append(Extent& extent, const PrefixContent& content, std::int64_t end) {
  if (!extent.uniform) {
    const auto first = content.labels.begin();
    extent.labels.insert(extent.labels.end(),
                         first + static_cast<std::ptrdiff_t>(extent.first_run + extent.labels.size()),
                         first + static_cast<std::ptrdiff_t>(run_of_block(end - 1, content.run_tokens)) + 1);
  }
  extent.length = end - extent.start;
}

std::int64_t PrefixTree::let_go(std::vector<Hold>& holds) {
  std::int64_t still_held = 0;
  for (; !holds.empty(); holds.pop_back()) {
    std::int32_t number = holds.back().copy;
    for (std::int64_t left = holds.back().blocks; left > 0;) {
      Copy& here = copy(number);
      const std::int64_t length = at(here.extent).length;
      if (--here.holders == 0) {
        link_newest(number);
        evictable_ += length;
      } else {
        still_held += length;
      }
      left -= length;
      number = here.above;
    }
  }
  return still_held;
}

void PrefixTree::hold_copy(std::int32_t number) {
  if (copy(number).holders++ == 0) {
    unlink(number);
    evictable_ -= at(copy(number).extent).length;
  }
}

// ---- Extents ----

/// Cuts the first `length` blocks off an extent and its copies, and returns the extent that they are now.
std::int32_t PrefixTree::split(std::int32_t extent, std::int64_t length) {
  const std::int32_t head = add_extent(at(extent).parent, at(extent).start);
  Extent& front = at(head);
  Extent& back = at(extent);
  front.length = length;
  front.children = 1;
  front.uniform = back.uniform;
  front.first_run = back.first_run;
  front.run_tokens = back.run_tokens;
  front.label = back.label;
  children_.set(front.parent, back.label, head);
  back.parent = head;
  back.start += length;
  back.length -= length;
  if (!back.uniform) {
    const std::size_t run = run_of_block(back.start, back.run_tokens);
    const std::size_t last = run_of_block(back.start - 1, back.run_tokens);
    front.labels.assign(back.labels.begin(),
                        back.labels.begin() + static_cast<std::ptrdiff_t>(last - back.first_run) + 1);
    back.labels.erase(back.labels.begin(), back.labels.begin() + static_cast<std::ptrdiff_t>(run - back.first_run));
    back.first_run = run;
    back.label = run_label(back.labels.front(), back.run_tokens);
  }
  children_.set(head, back.label, extent);
  for (std::int32_t number = back.first_copy; number != kNone; number = copy(number).next) {
    const std::int32_t cut = add_copy(head, copy(number).tokens);
    copy(cut).holders = copy(number).holders;
    copy(cut).above = copy(number).above;
    copy(number).above = cut;
    if (copy(cut).holders == 0) {
      link_newer_than(cut, number);
    }
  }
  return head;
}

/// An extent without blocks, labels, children and copies. References to extents do not outlive this.
std::int32_t PrefixTree::add_extent(std::int32_t parent, std::int64_t start) {
  std::int32_t number = static_cast<std::int32_t>(extents_.size());
  if (unused_extents_.empty()) {
    extents_.emplace_back();
  } else {
    number = unused_extents_.back();
    unused_extents_.pop_back();
  }
  Extent& extent = at(number);
  extent.parent = parent;
  extent.start = start;
  extent.length = 0;
  extent.children = 0;
  extent.first_copy = kNone;
  return number;
}

/// The last copy of the extent, with one holder.
std::int32_t PrefixTree::add_copy(std::int32_t extent, std::int64_t tokens) {
  std::int32_t number = static_cast<std::int32_t>(copies_.size());
  if (unused_copies_.empty()) {
    copies_.emplace_back();
  } else {
    number = unused_copies_.back();
    unused_copies_.pop_back();
  }
  copy(number) = {.extent = extent, .holders = 1, .tokens = tokens};
  std::int32_t* place = &at(extent).first_copy;
  while (*place != kNone) {
    place = &copy(*place).next;
  }
  *place = number;
  return number;
}

void PrefixTree::drop_copy(std::int32_t number) {
  std::int32_t* place = &at(copy(number).extent).first_copy;
  while (*place != number) {
    place = &copy(*place).next;
  }
  *place = copy(number).next;
  unused_copies_.push_back(number);
}

void PrefixTree::drop_extent(std::int32_t extent) {
  const Extent& gone = at(extent);
  children_.erase(gone.parent, gone.label);
  --at(gone.parent).children;
  unused_extents_.push_back(extent);
}

/// The last blocks of an extent are gone, but not all of it.
void PrefixTree::shorten(std::int32_t extent, std::int64_t blocks) {
  Extent& shorter = at(extent);
  shorter.length -= blocks;
  if (!shorter.uniform) {
    const std::size_t last = run_of_block(shorter.start + shorter.length - 1, shorter.run_tokens);
    shorter.labels.resize(last - shorter.first_run + 1);
  }
}

// ---- Evicting ----

void PrefixTree::evict(std::int64_t count) {
  require(count <= evictable(), "so many blocks that may be evicted");
  while (count > 0) {
    const std::int32_t number = oldest_;
    const std::int32_t extent = copy(number).extent;
    const std::int64_t here = std::min(count, at(extent).length);
    count -= here;
    evictable_ -= here;
    const bool only = at(extent).first_copy == number && copy(number).next == kNone;
    if (here < at(extent).length) {
      if (only) {
        shorten(extent, here);
        continue;
      }
      split(extent, at(extent).length - here);
    }
    unlink(number);
    drop_copy(number);
    if (only) {
      drop_extent(extent);
    }
  }
}

void PrefixTree::link_newest(std::int32_t number) {
  Copy& added = copy(number);
  added.older = newest_;
  added.newer = kNone;
  (newest_ == kNone ? oldest_ : copy(newest_).newer) = number;
  newest_ = number;
}

void PrefixTree::link_newer_than(std::int32_t number, std::int32_t older) {
  Copy& added = copy(number);
  added.older = older;
  added.newer = copy(older).newer;
  (added.newer == kNone ? newest_ : copy(added.newer).older) = number;
  copy(older).newer = number;
}

void PrefixTree::unlink(std::int32_t number) {
  const Copy& gone = copy(number);
  (gone.older == kNone ? oldest_ : copy(gone.older).newer) = gone.newer;
  (gone.newer == kNone ? newest_ : copy(gone.newer).older) = gone.older;
}

}  // namespace idlewatt
