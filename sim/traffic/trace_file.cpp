#include "traffic/trace_file.hpp"

#include "base/error.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::string_view kHdf5Signature = "\x89HDF";

std::string plural(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

}  // namespace

std::unique_ptr<TraceReader> open_trace_file(const TraceFile& trace) {
  const TraceFormat& format = trace.format != nullptr ? *trace.format : recognise_format(trace.path);
  return format.open(trace);
}

TraceFormat declare_hdf5() {
  return {
      .name = "hdf5",
      .summary = "HDF5 that `idlewatt trace convert` and `trace generate` write: every field of a request",
      .recognised_by = "HDF5's signature",
      .times = "whole ticks of 10 ps since the start; they stay",
      .blocks = "16 tokens",
      .recognises = [](const TraceHead& head) { return head.text().starts_with(kHdf5Signature); },
      .open =
          [](const TraceFile& trace) {
            if (!trace.open_hdf5) {
              throw InputError(trace.path + ": is an HDF5 trace, and nothing here reads those (expected a text trace)");
            }
            return trace.open_hdf5(trace);
          },
      .endings = {".h5", ".hdf5"}};
}

std::string describe(const SkippedRows& skipped) {
  std::string text;
  if (skipped.zero_tokens > 0) {
    text += plural(skipped.zero_tokens) + " without prompt or output tokens left out";
  }
  if (skipped.bad > 0) {
    text += (text.empty() ? "" : "; ") + plural(skipped.bad) +
            " that cannot be read left out, the first: " + skipped.first_bad;
  }
  return text;
}

}  // namespace idlewatt
