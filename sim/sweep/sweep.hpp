// A grid: every combination of its axes' values and seeds, as points that can be run one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenario/read_sweep.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// One scenario of a grid.
struct SweepPoint {
  std::vector<std::size_t> choices;  ///< per axis
  std::optional<std::uint64_t> seed;
  std::string id;           ///< 12 hexadecimal digits, of the axes' names and values: stays when values are added
  std::string name;         ///< "fleet=l4-8 scale=2 seed=1"
  std::string file;         ///< its result's name: "l4-8-2-1-<id>.h5"
  std::string fingerprint;  ///< of all that decides its result, the program's version included
  double horizon_s = 0.0;
  std::uint64_t run_seed = 0;     ///< of its scenario; `seed`, where the grid lists seeds
  std::size_t configuration = 0;  ///< points that differ in nothing but the seed have the same
};

struct SweepLimits {
  std::uint64_t max_points = 100'000;  ///< before exclusions
};

class Sweep {
 public:
  /// Makes every point and reads its scenario once. `version` of the program becomes part of the fingerprints. Throws
  /// InputError, one line, when a point's scenario is wrong: it says which, and how many others are.
  Sweep(SweepFile file, std::unique_ptr<ScenarioSource> source, const std::string& version, const SweepLimits& limits);

  const SweepFile& file() const { return file_; }
  const std::vector<SweepPoint>& points() const { return points_; }
  std::size_t configurations() const { return configurations_; }
  std::size_t excluded() const { return excluded_; }
  /// What did not fit the hardware and was left out: names, and why.
  const std::vector<std::pair<std::string, std::string>>& impossible() const { return impossible_; }

  /// The label of a point on an axis.
  const std::string& label(const SweepPoint& point, std::size_t axis) const {
    return file_.axes[axis].choices[point.choices[axis]].label;
  }

  /// The point's scenario, called by its name, `fingerprint` included.
  Scenario scenario(const SweepPoint& point);

 private:
  struct Errors;

  SweepPoint make(const std::vector<std::size_t>& choices, std::optional<std::uint64_t> seed) const;
  bool is_excluded(const std::vector<std::size_t>& choices) const;
  void check(SweepPoint point, Errors& errors);

  SweepFile file_;
  std::unique_ptr<ScenarioSource> source_;
  std::string version_;
  std::vector<std::string> short_names_;  ///< of the axes
  std::vector<SweepPoint> points_;
  std::size_t configurations_ = 0;
  std::size_t excluded_ = 0;
  std::vector<std::pair<std::string, std::string>> impossible_;
};

}  // namespace idlewatt
