#include "physics/embedding.hpp"

#include <algorithm>

namespace idlewatt {
namespace {

constexpr double kParameters = 22.7e6;
constexpr double kTokens = 256.0;
constexpr double kLayers = 6.0;
constexpr double kLayerLaunchS = 0.65e-3;

}  // namespace

EmbeddingCost embedding_cost(const Accelerator& accelerator) {
  const Arithmetic sixteen = accelerator.sixteen_bits();
  const auto& peak = accelerator.peak(sixteen);
  const auto& joules_per_flop = accelerator.flop_energy(sixteen);
  const double operations = 2.0 * kParameters * kTokens;
  const double arithmetic_s = peak ? operations / (peak->value * accelerator.compute_efficiency.value) : 0.0;
  const double time_s = std::max(kLayers * kLayerLaunchS * accelerator.latency_factor.value, arithmetic_s);
  const double static_w = std::max(0.0, accelerator.busy_static_w.value - accelerator.idle_loaded_w.value);
  return {.time_s = time_s,
          .energy_j = time_s * static_w + operations * (joules_per_flop ? joules_per_flop->value : 0.0) +
                      2.0 * kParameters * accelerator.joules_per_byte.value};
}

}  // namespace idlewatt
