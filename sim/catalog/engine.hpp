// A serving engine profile: how much of the hardware an engine reaches, and what it adds of its own.
#pragma once

#include <string>

#include "catalog/figure.hpp"

namespace idlewatt {

struct Engine {
  std::string name;  ///< "vllm-plain"
  std::string title;

  Figure compute_efficiency;    ///< share of peak arithmetic that matrix products reach
  Figure bandwidth_efficiency;  ///< share of memory bandwidth that weight and KV reads reach
  Figure step_overhead_s;       ///< per batch step: scheduling, sampling, launch
  Figure sequence_overhead_s;   ///< per sequence in the step
  Figure memory_utilisation;    ///< share of accelerator memory that the engine takes
  Figure reserve_bytes;         ///< per accelerator: activations, graphs, workspaces; not for KV blocks

  Figure image_bytes;       ///< container image that a server fetches before its first replica
  Figure load_bytes_per_s;  ///< weights from host memory or disk cache to one accelerator, as the engine does it
  Figure start_s;           ///< process, imports, context, profiling, graphs: start without weights, of a small model
  Figure start_s_per_billion;  ///< on top, per 1e9 parameters of the model
  Figure stop_s;               ///< end of the process, or release of the accelerator before a sleep
  Figure wake_s;               ///< from sleep: context and graphs, without weights
};

}  // namespace idlewatt
