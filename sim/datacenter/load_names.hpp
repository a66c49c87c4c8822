// What a server's disk keeps of a pool, by name.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace idlewatt {

inline std::string weights_name(const Pool& pool) {
  return "weights " + pool.model + " " + to_string(pool.precision);
}
inline std::string image_name(const Pool& pool) {
  return "image " + pool.engine;
}

}  // namespace idlewatt
