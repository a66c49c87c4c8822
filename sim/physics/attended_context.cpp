#include "physics/attended_context.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {
namespace {

/// The longest prefix sum that is asked of one kind: of tokens at positions 1 to `last`.
std::int64_t sum_to(const AttendedKind& kind, std::int64_t last) {
  const auto triangle = [](std::int64_t n) { return n * (n + 1) / 2; };
  if (kind.window == 0 || last <= kind.window) {
    return triangle(last);
  }
  if (kind.chunked) {
    return last / kind.window * triangle(kind.window) + triangle(last % kind.window);
  }
  return triangle(kind.window) + (last - kind.window) * kind.window;
}

}  // namespace

std::int64_t AttendedContext::whole_of_kinds() const {
  std::int64_t units = 0;
  for (const AttendedKind& kind : kinds_) {
    units += kind.weight;
  }
  return units;
}

std::int64_t AttendedContext::of(std::int64_t context) const {
  const Law here = law(context);
  return here.base + here.slope * context;
}

std::int64_t AttendedContext::sum_of_kinds(std::int64_t first, std::int64_t last) const {
  std::int64_t units = 0;
  for (const AttendedKind& kind : kinds_) {
    units += kind.weight * (sum_to(kind, last) - sum_to(kind, first - 1));
  }
  return units;
}

std::int64_t AttendedContext::span_of_kinds(std::int64_t computed, std::int64_t tokens) const {
  std::int64_t units = 0;
  for (const AttendedKind& kind : kinds_) {
    const std::int64_t before = kind.window == 0 ? computed
                                : kind.chunked   ? computed % kind.window
                                                 : std::min(computed, kind.window - 1);
    units += kind.weight * (before + tokens);
  }
  return units;
}

AttendedContext::Law AttendedContext::law_of_kinds(std::int64_t context) const {
  Law law{.slope = 0};
  for (const AttendedKind& kind : kinds_) {
    if (kind.window > 0 && kind.chunked) {
      // Blocks begin at positions 1, window + 1, ...
      const std::int64_t block = std::max<std::int64_t>(0, context - 1) / kind.window;
      law.base -= kind.weight * block * kind.window;
      law.slope += kind.weight;
      law.until = std::min(law.until, (block + 1) * kind.window + 1);
    } else if (kind.window > 0 && context > kind.window) {
      law.base += kind.weight * kind.window;
    } else {
      law.slope += kind.weight;
      law.until = kind.window > 0 ? std::min(law.until, kind.window + 1) : law.until;
    }
  }
  return law;
}

AttendedContext attended_context(const Model& model, int tensor_parallel) {
  std::vector<AttendedKind> kinds;
  std::vector<double> bytes;
  double all = 0.0;
  for (const KvKind& kv : model.kv_kinds(tensor_parallel)) {
    // A window as wide as the longest sequence is none.
    const bool windowed = kv.read > 0 && kv.read < model.context_tokens;
    const AttendedKind kind{.window = windowed ? kv.read : 0, .chunked = windowed && kv.chunked};
    auto found = std::find(kinds.begin(), kinds.end(), kind);
    if (found == kinds.end()) {
      found = kinds.insert(found, kind);
      bytes.push_back(0.0);
    }
    bytes[static_cast<std::size_t>(found - kinds.begin())] += kv.layers * kv.elements;
    all += kv.layers * kv.elements;
  }
  if (kinds.empty()) {
    return AttendedContext();  // no layer reads keys: its cost does not depend on the context
  }
  // The fewest units that are within 1 % of the shares; few, for costs of a unit are rounded to ticks.
  constexpr std::int64_t kMostUnits = 40;
  double best = std::numeric_limits<double>::infinity();
  std::vector<std::int64_t> weights(kinds.size(), 1);
  for (auto units = static_cast<std::int64_t>(kinds.size()); units <= kMostUnits && best > 0.01; ++units) {
    std::vector<std::int64_t> rounded;
    std::int64_t sum = 0;
    for (const double share : bytes) {
      rounded.push_back(std::max<std::int64_t>(1, std::llround(share / all * static_cast<double>(units))));
      sum += rounded.back();
    }
    double worst = 0.0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const double wanted = bytes[i] / all;
      worst = std::max(worst, std::abs(static_cast<double>(rounded[i]) / static_cast<double>(sum) - wanted) / wanted);
    }
    if (worst < best) {
      best = worst;
      weights = rounded;
    }
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    kinds[i].weight = weights[i];
  }
  return AttendedContext(std::move(kinds));
}

}  // namespace idlewatt
