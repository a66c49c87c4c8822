// One line on a terminal that says how far the simulations are.
#pragma once

#include <chrono>
#include <vector>

#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// Draws over itself on standard error while it lives, and leaves the line empty behind it. Silent unless `shown`.
class ProgressLine {
 public:
  /// `horizons_s`: length of each job, in order.
  ProgressLine(bool shown, std::vector<double> horizons_s);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void draw(const std::vector<JobReport>& reports);

 private:
  bool shown_;
  std::vector<double> horizons_s_;
  std::chrono::steady_clock::time_point started_;
};

/// Its columns.
std::size_t stderr_width();

/// Whether standard error is a terminal.
bool stderr_is_terminal();

}  // namespace idlewatt
