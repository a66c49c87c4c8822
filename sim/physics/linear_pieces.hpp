// Converts linear functions in floating point into the integer pieces of a CostLine. Physics is rounded only here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/energy.hpp"
#include "physics/cost_line.hpp"

namespace idlewatt {

/// Ticks of a second, for arithmetic in floating point.
inline constexpr double kTicks = static_cast<double>(kTicksPerSecond);

/// A linear function of the context: at_zero + per_token x context, in seconds or joules.
struct Straight {
  double at_zero = 0.0;
  double per_token = 0.0;
};

/// A context that is never reached: more tokens than any memory holds.
inline constexpr std::int64_t kMostContext = 1'000'000'000'000'000;

/// The piece with rounded coefficients. Its steps take at least one tick.
CostPiece rounded(const Straight& duration_s, const Straight& energy_j);

/// The first context from `from` on at which `at_zero + per_token x context` is above 0; kMostContext when there is
/// none.
std::int64_t first_above(int128_t at_zero, int128_t per_token, std::int64_t from);

/// A list of a few pieces without heap memory: pieces below and above the context at which a least time stops to count,
/// and at which the board limit begins to.
class PieceList {
 public:
  void add(const CostPiece& piece);
  /// Adds `piece` from its from_context up to `to`, with its energy clipped to limit x duration, exact to the
  /// femtojoule.
  void add_limited(const CostPiece& piece, std::int64_t to, Power limit);

  const CostPiece* begin() const { return pieces_.data(); }
  const CostPiece* end() const { return pieces_.data() + count_; }
  const CostPiece& at(std::int64_t context) const;

 private:
  std::array<CostPiece, 6> pieces_;
  std::size_t count_ = 0;
};

}  // namespace idlewatt
