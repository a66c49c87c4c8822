#include <array>

#include "results/part_file.hpp"
#include "results/series_variable.hpp"
#include "results/si.hpp"
#include "results/trace_hdf5.hpp"
#include "results/trace_table.hpp"

namespace idlewatt {
namespace {

using namespace hdf5;

/// A list of whole numbers that grows. They go in whole chunks, until the last: a chunk that is written twice is
/// compressed twice, and leaves a hole.
class NumberList {
 public:
  void create(hid_t file, const char* name) {
    const std::array<hsize_t, 1> size{0};
    const std::array<hsize_t, 1> largest{H5S_UNLIMITED};
    const std::array<hsize_t, 1> chunk{kTraceChunk};
    const Handle space(H5Screate_simple(1, size.data(), largest.data()), H5Sclose, "H5Screate_simple");
    const Handle properties = dataset_properties();
    dataset_ = create_chunked_dataset(file, name, H5T_NATIVE_UINT64, space.get(), properties.get(), chunk);
  }
  void add(const std::vector<std::uint64_t>& numbers) {
    numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
  }
  void write(bool last) {
    const std::size_t count = last ? numbers_.size() : numbers_.size() / kTraceChunk * kTraceChunk;
    if (count > 0) {
      write_rows(dataset_.get(), H5T_NATIVE_UINT64, written_, count, numbers_.data());
      written_ += count;
      numbers_.erase(numbers_.begin(), numbers_.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }
  void close() { dataset_.reset(); }

 private:
  Handle dataset_;
  std::vector<std::uint64_t> numbers_;
  hsize_t written_ = 0;
};

class Hdf5TraceWriter final : public TraceWriter {
 public:
  explicit Hdf5TraceWriter(const std::string& path) : path_(path) {
    writing(path_, [&]() {
      file_ = std::make_unique<PartFile>(path_);
      set_attribute(file_->get(), "title", "requests of a trace, by idlewatt");
      set_attribute(file_->get(), "format_version", kFormatVersion);
      std::vector<Column> columns = trace_columns();
      const std::vector<Column> later = later_trace_columns();
      columns.insert(columns.end(), later.begin(), later.end());
      table_ = std::make_unique<Table>(file_->get(), kTraceTable, "requests in order of arrival", columns,
                                       sizeof(TraceRow), kTraceChunk);
      blocks_.create(file_->get(), kTraceBlocks);
      after_.create(file_->get(), kTraceAfter);
    });
    rows_.reserve(kTraceChunk);
  }
  Hdf5TraceWriter(const Hdf5TraceWriter&) = delete;
  Hdf5TraceWriter& operator=(const Hdf5TraceWriter&) = delete;

  void write(const Request& request) override {
    rows_.push_back({.arrival_ticks = request.arrival,
                     .arrival_s = seconds(request.arrival),
                     .deadline_ticks = request.deadline,
                     .semantic_key = request.semantic_key,
                     .session = request.session,
                     .similarity = static_cast<double>(request.similarity),
                     .prompt_tokens = request.prompt_tokens,
                     .output_tokens = request.output_tokens,
                     .stream = request.stream.value(),
                     .tenant = request.tenant,
                     .priority = request.priority,
                     .deferrable = request.deadline_class == DeadlineClass::deferrable ? 1 : 0,
                     .prefix_blocks = static_cast<std::int32_t>(request.prefix_blocks.size()),
                     .block_tokens = request.block_tokens,
                     .key = request.key,
                     .delay_ticks = request.wait ? request.wait->delay : 0,
                     .after = request.wait ? static_cast<std::int32_t>(request.wait->after.size()) : 0});
    blocks_.add(request.prefix_blocks);
    if (request.wait) {
      after_.add(request.wait->after);
    }
    if (rows_.size() == kTraceChunk) {
      writing(path_, [&]() { write_rows_in_memory(false); });
    }
  }

  void publish() override {
    writing(path_, [&]() {
      write_rows_in_memory(true);
      blocks_.close();
      after_.close();
      table_.reset();
      file_->publish();
      file_.reset();
    });
  }

 private:
  void write_rows_in_memory(bool last) {
    table_->append(rows_.data(), rows_.size());
    rows_.clear();
    blocks_.write(last);
    after_.write(last);
  }

  std::string path_;
  // Members are closed in reverse order: datasets before the file.
  std::unique_ptr<PartFile> file_;
  std::unique_ptr<Table> table_;
  NumberList blocks_;
  NumberList after_;
  std::vector<TraceRow> rows_;
};

}  // namespace

std::unique_ptr<TraceWriter> write_hdf5_trace(const std::string& path) {
  return std::make_unique<Hdf5TraceWriter>(path);
}

}  // namespace idlewatt
