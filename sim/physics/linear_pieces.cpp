#include "physics/linear_pieces.hpp"

#include <algorithm>

#include "base/rounding.hpp"

namespace idlewatt {

CostPiece rounded(const Straight& duration_s, const Straight& energy_j) {
  constexpr double kFemto = 1e15;
  CostPiece piece;
  piece.duration_at_zero = std::max<Ticks>(1, nearest(duration_s.at_zero * kTicks));
  piece.duration_per_token = nearest(duration_s.per_token * kTicks);
  piece.energy_at_zero_fj = Energy::from_j(energy_j.at_zero).fj;
  piece.energy_per_token_fj = nearest(energy_j.per_token * kFemto);
  return piece;
}

std::int64_t first_above(int128_t at_zero, int128_t per_token, std::int64_t from) {
  if (at_zero + per_token * from > 0) {
    return from;
  }
  if (per_token <= 0) {
    return kMostContext;
  }
  return static_cast<std::int64_t>(std::min<int128_t>(kMostContext, -at_zero / per_token + 1));
}

void PieceList::add(const CostPiece& piece) {
  pieces_[count_++] = piece;
}

void PieceList::add_limited(const CostPiece& piece, std::int64_t to, Power limit) {
  CostPiece most = piece;
  most.energy_at_zero_fj = static_cast<int128_t>(limit.tenth_mw) * piece.duration_at_zero;
  most.energy_per_token_fj = limit.tenth_mw * piece.duration_per_token;
  const int128_t excess = piece.energy_at_zero_fj - most.energy_at_zero_fj;
  const int128_t growth = static_cast<int128_t>(piece.energy_per_token_fj) - most.energy_per_token_fj;
  const bool binds = excess + growth * piece.from_context > 0;
  // Two lines cross at most once: the limit begins to bind, or ceases to.
  const std::int64_t crossing =
      binds ? first_above(1 - excess, -growth, piece.from_context) : first_above(excess, growth, piece.from_context);
  add(binds ? most : piece);
  if (crossing < to) {
    CostPiece rest = binds ? piece : most;
    rest.from_context = crossing;
    add(rest);
  }
}

const CostPiece& PieceList::at(std::int64_t context) const {
  std::size_t index = count_ - 1;
  while (pieces_[index].from_context > context) {
    --index;
  }
  return pieces_[index];
}

}  // namespace idlewatt
