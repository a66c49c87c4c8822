// From straight lines in floating point to the integer pieces of a CostLine: the one place where physics is rounded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/energy.hpp"
#include "physics/cost_line.hpp"

namespace idlewatt {

/// at_zero + per_token x context, in seconds or joules.
struct Straight {
  double at_zero = 0.0;
  double per_token = 0.0;
};

/// Contexts from here on are never reached: more tokens than any memory holds.
inline constexpr std::int64_t kMostContext = 1'000'000'000'000'000;

/// At least one tick long.
CostPiece rounded(const Straight& duration_s, const Straight& energy_j);

/// The first context from `from` on at which `at_zero + per_token x context` is above 0; kMostContext for never.
std::int64_t first_above(int128_t at_zero, int128_t per_token, std::int64_t from);

/// A few pieces without a heap: below and above where a floor of time gives way, and where the board limit binds.
class PieceList {
 public:
  void add(const CostPiece& piece);
  /// Adds `piece` from its from_context on up to `to`, with its energy clipped to limit x duration, to the femtojoule.
  void add_limited(const CostPiece& piece, std::int64_t to, Power limit);

  const CostPiece* begin() const { return pieces_.data(); }
  const CostPiece* end() const { return pieces_.data() + count_; }
  const CostPiece& at(std::int64_t context) const;

 private:
  std::array<CostPiece, 6> pieces_;
  std::size_t count_ = 0;
};

}  // namespace idlewatt
