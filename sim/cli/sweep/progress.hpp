// One line on a terminal with the progress of a grid.
#pragma once

#include <chrono>
#include <string>

#include "sweep/local.hpp"

namespace idlewatt {

/// Draws over itself on standard error if that is a terminal, and clears the line in the destructor.
class SweepProgressLine {
 public:
  SweepProgressLine();
  SweepProgressLine(const SweepProgressLine&) = delete;
  SweepProgressLine& operator=(const SweepProgressLine&) = delete;
  ~SweepProgressLine();

  void draw(const SweepProgress& now) const;
  void draw(const std::string& text) const;

 private:
  bool shown_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace idlewatt
