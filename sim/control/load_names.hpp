// The names of a pool's files on a server's disk.
#pragma once

#include <cstdint>
#include <string>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// The name of the weights of one stage. Servers keep the stages that they had; a pipeline with other stages is another
/// set of files.
inline std::string weights_name(const Pool& pool, std::int32_t stage) {
  const std::string all =
      "weights " + (pool.weights.empty() ? pool.model : pool.weights) + " " + to_string(pool.precision);
  return pool.parallel.pipeline == 1
             ? all
             : all + ", stage " + std::to_string(stage + 1) + " of " + std::to_string(pool.parallel.pipeline);
}
inline std::string image_name(const Pool& pool) {
  return "image " + pool.engine;
}

}  // namespace idlewatt
