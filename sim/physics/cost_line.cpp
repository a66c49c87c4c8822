#include "physics/cost_line.hpp"

#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "physics/series_sum.hpp"

namespace idlewatt {
namespace {

/// Ticks of `steps` steps on one piece, from `context` on.
int128_t duration_sum(const CostPiece& piece, std::int64_t context, std::int64_t growth, std::int64_t steps) {
  return static_cast<int128_t>(piece.duration_at_zero) * steps +
         with_series_sum(context, growth, steps,
                         [&](auto contexts) { return static_cast<int128_t>(contexts) * piece.duration_per_token; });
}

/// The fewest steps on one piece whose durations reach `elapsed`, or `limit` where fewer do not.
std::int64_t steps_to_reach(const CostPiece& piece, Ticks elapsed, std::int64_t context, std::int64_t growth,
                            std::int64_t limit) {
  // a n + b n (n - 1) / 2 = elapsed, solved in floating point and put right by the exact sums around it.
  const double a = static_cast<double>(piece.duration_at_zero) +
                   static_cast<double>(piece.duration_per_token) * static_cast<double>(context);
  const double b = static_cast<double>(piece.duration_per_token) * static_cast<double>(growth);
  const double target = static_cast<double>(elapsed);
  const double half = a - b / 2.0;
  const double guess = b > 0.0 ? 2.0 * target / (half + std::sqrt(half * half + 2.0 * b * target)) : target / a;
  std::int64_t steps = std::clamp<std::int64_t>(static_cast<std::int64_t>(guess), 0, limit);
  int128_t sum = duration_sum(piece, context, growth, steps);
  const auto of_step = [&](std::int64_t number) { return piece.at(context + number * growth).duration; };
  while (steps > 0 && sum - of_step(steps - 1) >= elapsed) {
    sum -= of_step(--steps);
  }
  while (steps < limit && sum < elapsed) {
    sum += of_step(steps++);
  }
  return steps;
}

}  // namespace

CostLine::CostLine(std::vector<CostPiece> pieces) : pieces_(std::move(pieces)) {
  if (pieces_.empty() || pieces_.front().from_context != 0) {
    throw Error("a cost line must begin at context 0");
  }
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (i > 0 && pieces_[i].from_context <= pieces_[i - 1].from_context) {
      throw Error("the pieces of a cost line must ascend");
    }
    if (pieces_[i].at(pieces_[i].from_context).duration <= 0 || pieces_[i].duration_per_token < 0) {
      throw Error("a batch step must take time, and never less with more context");
    }
  }
}

StepCost CostLine::sum(std::int64_t context, std::int64_t growth, std::int64_t steps) const {
  int128_t duration = 0;
  Energy energy;
  for_each_piece(context, growth, steps, [&](const CostPiece& piece, std::int64_t from, std::int64_t here) {
    with_series_sum(from, growth, here, [&](auto contexts) {
      const auto wide = static_cast<int128_t>(contexts);
      duration += static_cast<int128_t>(piece.duration_at_zero) * here + wide * piece.duration_per_token;
      energy.fj += piece.energy_at_zero_fj * here + wide * piece.energy_per_token_fj;
    });
  });
  return {checked_ticks(duration), energy};
}

std::int64_t CostLine::steps_begun_before(Ticks elapsed, std::int64_t context, std::int64_t growth,
                                          std::int64_t limit) const {
  int128_t left = elapsed;
  std::int64_t begun = 0;
  for_each_piece(context, growth, limit, [&](const CostPiece& piece, std::int64_t from, std::int64_t here) {
    if (left <= 0) {
      return;
    }
    // What is left is no more than `elapsed`: it fits into Ticks.
    const std::int64_t steps = steps_to_reach(piece, static_cast<Ticks>(left), from, growth, here);
    begun += steps;
    left = steps < here ? 0 : left - duration_sum(piece, from, growth, here);
  });
  return begun;
}

}  // namespace idlewatt
