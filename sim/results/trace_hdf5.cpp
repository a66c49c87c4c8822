#include "results/trace_hdf5.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>

#include "base/error.hpp"
#include "results/read_file.hpp"
#include "results/trace_table.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/row_format.hpp"

namespace idlewatt {
namespace {

using namespace hdf5;

/// A one-dimensional dataset, read from front to back.
class Column1D {
 public:
  Column1D(hid_t file, const char* name, H5T_class_t wanted)
      : dataset_(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, name),
        size_(checked_size(dataset_.get(), wanted, 1, name)) {}
  hid_t dataset() const { return dataset_.get(); }
  hsize_t left() const { return size_ - read_; }

  /// Requires count <= left().
  void read(hid_t type, hsize_t count, void* values) {
    if (count == 0) {
      return;
    }
    const Handle file_space(H5Dget_space(dataset_.get()), H5Sclose, "H5Dget_space");
    check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, &read_, nullptr, &count, nullptr), "hyperslab");
    const Handle memory_space(H5Screate_simple(1, &count, nullptr), H5Sclose, "H5Screate_simple");
    check(H5Dread(dataset_.get(), type, memory_space.get(), file_space.get(), H5P_DEFAULT, values), "H5Dread");
    read_ += count;
  }

 private:
  Handle dataset_;
  hsize_t size_ = 0;
  hsize_t read_ = 0;
};

