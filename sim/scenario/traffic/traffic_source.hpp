// An entry of `traffic:` in the form that traffic/ opens.
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
