// The part of its context that a sequence's tokens read, for models in which not all layers read all of it.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "catalog/model.hpp"

namespace idlewatt {

/// Layers that read the same part of the context.
struct AttendedKind {
  std::int64_t weight = 1;  ///< units that a token costs in these layers
  std::int64_t window = 0;  ///< number of newest tokens that are read; 0 = all
  bool chunked = false;     ///< the window is a fixed block of positions

  constexpr bool operator==(const AttendedKind&) const = default;
};

/// Counts tokens that are read in units; a token that all layers read counts whole() units. The cost of a step is
/// linear in the units that its sequences read together. So layers with windows keep the closed form of a jump: the
/// units of one sequence are linear in its context until the context passes a window. Kinds of layers are weighted by
/// the bytes that a token has in them. The weights are small integers, within 1 % of these bytes where windows differ.
class AttendedContext {
 public:
  /// Makes the count for a model whose layers all read the whole context: one unit per token.
  AttendedContext() = default;
  explicit AttendedContext(std::vector<AttendedKind> kinds)
      : kinds_(std::move(kinds)), plain_(kinds_ == std::vector<AttendedKind>{AttendedKind{}}) {}

  const std::vector<AttendedKind>& kinds() const { return kinds_; }
  bool plain() const { return plain_; }
  /// Units of a token that is read in all layers.
  std::int64_t whole() const { return plain_ ? 1 : whole_of_kinds(); }

  /// Units that the token at position `context` (from 1) reads, itself included.
  std::int64_t of(std::int64_t context) const;
  /// Units that the tokens at positions `first` to `last` read in total.
  std::int64_t sum(std::int64_t first, std::int64_t last) const {
    return plain_ ? (last - first + 1) * (first + last) / 2 : sum_of_kinds(first, last);
  }
  /// Units that a chunk of `tokens` prompt tokens reads once, after `computed` tokens in the cache; the chunk's own
  /// tokens are included.
  std::int64_t span(std::int64_t computed, std::int64_t tokens) const {
    return plain_ ? computed + tokens : span_of_kinds(computed, tokens);
  }

  /// A linear law: of(context) = base + slope x context, from the context passed to law() up to `until`, exclusive.
  struct Law {
    std::int64_t base = 0;
    std::int64_t slope = 1;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
  };
  Law law(std::int64_t context) const { return plain_ ? Law{} : law_of_kinds(context); }

 private:
  std::int64_t whole_of_kinds() const;
  std::int64_t sum_of_kinds(std::int64_t first, std::int64_t last) const;
  std::int64_t span_of_kinds(std::int64_t computed, std::int64_t tokens) const;
  Law law_of_kinds(std::int64_t context) const;

  std::vector<AttendedKind> kinds_{AttendedKind{}};
  bool plain_ = true;  ///< one unit per token; asked at every step
};

/// The count for the layers of a model, on one of `tensor_parallel` accelerators.
AttendedContext attended_context(const Model& model, int tensor_parallel);

}  // namespace idlewatt
