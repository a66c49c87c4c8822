// The rule for rows that cannot be read, shared by all readers of traces.
#pragma once

#include <string>

#include "base/error.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {

/// Runs the reading of rows and counts the rows that are left out.
class RowGuard {
 public:
  explicit RowGuard(const TraceFile& trace) : on_error_(trace.on_error), max_skipped_(trace.max_skipped) {}

  /// Runs `action`. Returns false when `action` failed and its row is to be left out. Throws InputError when the rule
  /// of the trace makes that failure an error of the whole trace.
  template <class Action>
  bool run(Action action) {
    try {
      action();
    } catch (const InputError& error) {
      if (on_error_ == OnError::stop) {
        throw;
      }
      if (skipped_.bad == max_skipped_) {
        throw InputError(std::string(error.what()) + "; " + std::to_string(skipped_.bad) +
                         " bad rows before it were left out, and max_skipped allows no more");
      }
      if (skipped_.bad++ == 0) {
        skipped_.first_bad = error.what();
      }
      return false;
    }
    return true;
  }

  SkippedRows& skipped() { return skipped_; }
  const SkippedRows& skipped() const { return skipped_; }

 private:
  OnError on_error_;
  std::int64_t max_skipped_;
  SkippedRows skipped_;
};

}  // namespace idlewatt
