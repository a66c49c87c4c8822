// A grid: every combination of its axes' values and seeds, as points that can be run one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/sweep/read_sweep.hpp"

namespace idlewatt {

/// One scenario of a grid.
struct SweepPoint {
  std::vector<std::size_t> choices;  ///< index of the choice on each axis
  std::optional<std::uint64_t> seed;
  std::string id;           ///< 12 hexadecimal digits made of the axes' names and values; they stay the same when
                            ///< values are added
  std::string name;         ///< "fleet=l4-8 scale=2 seed=1"
  std::string file;         ///< name of its result file: "l4-8-2-1-<id>.h5"
  std::string fingerprint;  ///< fingerprint of everything that decides its result, the program's version included
  double horizon_s = 0.0;
  std::uint64_t run_seed = 0;     ///< seed of its scenario; equal to `seed` where the grid lists seeds
  std::size_t configuration = 0;  ///< number of its configuration; points that differ only in the seed share it
};

/// The limit on a grid's size.
struct SweepLimits {
  std::uint64_t max_points = 100'000;  ///< largest number of points before exclusions
};

/// A grid with all of its points.
class Sweep {
 public:
  /// Makes every point and reads the point's scenario once. The program's `version` becomes part of each fingerprint.
  /// With `exclude: [impossible]` in the file, points that do not fit the hardware are left out (impossible()). Throws
  /// InputError if the grid has too many points or none, or if a scenario is wrong. For wrong scenarios, the message is
  /// the error of the first wrong point, followed by the number of wrong points.
  Sweep(SweepFile file, std::unique_ptr<ScenarioSource> source, const std::string& version, const SweepLimits& limits);

  const SweepFile& file() const { return file_; }
  const std::vector<SweepPoint>& points() const { return points_; }
  std::size_t configurations() const { return configurations_; }
  std::size_t excluded() const { return excluded_; }
  /// The names of points that do not fit the hardware and were left out, with the reasons.
  const std::vector<std::pair<std::string, std::string>>& impossible() const { return impossible_; }

  /// The label of a point's choice on an axis.
  const std::string& label(const SweepPoint& point, std::size_t axis) const {
    return file_.axes[axis].choices[point.choices[axis]].label;
  }

  /// The scenario of the point, with the point's name and fingerprint.
  Scenario scenario(const SweepPoint& point);

 private:
  struct Errors;

  SweepPoint make(const std::vector<std::size_t>& choices, std::optional<std::uint64_t> seed) const;
  bool is_excluded(const std::vector<std::size_t>& choices) const;
  void check(SweepPoint point, Errors& errors);

  SweepFile file_;
  std::unique_ptr<ScenarioSource> source_;
  std::string version_;
  std::vector<std::string> short_names_;  ///< short names of the axes
  std::vector<SweepPoint> points_;
  std::size_t configurations_ = 0;
  std::size_t excluded_ = 0;
  std::vector<std::pair<std::string, std::string>> impossible_;
};

}  // namespace idlewatt
