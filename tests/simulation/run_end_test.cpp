// How runs end early: by a stop flag, by traffic that cannot be read, by input that makes no sense. Never by an abort,
// never by standing still.
#include <atomic>
#include <cmath>
#include <fstream>
#include <stdlib.h>
#include <string>
#include <unistd.h>

#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// A file that goes away with its owner.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    path_ = "/tmp/idlewatt-trace-XXXXXX";
    const int file = mkstemp(path_.data());
    REQUIRE(file >= 0);
    close(file);
    std::ofstream(path_) << content;
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A request a second for `rows` seconds; row number `malformed` (from 1) has a word where a number is due.
std::string azure_rows(int rows, int malformed) {
  std::string text = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (int i = 0; i < rows; ++i) {
    const std::string minute = std::to_string(10 + i / 60);
    const std::string second = std::to_string(100 + i % 60).substr(1);
    text += "2023-11-16 18:" + minute + ":" + second + ".5,374," + (i + 1 == malformed ? "many" : "44") + "\n";
  }
  return text;
}

Scenario traced_scenario(const std::string& path) {
  Scenario scenario = small_scenario(1.0, 2);
  scenario.traffic[StreamId(0)].generated.reset();
  scenario.traffic[StreamId(0)].file = TraceFile{.format = &trace_format("azure-llm"), .path = path};
  return scenario;
}

}  // namespace

TEST_CASE("a trace is served to its end", "[run end]") {
  const TemporaryFile trace(azure_rows(300, 0));
  const RecordedRun run = forked_run(traced_scenario(trace.path()));
  CHECK(run.error == "");
  CHECK(run.result.summary.requests_in == 300.0);
  CHECK(run.result.summary.requests_served == 300.0);
  CHECK(run.bins.size() == 10);  // up to the horizon, not to the last request
}

TEST_CASE("a malformed row in the middle of a trace is an InputError, not an abort", "[run end]") {
  const TemporaryFile trace(azure_rows(300, 170));
  const RecordedRun run = forked_run(traced_scenario(trace.path()));
  CHECK(run.signal == 0);
  CHECK(run.error.find("InputError: ") == 0);
  CHECK(run.error.find(trace.path() + ":171:") != std::string::npos);
  CHECK_FALSE(run.ended);
}

TEST_CASE("a malformed first row is an InputError", "[run end]") {
  const TemporaryFile trace(azure_rows(300, 1));
  const RecordedRun run = forked_run(traced_scenario(trace.path()));
  CHECK(run.error.find("InputError: ") == 0);
}

TEST_CASE("a malformed row beyond the horizon harms nobody", "[run end]") {
  const TemporaryFile trace(azure_rows(300, 250));
  Scenario scenario = traced_scenario(trace.path());
  scenario.horizon = 100 * kTicksPerSecond;
  CHECK(forked_run(scenario).error == "");
}

TEST_CASE("a trace that is not there is an InputError", "[run end]") {
  const RecordedRun run = forked_run(traced_scenario("/nowhere/trace.csv"));
  CHECK(run.error.find("InputError: ") == 0);
  CHECK(run.error.find("/nowhere/trace.csv") != std::string::npos);
}

TEST_CASE("an argument that SimGrid does not know is an InputError", "[run end]") {
  const RecordedRun run =
      forked_run(small_scenario(1.0, 1), [](RunOptions& options) { options.simgrid_arguments = {"--nonsense"}; });
  CHECK(run.error.find("InputError: ") == 0);
  CHECK(run.error.find("--nonsense") != std::string::npos);
}

TEST_CASE("the stop flag ends a run as interrupted, with the bins so far", "[run end]") {
  static std::atomic<bool> stop{false};
  const RecordedRun run = forked_run(small_scenario(50.0, 2), [](RunOptions& options) {
    options.stop = &stop;
    options.progress = [](const Progress& progress) { stop = progress.simulated_s >= 180.0; };
  });
  CHECK(run.error == "");
  CHECK(run.result.interrupted);
  CHECK(run.result.simulated_s == Approx(180.0));
  CHECK(run.bins.size() == 3);
  CHECK(run.begun);
  CHECK_FALSE(run.ended);
}

TEST_CASE("a stop flag that is set from the start ends a run at once", "[run end]") {
  static const std::atomic<bool> stop{true};
  const RecordedRun run = forked_run(small_scenario(50.0, 2), [](RunOptions& options) { options.stop = &stop; });
  CHECK(run.error == "");
  CHECK(run.result.interrupted);
  CHECK(run.bins.empty());
  CHECK(run.result.costs.requests == 0);
}

TEST_CASE("progress is told once a sample, and moves on", "[run end]") {
  // Checked in the child, where the calls are.
  const RecordedRun run = forked_run(small_scenario(5.0, 2), [](RunOptions& options) {
    options.progress = [last = 0.0](const Progress& progress) mutable {
      if (std::abs(progress.simulated_s - last - 60.0) > 1e-9 || progress.horizon_s != 600.0 ||
          progress.requests <= 0) {
        throw Error("progress went wrong");
      }
      last = progress.simulated_s;
    };
  });
  CHECK(run.error == "");
}

TEST_CASE("an exception in a callback comes out of run()", "[run end]") {
  const RecordedRun run = forked_run(small_scenario(5.0, 2), [](RunOptions& options) {
    options.progress = [](const Progress&) { throw OutputError("disk full"); };
  });
  CHECK(run.signal == 0);
  CHECK(run.error == "exception: disk full");
}

TEST_CASE("long runs with odd sampling come to their end", "[run end]") {
  // Sums of such intervals are no multiples of anything in SimGrid's floating-point clock.
  Scenario scenario = small_scenario(0.01, 1);
  scenario.requests = false;
  scenario.traffic[StreamId(0)].generated->duration_s = 4e7;
  scenario.horizon = 400 * 86400 * kTicksPerSecond + 1;
  for (const double every_s : {3600.1, 86399.999999, 7777.77777777}) {
    INFO("sampled every " << every_s << " s");
    scenario.sample_every = to_ticks(every_s);
    const RecordedRun run = forked_run(scenario);
    REQUIRE(run.error == "");
    CHECK(run.bins.back().to == scenario.horizon);
    CHECK(run.result.summary.requests_in > 300'000);
  }
}

}  // namespace idlewatt
