// Results put together: runs that are repetitions of each other over seeds, and differences between them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/result.hpp"
#include "sweep/statistics.hpp"

namespace idlewatt {

/// A result and where it is from.
struct ComparedFile {
  std::string path;
  Result result;
};

/// Runs that differ in their seed alone.
struct RunGroup {
  std::string name;  ///< the variant, or what tells it from the others
  std::string title;
  std::vector<std::string> files;          ///< in the order in which they were given
  std::map<std::uint64_t, Summary> seeds;  ///< never empty
};

/// Groups in the order of their first file. Files of one variant with the same overrides are repetitions if their seeds
/// differ; a second file with the same seed is of another group (a run before and after some change, say).
std::vector<RunGroup> grouped_by_seed(const std::vector<ComparedFile>& files);

/// The currency of the money of all groups. Throws InputError where they differ: none is converted.
std::string currency_of(const std::vector<RunGroup>& groups);

/// One measure of a group.
Estimate value_of(const RunGroup& group, const Measure& measure);

/// How much more a group has of a measure than the baseline: the mean over the seeds that both have, of the difference
/// within each seed. The same seed means the same requests, so what is left is the policies' doing.
struct Difference {
  Estimate estimate;   ///< NaN when no seed is in both
  double share = 0.0;  ///< of the baseline's mean over the same seeds; NaN where that is 0
  int pairs = 0;

  /// Whether the interval leaves zero out. False for a single pair, which has none.
  bool is_certain() const;
};

Difference difference(const RunGroup& baseline, const RunGroup& other, const Measure& measure);

}  // namespace idlewatt
