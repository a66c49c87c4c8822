// The fleet that a load test measured, with the measured requests as its traffic.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/options/command_line.hpp"
#include "cli/options/scratch_folder.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"
#include "traffic/measured.hpp"

namespace idlewatt {

/// Keeps the requests of a run, and nothing else.
class RequestKeeper final : public Recorder {
 public:
  void begin(const RunLayout&, const Provenance&) override {}
  void bin(const SeriesBin&) override {}
  void request(const RequestRecord& record) override { records_.push_back(record); }
  void end(const Summary&) override {}

  /// By id.
  std::vector<RequestRecord> take() {
    std::sort(records_.begin(), records_.end(),
              [](const RequestRecord& a, const RequestRecord& b) { return a.id < b.id; });
    return std::move(records_);
  }

 private:
  std::vector<RequestRecord> records_;
};

/// The options of a command that reads load tests: those that describe the fleet (--model, --servers and others, or
/// --scenario with --variant; --catalog, --set), the command's own, and those that say how a result is read.
std::vector<OptionSpec> with_measured_fleet(const std::vector<OptionSpec>& own);

/// The scenario that the options name or describe, with the requests of `trace` as its traffic. Its file, if it needs
/// one, is in `scratch`. Throws InputError.
Scenario measured_fleet(const CommandLine& line, const TraceFile& trace, const ScratchFolder& scratch);

/// The scenario as it is run to compare its requests with `measured`: without a warm-up, and until the slowest answer
/// may have ended ten times over, since an unfinished request cannot be compared. It records its requests.
Scenario replayed(Scenario scenario, const std::vector<MeasuredRequest>& measured);

}  // namespace idlewatt
