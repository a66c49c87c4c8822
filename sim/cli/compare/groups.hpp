// Results in groups: runs that repeat each other over seeds, and the differences between groups.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/result.hpp"
#include "sweep/statistics.hpp"

namespace idlewatt {

/// A result with its path.
struct ComparedFile {
  std::string path;
  Result result;
};

/// A group of runs that differ only in their seed.
struct RunGroup {
  std::string name;  ///< variant, or the property in which it differs from the other groups
  std::string title;
  std::vector<std::string> files;          ///< in the order of the command line
  std::map<std::uint64_t, Summary> seeds;  ///< never empty
};

/// The groups in the order of their first file. Files of one variant with the same overrides are repetitions if their
/// seeds differ. A second file with the same seed belongs to another group (a run before and after some change, for
/// example).
std::vector<RunGroup> grouped_by_seed(const std::vector<ComparedFile>& files);

/// The currency of the money of all groups. Throws InputError when they differ, since none is converted.
std::string currency_of(const std::vector<RunGroup>& groups);

/// One measure of a group.
Estimate value_of(const RunGroup& group, const Measure& measure);

/// The difference of a measure between a group and the baseline: the mean, over the seeds that both have, of the
/// difference within each seed. The same seed means the same requests, so the policies cause the difference.
struct Difference {
  Estimate estimate;   ///< NaN when no seed is in both groups
  double share = 0.0;  ///< difference as a share of the baseline's mean over the same seeds; NaN where that mean is 0
  int pairs = 0;

  /// True when the confidence interval excludes zero. False for a single pair, which has no interval.
  bool is_certain() const;
};

Difference difference(const RunGroup& baseline, const RunGroup& other, const Measure& measure);

}  // namespace idlewatt
