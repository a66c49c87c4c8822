// The cost of embedding one text on an accelerator.
#pragma once

#include "catalog/accelerator.hpp"

namespace idlewatt {

/// Time, and energy above idle_loaded_w.
struct EmbeddingCost {
  double time_s = 0.0;
  double energy_j = 0.0;
};

/// The cost of one text alone through all-MiniLM-L6-v2 in 16 bits, cut or filled to its 256 tokens (published, its
/// model card: 6 layers, 22.7e6 parameters). The launch of each layer takes 0.65 ms times the accelerator's latency
/// factor (derived: 0.6 to 0.7 ms a layer in engines without graphs). The longer of launch and arithmetic counts; on
/// every accelerator of the catalogue that is the launch. The energy is busy_static_w above idle_loaded_w for that
/// time, plus the joules of its operations and of reading its weights.
EmbeddingCost embedding_cost(const Accelerator& accelerator);

}  // namespace idlewatt
