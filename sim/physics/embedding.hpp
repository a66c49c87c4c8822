// What the embedding of one text costs on an accelerator.
#pragma once

#include "catalog/accelerator.hpp"

namespace idlewatt {

/// Above idle_loaded_w.
struct EmbeddingCost {
  double time_s = 0.0;
  double energy_j = 0.0;
};

/// One text alone through all-MiniLM-L6-v2 in 16 bits, cut or filled to its 256 tokens (published, its model card: 6
/// layers, 22.7e6 parameters). Each layer is launched in 0.65 ms times the accelerator's latency factor (derived: 0.6
/// to 0.7 ms a layer in engines without graphs); that is longer than its arithmetic on every accelerator of the
/// catalogue, and the longer of the two counts. Energy: busy_static_w above idle_loaded_w for that time, and joules of
/// its operations and of reading its weights.
EmbeddingCost embedding_cost(const Accelerator& accelerator);

}  // namespace idlewatt
