// The rules that all text traces share.
#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/request_sorter.hpp"
#include "traffic/row_format.hpp"
#include "traffic/row_guard.hpp"

namespace idlewatt {
namespace {

class RowReader final : public TraceReader {
 public:
  RowReader(const TraceFile& trace, std::unique_ptr<RowFormat> format)
      : trace_(trace), format_(std::move(format)), lines_(trace.path), guard_(trace) {
    if (format_->header().empty()) {
      return;
    }
    std::string_view line;
    if (!lines_.next(line)) {
      throw InputError(
          fmt::format("{}:1:1: the file is empty (expected the header `{}`)", lines_.path(), format_->header()));
    }
    format_->read_header(lines_, line);
  }
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  ~RowReader() override { report_skipped(trace_, guard_.skipped()); }

  bool next(Request& request) override {
    std::string_view line;
    while (next_row(line)) {
      if (read(line, request) && accept(request)) {
        request.id = rows_++;
        return true;
      }
    }
    report_skipped(trace_, guard_.skipped());
    return false;
  }

 private:
  bool accept(Request& request) {
    if (request.prompt_tokens > 0 && request.output_tokens > 0) {
      return true;
    }
    return accept_tokens(trace_.zero_tokens, request, guard_.skipped(),
                         fmt::format("{}:{}", lines_.path(), lines_.line_number()));
  }

  /// The next line that is not empty; empty lines are accepted at the end of the file only.
  bool next_row(std::string_view& line) {
    bool more = lines_.next(line);
    if (more && line.empty()) {
      while ((more = lines_.next(line)) && line.empty()) {
      }
      if (more && !format_->has_empty_lines()) {
        guard_.run([&]() { lines_.fail(1, "an empty line stands before this row", "a row on every line"); });
      }
    }
    if (!more && rows_ == 0) {
      fail_no_row();
    }
    return more;
  }

  [[noreturn]] void fail_no_row() const {
    const std::int64_t left_out = guard_.skipped().bad + guard_.skipped().zero_tokens;
    throw InputError(fmt::format(
        "{}:{}:1: the file holds no row{} (expected rows such as `{}`)", lines_.path(), lines_.line_number() + 1,
        left_out > 0 ? fmt::format(" but the {} left out", left_out) : "", format_->example()));
  }

  bool read(std::string_view line, Request& request) {
    // As new, but with the memory that the blocks already have.
    std::vector<std::uint64_t> blocks = std::move(request.prefix_blocks);
    blocks.clear();
    request = Request{};
    request.prefix_blocks = std::move(blocks);
    return guard_.run([&]() {
      format_->read_row(lines_, line, request);
      if (request.arrival < last_arrival_ && !trace_.sort) {
        const RowTime time = format_->time_of(lines_, line);
        lines_.fail(time.column, fmt::format("the time goes back: {} is before the row above", quoted(time.text)),
                    "rows in order of time, or `sort: true`");
      }
      last_arrival_ = request.arrival;
    });
  }

  TraceFile trace_;
  std::unique_ptr<RowFormat> format_;
  LineReader lines_;
  Ticks last_arrival_ = 0;
  std::int64_t rows_ = 0;
  RowGuard guard_;
};

/// Puts rows into order. Times below 0, of rows before the first, move all to later ones.
class SortedReader final : public TraceReader {
 public:
  explicit SortedReader(std::unique_ptr<TraceReader> rows) : rows_(std::move(rows)) {}

  bool next(Request& request) override {
    if (!sorted_) {
      RequestSorter sorter;
      Ticks earliest = 0;
      for (Request row; rows_->next(row);) {
        earliest = std::min(earliest, row.arrival);
        sorter.add(std::move(row));
      }
      sorted_ = sorter.sorted(-earliest);
    }
    return sorted_->next(request);
  }

 private:
  std::unique_ptr<TraceReader> rows_;
  std::unique_ptr<TraceReader> sorted_;
};

}  // namespace

std::unique_ptr<TraceReader> read_rows(const TraceFile& trace, std::unique_ptr<RowFormat> format) {
  auto rows = std::make_unique<RowReader>(trace, std::move(format));
  return trace.sort ? std::make_unique<SortedReader>(std::move(rows)) : std::unique_ptr<TraceReader>(std::move(rows));
}

bool accept_tokens(ZeroTokens rule, Request& request, SkippedRows& skipped, const std::string& place) {
  if (request.prompt_tokens > 0 && request.output_tokens > 0) {
    return true;
  }
  const char* what = request.prompt_tokens > 0 ? "output" : "prompt";
  switch (rule) {
    case ZeroTokens::skip:
      ++skipped.zero_tokens;
      return false;
    case ZeroTokens::one:
      request.prompt_tokens = std::max(request.prompt_tokens, 1);
      request.output_tokens = std::max(request.output_tokens, 1);
      return true;
    case ZeroTokens::stop:
      break;
  }
  throw InputError(fmt::format(
      "{}:1: the row has no {} tokens (expected at least 1; `zero_tokens: skip` leaves such rows out)", place, what));
}

void report_skipped(const TraceFile& trace, const SkippedRows& skipped) {
  if (trace.skipped && skipped.bad + skipped.zero_tokens > trace.skipped->bad + trace.skipped->zero_tokens) {
    *trace.skipped = skipped;
  }
}

}  // namespace idlewatt
