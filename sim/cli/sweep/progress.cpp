#include "cli/sweep/progress.hpp"

#include <cmath>
#include <cstdio>
#include <string>

#include "cli/run/progress_line.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

SweepProgressLine::SweepProgressLine() : shown_(stderr_is_terminal()), started_(std::chrono::steady_clock::now()) {}

SweepProgressLine::~SweepProgressLine() {
  if (shown_) {
    std::fputs("\r\033[K", stderr);
  }
}

void SweepProgressLine::draw(const std::string& text) const {
  if (shown_) {
    std::fprintf(stderr, "\r%s\033[K", text.substr(0, stderr_width() - 1).c_str());
    std::fflush(stderr);
  }
}

void SweepProgressLine::draw(const SweepProgress& now) const {
  if (!shown_) {
    return;
  }
  std::string line = grouped(static_cast<std::int64_t>(now.done)) + " of " +
                     counted(static_cast<std::int64_t>(now.points), "point", "points") + " done, " +
                     std::to_string(now.running) + " running";
  if (now.failed > 0) {
    line += ", " + std::to_string(now.failed) + " failed";
  }
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const double share = now.to_simulate_s > 0.0 ? now.simulated_s / now.to_simulate_s : 0.0;
  if (share > 0.0) {
    line += ", " + rounded(100.0 * share, 2) + " %, " + duration(std::round(elapsed / share - elapsed)) + " left";
  }
  draw(line);
}

}  // namespace idlewatt
