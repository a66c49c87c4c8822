// The rules that all text traces share.
#include <utility>

#include "base/error.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/row_format.hpp"

namespace idlewatt {
namespace {

class RowReader final : public TraceReader {
 public:
  RowReader(const TraceFile& trace, std::unique_ptr<RowFormat> format)
      : trace_(trace), format_(std::move(format)), lines_(trace.path) {
    if (format_->header().empty()) {
      return;
    }
    std::string_view line;
    if (!lines_.next(line)) {
      throw InputError(lines_.path() + ":1:1: the file is empty (expected the header `" +
                       std::string(format_->header()) + "`)");
    }
    format_->read_header(lines_, line);
  }
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  ~RowReader() override { report_skipped(trace_, skipped_); }

  bool next(Request& request) override {
    std::string_view line;
    while (next_row(line)) {
      if (read(line, request) &&
          accept_tokens(trace_.zero_tokens, request, skipped_, lines_.path(), lines_.line_number())) {
        request.id = rows_++;
        return true;
      }
    }
    report_skipped(trace_, skipped_);
    return false;
  }

 private:
  /// The next line that is not empty; empty lines are accepted at the end of the file only.
  bool next_row(std::string_view& line) {
    bool more = lines_.next(line);
    if (more && line.empty()) {
      while ((more = lines_.next(line)) && line.empty()) {
      }
      if (more) {
        guarded([&]() { lines_.fail(1, "an empty line stands before this row", "a row on every line"); });
      }
    }
    if (!more && rows_ == 0) {
      fail_no_row();
    }
    return more;
  }

  [[noreturn]] void fail_no_row() const {
    const std::int64_t left_out = skipped_.bad + skipped_.zero_tokens;
    throw InputError(lines_.path() + ":" + std::to_string(lines_.line_number() + 1) + ":1: the file holds no row" +
                     (left_out > 0 ? " but the " + std::to_string(left_out) + " left out" : "") +
                     " (expected rows such as `" + std::string(format_->example()) + "`)");
  }

  bool read(std::string_view line, Request& request) {
    // As new, but with the memory that the blocks already have.
    std::vector<std::uint64_t> blocks = std::move(request.prefix_blocks);
    blocks.clear();
    request = Request{};
    request.prefix_blocks = std::move(blocks);
    return guarded([&]() {
      format_->read_row(lines_, line, request);
      if (request.arrival < last_arrival_) {
        const RowTime time = format_->time_of(lines_, line);
        lines_.fail(time.column, "the time goes back: " + quoted(time.text) + " is before the row above",
                    "rows in order of time");
      }
      last_arrival_ = request.arrival;
    });
  }

  /// Runs `action`; false when it failed and the row is to be left out.
  template <class Action>
  bool guarded(Action action) {
    try {
      action();
    } catch (const InputError& error) {
      if (trace_.on_error == OnError::stop) {
        throw;
      }
      if (skipped_.bad == trace_.max_skipped) {
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

  TraceFile trace_;
  std::unique_ptr<RowFormat> format_;
  LineReader lines_;
  Ticks last_arrival_ = 0;
  std::int64_t rows_ = 0;
  SkippedRows skipped_;
};

}  // namespace

std::unique_ptr<TraceReader> read_rows(const TraceFile& trace, std::unique_ptr<RowFormat> format) {
  return std::make_unique<RowReader>(trace, std::move(format));
}

bool accept_tokens(ZeroTokens rule, Request& request, SkippedRows& skipped, const std::string& path, std::int64_t row) {
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
  throw InputError(path + ":" + std::to_string(row) + ":1: the row has no " + what +
                   " tokens (expected at least 1; `zero_tokens: skip` leaves such rows out)");
}

void report_skipped(const TraceFile& trace, const SkippedRows& skipped) {
  if (trace.skipped && skipped.bad + skipped.zero_tokens > trace.skipped->bad + trace.skipped->zero_tokens) {
    *trace.skipped = skipped;
  }
}

}  // namespace idlewatt
