#include "physics/measured_steps.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace idlewatt {

StepShape shape_of(const MeasuredStep& step, const AttendedContext& attended) {
  StepShape shape;
  shape.decode_sequences = step.batch;
  if (step.tokens > 0) {
    shape.add_chunk(attended, std::llround(step.context), step.tokens);
  }
  return shape;
}

std::int64_t decode_context_of(const MeasuredStep& step, const AttendedContext& attended) {
  return attended.plain() ? std::llround(step.batch * step.context)
                          : step.batch * attended.of(std::llround(step.context));
}

void MeasuredSteps::add(std::vector<Size>& sizes, double size, const Knot& knot) {
  auto found = std::lower_bound(sizes.begin(), sizes.end(), size, [](const Size& a, double b) { return a.size < b; });
  if (found == sizes.end() || found->size != size) {
    found = sizes.insert(found, {size, {}});
  }
  Curve& curve = found->curve;
  const auto after = std::lower_bound(curve.begin(), curve.end(), knot.context,
                                      [](const Knot& a, double context) { return a.context < context; });
  if (after != curve.end() && after->context == knot.context) {
    throw Error("two measured steps have the same shape");
  }
  curve.insert(after, knot);
}

MeasuredSteps::MeasuredSteps(const std::vector<MeasuredStep>& steps, const StepModel& otherwise) {
  for (const MeasuredStep& step : steps) {
    const bool decodes = step.batch > 0;
    if (decodes == (step.tokens > 0) || !(step.duration_s > 0.0)) {
      throw Error("a measured step decodes or computes a prompt, not both, and takes time");
    }
    double energy_j = 0.0;
    if (step.power_w) {
      energy_j = *step.power_w * step.duration_s;
    } else {
      const StepCost cost =
          otherwise.cost(shape_of(step, otherwise.attended()), decode_context_of(step, otherwise.attended()));
      energy_j = cost.energy.j() / to_seconds(cost.duration) * step.duration_s;
    }
    add(decodes ? decodes_ : prefills_, decodes ? step.batch : static_cast<double>(step.tokens),
        {step.context, step.duration_s, energy_j});
  }
  if (decodes_.empty() || prefills_.empty()) {
    throw Error("measured steps must hold a decode step and a prefill step");
  }
  for (std::vector<Size>* sizes : {&decodes_, &prefills_}) {
    for (Size& size : *sizes) {
      for (std::size_t i = 1; i < size.curve.size(); ++i) {
        size.curve[i].duration_s = std::max(size.curve[i].duration_s, size.curve[i - 1].duration_s);
      }
    }
  }
  least_ = decodes_.front().curve.front();
  for (const Size& size : decodes_) {
    if (size.curve.front().duration_s < least_.duration_s) {
      least_ = size.curve.front();
    }
  }
}

MeasuredSteps::Knot MeasuredSteps::at(const Curve& curve, double context) {
  const auto after = std::lower_bound(curve.begin(), curve.end(), context,
                                      [](const Knot& a, double value) { return a.context < value; });
  if (after == curve.begin()) {
    return {context, after->duration_s, after->energy_j};
  }
  const Knot& before = *std::prev(after);
  if (after == curve.end()) {
    double slope = 0.0;
    if (curve.size() > 1) {
      const Knot& earlier = *std::prev(after, 2);
      slope = (before.duration_s - earlier.duration_s) / (before.context - earlier.context);
    }
    const double duration_s = before.duration_s + slope * (context - before.context);
    return {context, duration_s, before.energy_j / before.duration_s * duration_s};
  }
  const double share = (context - before.context) / (after->context - before.context);
  return {context, before.duration_s + share * (after->duration_s - before.duration_s),
          before.energy_j + share * (after->energy_j - before.energy_j)};
}

/// (1 - weight) x below + weight x above, at every context that either knows. A weight above 1 extrapolates: never
/// below `above` itself, and at its power.
MeasuredSteps::Curve MeasuredSteps::blend(const Curve& below, const Curve& above, double weight) {
  std::vector<double> contexts;
  for (const Curve* curve : {&below, &above}) {
    for (const Knot& knot : *curve) {
      contexts.push_back(knot.context);
    }
  }
  std::sort(contexts.begin(), contexts.end());
  contexts.erase(std::unique(contexts.begin(), contexts.end()), contexts.end());
  Curve result;
  for (const double context : contexts) {
    const Knot low = at(below, context);
    const Knot high = at(above, context);
    Knot knot{context, low.duration_s + weight * (high.duration_s - low.duration_s),
              low.energy_j + weight * (high.energy_j - low.energy_j)};
    if (weight > 1.0) {
      knot.duration_s = std::max(knot.duration_s, high.duration_s);
      knot.energy_j = high.energy_j / high.duration_s * knot.duration_s;
    }
    if (!result.empty() && knot.duration_s < result.back().duration_s) {
      knot.duration_s = result.back().duration_s;
    }
    result.push_back(knot);
  }
  return result;
}

