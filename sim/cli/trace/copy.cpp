#include "cli/trace/copy.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/core.h>
#include <iostream>

#include "base/error.hpp"
#include "cli/run/progress_line.hpp"
#include "cli/text/text.hpp"
#include "results/trace_hdf5.hpp"
#include "sweep/stop_signal.hpp"

namespace idlewatt {

namespace {

constexpr std::int64_t kLookEvery = 1 << 16;  // requests: some 10 ms

/// "1,234,567 requests, 2 h 5 min of the trace", drawn over itself.
class RequestProgress {
 public:
  RequestProgress() : shown_(stderr_is_terminal()), drawn_(std::chrono::steady_clock::now()) {}
  RequestProgress(const RequestProgress&) = delete;
  RequestProgress& operator=(const RequestProgress&) = delete;
  ~RequestProgress() {
    if (shown_) {
      std::fputs("\r\033[K", stderr);
    }
  }
  void draw(std::int64_t requests, Ticks arrival) {
    constexpr std::chrono::milliseconds between(200);
    const auto now = std::chrono::steady_clock::now();
    if (shown_ && now - drawn_ >= between) {
      drawn_ = now;
      std::fprintf(stderr, "\r%s requests, %s of the trace\033[K", grouped(requests).c_str(),
                   arrival_text(arrival).c_str());
      std::fflush(stderr);
    }
  }

 private:
  bool shown_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace

bool for_each_request(TraceReader& reader, const std::function<void(const Request&)>& take) {
  accept_stop_signals();
  RequestProgress progress;
  std::int64_t count = 0;
  for (Request request; reader.next(request);) {
    take(request);
    if (++count % kLookEvery == 0) {
      if (stop_requested().load()) {
        return false;
      }
      progress.draw(count, request.arrival);
    }
  }
  return !stop_requested().load();
}

std::unique_ptr<TraceWriter> open_output(const std::string& path) {
  std::string known;
  for (const TraceFormat& format : trace_formats()) {
    for (const std::string& ending : format.endings) {
      if (path.ends_with(ending)) {
        return format.write != nullptr ? format.write(path) : write_hdf5_trace(path);
      }
      known += (known.empty() ? "" : ", ") + ending;
    }
  }
  throw InputError(fmt::format("{}: its ending names no format that can be written (expected one of {})", path, known));
}

std::string arrival_text(Ticks time) {
  constexpr double least_s = 0.05;
  const double seconds = to_seconds(time);
  return seconds > 0.0 && seconds < least_s ? compact(seconds * 1e3, 3) + " ms" : duration(seconds);
}

OptionSpec force_option() {
  return {.name = "force", .help = "replace the file when it is there already"};
}

void refuse_to_replace(const CommandLine& line, const std::string& path) {
  std::error_code error;
  if (!line.has("force") && std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
    throw InputError(path + ": is there already (expected a new name, or --force to replace it)");
  }
}

ExitStatus copy_trace(TraceReader& reader, const std::string& path) {
  std::int64_t count = 0;
  Ticks last = 0;
  {
    const std::unique_ptr<TraceWriter> writer = open_output(path);
    const bool whole = for_each_request(reader, [&](const Request& request) {
      writer->write(request);
      ++count;
      last = request.arrival;
    });
    if (!whole) {
      std::cerr << "interrupted: " << path << " was not written\n";
      return ExitStatus::interrupted;
    }
    if (count == 0) {
      throw InputError(path + ": not written, for no request is left to write (expected at least one)");
    }
    writer->publish();
  }
  std::cerr << path << ": " << counted(count, "request", "requests") << ", the last after " << arrival_text(last)
            << "\n";
  return ExitStatus::ok;
}

void print_skipped(const TraceFile& trace) {
  std::cerr << trace.path << ": " << describe(*trace.notes) << "\n";
  if (const std::string text = describe(*trace.skipped); !text.empty()) {
    std::cerr << trace.path << ": " << text << "\n";
  }
}

}  // namespace idlewatt
