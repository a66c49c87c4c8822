// A grid of scenarios as its file describes it: a base, axes, seeds, exclusions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/overrides.hpp"

namespace idlewatt {

/// One place on an axis.
struct SweepChoice {
  std::string label;  ///< label that tells the axis' choices apart: "l4-8", "0.5"
  std::vector<Override> changes;
};

/// An axis of a grid.
struct SweepAxis {
  std::string name;  ///< "fleet", "traffic.scale": a column of the results
  std::vector<SweepChoice> choices;
};

/// A rule that leaves points out: those that match all of its conditions.
struct SweepExclusion {
  struct Condition {
    std::size_t axis = 0;
    std::vector<std::size_t> choices;  ///< the point's choice is one of these
  };
  std::vector<Condition> conditions;
};

/// A grid file that has been read.
struct SweepFile {
  std::string path;
  std::string title;
  std::string base;  ///< path of the scenario
  std::string base_as_written;
  std::vector<Override> set;  ///< overrides of all points, applied before those of the axes
  std::vector<SweepAxis> axes;
  std::vector<std::uint64_t> seeds;  ///< empty: the seed of the base
  std::vector<SweepExclusion> exclude;
  bool exclude_impossible = false;  ///< true: leaves out points that do not fit the hardware (DoesNotFitError)
};

}  // namespace idlewatt
