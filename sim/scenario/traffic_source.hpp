// An entry of `traffic:` as workload/ opens it.
#pragma once

#include "scenario/scenario.hpp"
#include "traffic/open.hpp"

namespace idlewatt {

inline TrafficSource source_of(const Traffic& traffic) {
  return {.name = traffic.name,
          .file = traffic.file,
          .generated = traffic.generated,
          .scale = traffic.scale,
          .transforms = traffic.transforms,
          .marks = traffic.marks};
}

}  // namespace idlewatt
