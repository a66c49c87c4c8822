// What the tokens of a sequence read of its context, where not all layers read all of it.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "catalog/model.hpp"

namespace idlewatt {

/// Layers that read alike.
struct AttendedKind {
  std::int64_t weight = 1;  ///< units that a token costs in these layers
  std::int64_t window = 0;  ///< newest tokens that are read; 0: all
  bool chunked = false;     ///< the window is a block of positions

  constexpr bool operator==(const AttendedKind&) const = default;
};

/// Counts what is read in units: a token read in all layers is whole() of them. The cost of a step is a line of the
/// units that its sequences read together, so that layers with windows keep the closed form of a jump: what one
/// sequence reads is a straight line of its context until it passes a window. Kinds of layers are weighted by the bytes
/// that a token has in them; the weights are small integers, within 1 % of that where windows differ.
class AttendedContext {
 public:
  /// All layers read all of the context: one unit a token.
  AttendedContext() = default;
  explicit AttendedContext(std::vector<AttendedKind> kinds) : kinds_(std::move(kinds)) {}

  const std::vector<AttendedKind>& kinds() const { return kinds_; }
  bool plain() const { return kinds_ == std::vector<AttendedKind>{AttendedKind{}}; }
  /// Units of a token that is read in all layers.
  std::int64_t whole() const;

  /// What the token at position `context` (from 1) reads, itself included.
  std::int64_t of(std::int64_t context) const;
  /// What the tokens at positions `first` to `last` read together.
  std::int64_t sum(std::int64_t first, std::int64_t last) const;
  /// Of `computed` tokens in the cache, what a chunk of prompt after them reads once; with the `tokens` of the chunk.
  std::int64_t span(std::int64_t computed, std::int64_t tokens) const;

  /// of(context) = base + slope x context, from the context that was asked for up to `until`, exclusive.
  struct Law {
    std::int64_t base = 0;
    std::int64_t slope = 1;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
  };
  Law law(std::int64_t context) const;

 private:
  std::vector<AttendedKind> kinds_{AttendedKind{}};
};

/// How the layers of the model read, on one accelerator of `tensor_parallel`.
AttendedContext attended_context(const Model& model, int tensor_parallel);

}  // namespace idlewatt
