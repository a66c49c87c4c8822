#include "cli/run/progress_line.hpp"

#include <cmath>
#include <cstdio>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

bool has_ended(const JobReport& report) {
  return report.state == JobReport::State::done || report.state == JobReport::State::failed;
}

}  // namespace

ProgressLine::ProgressLine(bool shown, std::vector<double> horizons_s)
    : shown_(shown), horizons_s_(std::move(horizons_s)), started_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (shown_) {
    std::fputs("\r\033[K", stderr);
  }
}

void ProgressLine::draw(const std::vector<JobReport>& reports) {
  if (!shown_) {
    return;
  }
  double simulated = 0.0;
  double total = 0.0;
  std::int64_t requests = 0;
  std::int64_t ended = 0;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    total += horizons_s_[i];
    simulated += has_ended(reports[i]) ? horizons_s_[i] : reports[i].progress.simulated_s;
    requests += reports[i].progress.requests;
    ended += has_ended(reports[i]) ? 1 : 0;
  }
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const double done = total > 0.0 ? simulated / total : 0.0;
  std::string line;
  if (reports.size() > 1) {
    line += grouped(ended) + " of " + counted(static_cast<std::int64_t>(reports.size()), "variant", "variants") + ", ";
  }
  line += rounded(100.0 * done, 2) + " %: " + duration(simulated) + " of " + duration(total);
  if (elapsed > 0.0 && requests > 0) {
    line += ", " + grouped(static_cast<std::int64_t>(static_cast<double>(requests) / elapsed)) + " requests/s";
  }
  if (done > 0.0) {
    line += ", " + duration(std::round(elapsed / done - elapsed)) + " left";
  }
  line = line.substr(0, stderr_width() - 1);
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
}

std::size_t stderr_width() {
  constexpr std::size_t usual = 80;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

bool stderr_is_terminal() {
  return isatty(STDERR_FILENO) == 1;
}

}  // namespace idlewatt
