// Which clock a step runs at, under a cap or a clock limit.
#include <algorithm>
#include <utility>
#include <vector>

#include "physics/linear_pieces.hpp"
#include "physics/transformer.hpp"

namespace idlewatt {

namespace {

constexpr Power kNoLimit{std::int64_t{1} << 40};

/// By how much a piece's energy is above cap x duration, as a line of the context.
struct Excess {
  int128_t at_zero = 0;
  int128_t per_token = 0;

  Excess(const CostPiece& piece, Power cap)
      : at_zero(piece.energy_at_zero_fj - static_cast<int128_t>(cap.tenth_mw) * piece.duration_at_zero),
        per_token(static_cast<int128_t>(piece.energy_per_token_fj) -
                  static_cast<int128_t>(cap.tenth_mw) * piece.duration_per_token) {}

  bool above(std::int64_t context) const { return at_zero + per_token * context > 0; }
  /// The first context after `from` at which the answer of above() changes.
  std::int64_t next_change(std::int64_t from) const {
    return above(from) ? first_above(1 - at_zero, -per_token, from) : first_above(at_zero, per_token, from);
  }
};

}  // namespace

/// The highest clock from number `first` on that keeps `cap`: power falls with the clock.
std::size_t Transformer::highest_clock(const StepShape& shape, std::int64_t context, std::size_t first,
                                       Power cap) const {
  const auto begin = rates_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto found = std::partition_point(begin, rates_.end() - 1, [&](const Rates& rates) {
    return Excess(pieces(shape, rates, kNoLimit).at(context), cap).above(context);
  });
  return static_cast<std::size_t>(found - rates_.begin());
}

std::size_t Transformer::stock_clock(const StepShape& shape) const {
  return highest_clock(shape, 0, 0, limit_);
}

std::size_t Transformer::clock_for(const StepShape& shape, std::int64_t context, std::size_t stock) const {
  return highest_clock(shape, context, std::max(stock, highest_), cap_);
}

Transformer::Rates Transformer::slowed_rates(std::size_t stock, std::size_t clock) const {
  const ClockPoint& before = rates_[stock].clock;
  ClockPoint now = rates_[clock].clock;
  now.compute /= before.compute;
  now.bandwidth /= before.bandwidth;
  return rates_at(now);
}

PieceList Transformer::slowed_pieces(const StepShape& shape, std::size_t stock, std::size_t clock) const {
  const bool lowest = clock + 1 == rates_.size();
  return pieces(shape, slowed_rates(stock, clock), lowest ? limit_ : cap_);
}

CostLine Transformer::limited_line(const StepShape& shape) const {
  const std::size_t stock = stock_clock(shape);
  std::vector<CostPiece> result;
  std::int64_t context = 0;
  while (context < kMostContext) {
    const std::size_t clock = clock_for(shape, context, stock);
    const PieceList here = slowed_pieces(shape, stock, clock);
    CostPiece piece = here.at(context);
    piece.from_context = context;
    result.push_back(piece);
    // Up to where this clock breaks the cap, the next higher one keeps it, or a line bends.
    std::int64_t next = kMostContext;
    const auto look_at = [&](const PieceList& list) {
      for (const CostPiece& other : list) {
        if (other.from_context > context) {
          next = std::min(next, other.from_context);
        }
      }
    };
    look_at(here);
    for (std::size_t other = clock == 0 ? 0 : clock - 1; other <= clock; ++other) {
      const PieceList list = pieces(shape, rates_[other], kNoLimit);
      next = std::min(next, Excess(list.at(context), cap_).next_change(context));
      look_at(list);
    }
    context = next;
  }
  return CostLine(std::move(result));
}

}  // namespace idlewatt
