// One line on a terminal that says how far a grid is.
#pragma once

#include <chrono>
#include <string>

#include "sweep/local.hpp"

namespace idlewatt {

/// Draws over itself on standard error, if that is a terminal, and leaves the line empty behind it.
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