class Hdf5TraceReader final : public TraceReader {
 public:
  explicit Hdf5TraceReader(const TraceFile& trace) : trace_(trace) {
    from_file([&]() {
      check_seal(trace_.path);
      prepare_library();
      file_ = Handle(H5Fopen(trace_.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "H5Fopen");
      table_ = std::make_unique<Column1D>(file_.get(), kTraceTable, H5T_COMPOUND);
      std::vector<Column> columns = trace_columns();
      has_later_columns_ = H5Lexists(file_.get(), kTraceAfter, H5P_DEFAULT) > 0;
      if (has_later_columns_) {
        const std::vector<Column> later = later_trace_columns();
        columns.insert(columns.end(), later.begin(), later.end());
        after_.dataset = std::make_unique<Column1D>(file_.get(), kTraceAfter, H5T_INTEGER);
      }
      row_type_ = row_type_of(table_->dataset(), columns, sizeof(TraceRow), kTraceTable);
      blocks_.dataset = std::make_unique<Column1D>(file_.get(), kTraceBlocks, H5T_INTEGER);
    });
  }
  Hdf5TraceReader(const Hdf5TraceReader&) = delete;
  Hdf5TraceReader& operator=(const Hdf5TraceReader&) = delete;
  ~Hdf5TraceReader() override { report_skipped(trace_, skipped_); }

  bool next(Request& request) override {
    while (at_ < rows_.size() || refill()) {
      const TraceRow& row = rows_[at_++];
      ++row_number_;
      fill(request, row);
      if (request.arrival < last_arrival_) {
        fail("the time goes back", "rows in order of time");
      }
      last_arrival_ = request.arrival;
      if (accept_tokens(trace_.zero_tokens, request, skipped_, fmt::format("{}:{}", trace_.path, row_number_))) {
        request.id = given_++;
        return true;
      }
    }
    if (given_ == 0) {
      throw InputError(trace_.path + ": the trace holds no row (expected requests in /requests)");
    }
    report_skipped(trace_, skipped_);
    return false;
  }

 private:
  /// Runs `action`; what the library says becomes an error of the input.
  template <class Action>
  void from_file(Action action) {
    try {
      action();
    } catch (const OutputError& error) {
      throw InputError(
          fmt::format("{}: cannot be read: {} (expected a trace by idlewatt in HDF5)", trace_.path, error.what()));
    }
  }

  bool refill() {
    rows_.resize(std::min(kTraceChunk, table_->left()));
    at_ = 0;
    from_file([&]() { table_->read(row_type_.get(), rows_.size(), rows_.data()); });
    return !rows_.empty();
  }

  void fill(Request& request, const TraceRow& row) {
    if (row.prompt_tokens < 0 || row.output_tokens < 0 || row.prefix_blocks < 0 ||
        row.priority != static_cast<std::int16_t>(row.priority) || !(row.similarity >= 0.0 && row.similarity <= 1.0)) {
      fail("a figure is out of its range", "what `idlewatt trace convert` writes");
    }
    if (has_later_columns_ && (row.block_tokens < 1 || row.after < 0 || row.delay_ticks < 0)) {
      fail("a figure is out of its range", "what `idlewatt trace convert` writes");
    }
    request.arrival = row.arrival_ticks;
    request.prompt_tokens = row.prompt_tokens;
    request.output_tokens = row.output_tokens;
    request.stream = StreamId(row.stream);
    request.tenant = row.tenant;
    request.priority = static_cast<std::int16_t>(row.priority);
    request.deadline_class = row.deferrable != 0 ? DeadlineClass::deferrable : DeadlineClass::interactive;
    request.deadline = row.deadline_ticks;
    request.semantic_key = row.semantic_key;
    request.similarity = static_cast<float>(row.similarity);
    request.session = row.session;
    take(blocks_, static_cast<std::size_t>(row.prefix_blocks), request.prefix_blocks);
    request.block_tokens = has_later_columns_ ? row.block_tokens : kPrefixBlockTokens;
    request.key = has_later_columns_ ? row.key : 0;
    request.wait.reset();
    if (has_later_columns_ && row.after > 0) {
      RequestWait wait;
      wait.delay = row.delay_ticks;
      take(after_, static_cast<std::size_t>(row.after), wait.after);
      request.wait = std::make_shared<const RequestWait>(std::move(wait));
    }
    const HashCount count = has_later_columns_ ? HashCount::leading : HashCount::whole;
    if (!hashes_fit(request.prefix_blocks.size(), request.prompt_tokens, request.block_tokens, count)) {
      throw InputError(fmt::format("{}: row {}: {} (expected {})", trace_.path, row_number_,
                                   hash_count_problem(request), hash_count_expectation(request)));
    }
  }

  /// One of the file's lists, read in chunks.
  struct List {
    std::unique_ptr<Column1D> dataset;
    std::vector<std::uint64_t> buffer;
    std::size_t at = 0;
  };

  void take(List& list, std::size_t count, std::vector<std::uint64_t>& numbers) {
    numbers.clear();
    while (numbers.size() < count) {
      if (list.at == list.buffer.size()) {
        list.buffer.resize(std::min(kTraceChunk, list.dataset->left()));
        list.at = 0;
        if (list.buffer.empty()) {
          fail("its prefix blocks, or what it waits for, are missing",
               "as many in /prefix_blocks and /after as the rows say");
        }
        from_file([&]() { list.dataset->read(H5T_NATIVE_UINT64, list.buffer.size(), list.buffer.data()); });
      }
      numbers.push_back(list.buffer[list.at++]);
    }
  }

  [[noreturn]] void fail(const char* problem, const char* expectation) const {
    throw InputError(fmt::format("{}: row {}: {} (expected {})", trace_.path, row_number_, problem, expectation));
  }

  TraceFile trace_;
  Handle file_;
  Handle row_type_;
  std::unique_ptr<Column1D> table_;
  List blocks_;
  List after_;
  bool has_later_columns_ = false;
  std::vector<TraceRow> rows_;
  std::size_t at_ = 0;
  std::int64_t row_number_ = 0;
  std::int64_t given_ = 0;
  Ticks last_arrival_ = 0;
  SkippedRows skipped_;
};

}  // namespace

std::unique_ptr<TraceReader> open_hdf5_trace(const TraceFile& trace) {
  return std::make_unique<Hdf5TraceReader>(trace);
}

}  // namespace idlewatt
