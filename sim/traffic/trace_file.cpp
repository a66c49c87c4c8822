#include "traffic/trace_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/core.h>

#include "base/error.hpp"
#include "traffic/mapped_rows.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::string_view kHdf5Signature = "\x89HDF";

std::string plural(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

}  // namespace

std::unique_ptr<TraceReader> open_trace_file(const TraceFile& trace) {
  const auto say = [&](const std::string& text) {
    if (trace.notes) {
      trace.notes->recognised(text);
    }
  };
  if (trace.columns) {
    if (trace.format != nullptr) {
      throw InputError(trace.path + ": both `format` and `columns` say how it is to be read (expected one of them)");
    }
    say(fmt::format("read by `columns`: {}, {}, {}", trace.columns->arrival, trace.columns->prompt_tokens,
                    trace.columns->output_tokens));
    return open_mapped(trace);
  }
  const TraceFormat& format = trace.format != nullptr ? *trace.format : recognise_format(trace.path);
  say(trace.format != nullptr ? fmt::format("read as {}, as `format` says", format.name)
                              : fmt::format("taken for {}: it has {}", format.name, format.recognised_by));
  return format.open(trace);
}

TraceFormat declare_hdf5() {
  return {
      .name = "hdf5",
      .summary = "HDF5 that `idlewatt trace convert` and `trace generate` write: every field of a request",
      .recognised_by = "HDF5's signature",
      .times = "whole ticks of 10 ps since the start; they stay",
      .blocks = "the column block_tokens; 16 in files of earlier versions",
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

void TraceNotes::add(const std::string& note) {
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) {
    notes_.push_back(note);
  }
}

const std::vector<ColumnFigure>& column_figures() {
  static const std::vector<ColumnFigure> figures{{"arrival", &ColumnNames::arrival, true},
                                                 {"prompt_tokens", &ColumnNames::prompt_tokens, true},
                                                 {"output_tokens", &ColumnNames::output_tokens, true},
                                                 {"session", &ColumnNames::session, false},
                                                 {"tenant", &ColumnNames::tenant, false},
                                                 {"priority", &ColumnNames::priority, false}};
  return figures;
}

const std::vector<std::string>& time_unit_names() {
  static const std::vector<std::string> names{"s", "ms", "us", "ns"};
  return names;
}

std::string describe(const TraceNotes& notes) {
  std::string text = notes.recognised();
  for (const std::string& note : notes.all()) {
    text += (text.empty() ? "" : "; ") + note;
  }
  return text;
}

std::vector<std::string> files_beside(const TraceFile& trace) {
  // The lengths of a client of ServeGen (servegen.cpp).
  constexpr std::string_view ending = "-trace.csv";
  std::error_code error;
  if (!trace.path.ends_with(ending)) {
    return {};
  }
  const std::string beside = trace.path.substr(0, trace.path.size() - ending.size()) + "-dataset.json";
  return std::filesystem::is_regular_file(beside, error) ? std::vector<std::string>{beside}
                                                         : std::vector<std::string>{};
}

bool same_reading(const TraceFile& a, const TraceFile& b) {
  return a.path == b.path && a.format == b.format && a.on_error == b.on_error && a.max_skipped == b.max_skipped &&
         a.zero_tokens == b.zero_tokens && a.time_unit == b.time_unit && a.block_tokens == b.block_tokens &&
         a.sort == b.sort && a.sessions_every == b.sessions_every && a.run == b.run && a.columns == b.columns;
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
