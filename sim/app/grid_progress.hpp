// One line on a terminal that says how far a grid is.
#pragma once

#include <chrono>
#include <string>

#include "grid/local.hpp"

namespace idlewatt {

/// Draws over itself on standard error, if that is a terminal, and leaves the line empty behind it.
class GridProgressLine {
 public:
  GridProgressLine();
  GridProgressLine(const GridProgressLine&) = delete;
  GridProgressLine& operator=(const GridProgressLine&) = delete;
  ~GridProgressLine();

  void draw(const GridProgress& now) const;
  void draw(const std::string& text) const;

 private:
  bool shown_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace idlewatt
