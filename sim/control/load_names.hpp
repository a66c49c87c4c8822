// The names of a pool's files on a server's disk.
#pragma once

#include <cstdint>
#include <string>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// The name of the weights of one group of accelerators (Parallelism::groups). Servers keep the weights that they had;
/// a model divided in another way is another set of files.
inline std::string weights_name(const Pool& pool, std::int32_t group) {
  const std::string all =
      "weights " + (pool.weights.empty() ? pool.model : pool.weights) + " " + to_string(pool.precision);
  const Parallelism& parallel = pool.parallel;
  std::string part;
  if (parallel.pipeline > 1) {
    part += ", stage " + std::to_string(group / parallel.groups_of_stage() + 1) + " of " +
            std::to_string(parallel.pipeline);
  }
  if (parallel.groups_of_stage() > 1) {
    part += ", part " + std::to_string(group % parallel.groups_of_stage() + 1) + " of " +
            std::to_string(parallel.ranks()) + " ranks on " + std::to_string(parallel.tensor_servers) +
            " servers each, experts over " + std::to_string(parallel.expert);
  }
  return all + part;
}
inline std::string image_name(const Pool& pool) {
  return "image " + pool.engine;
}

}  // namespace idlewatt
