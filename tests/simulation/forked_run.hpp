// run() in a process of its own, its results brought back: SimGrid allows one Engine per process.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "run/simulation.hpp"

namespace idlewatt {

/// All that a run told its recorder and returned.
struct RecordedRun {
  bool begun = false;
  bool ended = false;  ///< the recorder was told so
  std::vector<SeriesBin> bins;
  std::vector<RequestRecord> requests;
  RunResult result;
  /// What came out of run(): "" or the exception's kind and text, such as "InputError: ...".
  std::string error;
  /// What note() was told during the run, in order.
  std::vector<std::int64_t> notes;
  int signal = 0;  ///< that ended the process; 0 = it ended by itself
};

/// Called in the child before run(): to set a stop flag, a progress callback...
using Prepare = std::function<void(RunOptions&)>;

RecordedRun forked_run(const Scenario& scenario, const Prepare& prepare = {});

/// For what a test puts into a run: keeps a number for RecordedRun::notes.
void note(std::int64_t value);

/// Every field of a record, exactly, as text: for comparisons and messages.
std::string text(const RequestRecord& record);
std::string text(const SeriesBin& bin);
std::string text(int128_t value);

}  // namespace idlewatt
