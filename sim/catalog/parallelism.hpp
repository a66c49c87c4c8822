// How many accelerators serve one copy of a model, and how they divide it.
#pragma once

#include <cstdint>

namespace idlewatt {

/// The accelerators of one replica: `pipeline` stages of `tensor` each. Every degree is at least 1.
struct Parallelism {
  std::int32_t tensor = 1;    ///< accelerators of one server that divide the matrices of each stage
  std::int32_t pipeline = 1;  ///< stages, groups of consecutive layers, on one server or several

  constexpr std::int32_t accelerators() const { return tensor * pipeline; }
  constexpr bool operator==(const Parallelism&) const = default;
};

}  // namespace idlewatt
