#include <array>

#include "results/part_file.hpp"
#include "results/series_variable.hpp"
#include "results/si.hpp"
#include "results/trace_hdf5.hpp"
#include "results/trace_table.hpp"

namespace idlewatt {
namespace {

using namespace hdf5;

class Hdf5TraceWriter final : public TraceWriter {
 public:
  explicit Hdf5TraceWriter(const std::string& path) : path_(path) {
    writing(path_, [&]() {
      file_ = std::make_unique<PartFile>(path_);
      set_attribute(file_->get(), "title", "requests of a trace, by idlewatt");
      set_attribute(file_->get(), "format_version", kFormatVersion);
      const std::vector<Column> columns = trace_columns();
      table_ = std::make_unique<Table>(file_->get(), kTraceTable, "requests in order of arrival", columns,
                                       sizeof(TraceRow), kTraceChunk);
      const std::array<hsize_t, 1> size{0};
      const std::array<hsize_t, 1> largest{H5S_UNLIMITED};
      const std::array<hsize_t, 1> chunk{kTraceChunk};
      const Handle space(H5Screate_simple(1, size.data(), largest.data()), H5Sclose, "H5Screate_simple");
      const Handle properties = dataset_properties();
      blocks_dataset_ =
          create_chunked_dataset(file_->get(), kTraceBlocks, H5T_NATIVE_UINT64, space.get(), properties.get(), chunk);
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
                     .stream = request.stream,
                     .tenant = request.tenant,
                     .priority = request.priority,
                     .deferrable = request.deadline_class == DeadlineClass::deferrable ? 1 : 0,
                     .prefix_blocks = static_cast<std::int32_t>(request.prefix_blocks.size())});
    blocks_.insert(blocks_.end(), request.prefix_blocks.begin(), request.prefix_blocks.end());
    if (rows_.size() == kTraceChunk) {
      writing(path_, [&]() { write_rows_in_memory(false); });
    }
  }

  void publish() override {
    writing(path_, [&]() {
      write_rows_in_memory(true);
      blocks_dataset_.reset();
      table_.reset();
      file_->publish();
      file_.reset();
    });
  }

 private:
  /// Blocks go in whole chunks, until the last: a chunk that is written twice is compressed twice, and leaves a hole.
  void write_rows_in_memory(bool last) {
    table_->append(rows_.data(), rows_.size());
    rows_.clear();
    const std::size_t count = last ? blocks_.size() : blocks_.size() / kTraceChunk * kTraceChunk;
    if (count > 0) {
      write_rows(blocks_dataset_.get(), H5T_NATIVE_UINT64, blocks_written_, count, blocks_.data());
      blocks_written_ += count;
      blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }

  std::string path_;
  // Members are closed in reverse order: datasets before the file.
  std::unique_ptr<PartFile> file_;
  std::unique_ptr<Table> table_;
  Handle blocks_dataset_;
  std::vector<TraceRow> rows_;
  std::vector<std::uint64_t> blocks_;
  hsize_t blocks_written_ = 0;
};

}  // namespace

std::unique_ptr<TraceWriter> write_hdf5_trace(const std::string& path) {
  return std::make_unique<Hdf5TraceWriter>(path);
}

}  // namespace idlewatt