namespace {

/// The two of `sizes` between or beyond which `size` lies, and how far: 0 at the first, 1 at the second.
template <class Sizes>
struct Between {
  const typename Sizes::value_type* below;
  const typename Sizes::value_type* above;
  double weight;

  Between(const Sizes& sizes, double size) {
    const auto found =
        std::lower_bound(sizes.begin(), sizes.end(), size, [](const auto& a, double b) { return a.size < b; });
    const auto second = std::clamp(found, std::next(sizes.begin()), std::prev(sizes.end()));
    above = &*second;
    below = &*std::prev(second);
    weight = (size - below->size) / (above->size - below->size);
  }
};

}  // namespace

MeasuredSteps::Curve MeasuredSteps::decode(double batch) const {
  if (batch <= decodes_.front().size) {
    return decodes_.front().curve;
  }
  if (decodes_.size() == 1) {
    Curve curve = decodes_.front().curve;
    for (Knot& knot : curve) {
      knot.duration_s *= batch / decodes_.front().size;
      knot.energy_j *= batch / decodes_.front().size;
    }
    return curve;
  }
  const Between between(decodes_, batch);
  return between.weight == 1.0 ? between.above->curve
                               : blend(between.below->curve, between.above->curve, between.weight);
}

MeasuredSteps::Knot MeasuredSteps::prefill(double tokens, double context) const {
  const Size& smallest = prefills_.front();
  if (tokens <= smallest.size) {
    const Knot whole = at(smallest.curve, context);
    const double share = tokens / smallest.size;
    const double least_s = std::min(least_.duration_s, whole.duration_s);
    const double least_j = std::min(least_.energy_j, whole.energy_j);
    return {context, least_s + share * (whole.duration_s - least_s), least_j + share * (whole.energy_j - least_j)};
  }
  if (prefills_.size() == 1) {
    const Knot whole = at(smallest.curve, context);
    return {context, whole.duration_s * tokens / smallest.size, whole.energy_j * tokens / smallest.size};
  }
  const Between between(prefills_, tokens);
  const Knot low = at(between.below->curve, context);
  const Knot high = at(between.above->curve, context);
  return blend({low}, {high}, between.weight).front();
}

namespace {

Ticks ticks_of(double seconds) {
  return std::max<Ticks>(1, std::llround(seconds * static_cast<double>(kTicksPerSecond)));
}

}  // namespace

CostLine MeasuredSteps::line(const StepShape& shape) const {
  double extra_s = 0.0;
  double extra_j = 0.0;
  if (shape.prefill_tokens > 0) {
    const auto tokens = static_cast<double>(shape.prefill_tokens);
    const double attended = static_cast<double>(shape.prefill_attention) / tokens;
    const Knot prompt = prefill(tokens, std::max(0.0, attended - (tokens + 1.0) / 2.0));
    if (shape.decode_sequences == 0) {
      return CostLine({{0, ticks_of(prompt.duration_s), 0, Energy::from_j(prompt.energy_j).fj, 0}});
    }
    extra_s = std::max(0.0, prompt.duration_s - least_.duration_s);
    extra_j = std::max(0.0, prompt.energy_j - least_.energy_j);
  }
  // Straight lines over the context of all sequences together. Each piece is exact where it begins and falls short of
  // the next one's beginning by the rounding of its slope.
  const double batch = shape.decode_sequences;
  Curve curve = decode(batch);
  const double last = curve.back().context;
  curve.push_back(at(curve, last + std::max(1.0, last)));  // gives the slope beyond
  std::vector<CostPiece> pieces;
  const auto begin_piece = [&](std::int64_t from, const Knot& begin, const Knot& end) {
    CostPiece piece;
    piece.from_context = from;
    const double length = (end.context - begin.context) * batch;
    const bool flat = length <= 0.0;
    piece.duration_per_token = flat ? 0
                                    : static_cast<Ticks>(std::floor((end.duration_s - begin.duration_s) / length *
                                                                    static_cast<double>(kTicksPerSecond)));
    constexpr double kFemto = 1e15;
    piece.energy_per_token_fj = flat ? 0 : std::llround((end.energy_j - begin.energy_j) / length * kFemto);
    piece.duration_at_zero = ticks_of(begin.duration_s + extra_s) - piece.duration_per_token * from;
    piece.energy_at_zero_fj =
        Energy::from_j(begin.energy_j + extra_j).fj - static_cast<int128_t>(piece.energy_per_token_fj) * from;
    if (!pieces.empty() && pieces.back().from_context == from) {
      pieces.pop_back();  // contexts closer than a token
    }
    pieces.push_back(piece);
  };
  begin_piece(0, curve.front(), curve.front());
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    begin_piece(std::llround(curve[i].context * batch), curve[i], curve[i + 1]);
  }
  return CostLine(std::move(pieces));
}

}  // namespace idlewatt
