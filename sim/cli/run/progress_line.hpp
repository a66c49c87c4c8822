// One line on a terminal with the progress of the simulations.
#pragma once

#include <chrono>
#include <vector>

#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// Draws over itself on standard error while it lives, and clears the line in the destructor. Draws nothing unless
/// `shown`.
class ProgressLine {
 public:
  /// Makes the line. `horizons_s` has the length of each job in order.
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

/// The number of columns of standard error.
std::size_t stderr_width();

/// True when standard error is a terminal.
bool stderr_is_terminal();

}  // namespace idlewatt
