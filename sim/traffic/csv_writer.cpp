#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/core.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "traffic/own_csv.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr int kTickDigits = 11;  // decimals of a second
static_assert(kTicksPerSecond == 100'000'000'000);

class CsvWriter final : public TraceWriter {
 public:
  explicit CsvWriter(const std::string& path) : path_(path), part_path_(part_name(path)) {
    int descriptor = -1;
    writing(path_, [&] { descriptor = create_part(part_path_, path_); });
    errno = 0;
    // "T": as it is; 4: a third of the time of the default level, and nearly its size. zlib stores no time and no name.
    file_ = gzdopen(descriptor, path.ends_with(".gz") ? "wb4" : "wbT");
    if (file_ == nullptr) {
      const int reason = errno;
      ::close(descriptor);
      remove_part(part_path_);
      fail(reason);
    }
    gzbuffer(file_, kBlockBytes);
    text_.reserve(2 * kBlockBytes);
    text_.append(kOwnHeader).append("\n");
  }
  CsvWriter(const CsvWriter&) = delete;
  CsvWriter& operator=(const CsvWriter&) = delete;
  ~CsvWriter() override {
    if (file_ != nullptr) {
      gzclose_w(file_);
      remove_part(part_path_);
    }
  }

  void write(const Request& request) override {
    append_time(request.arrival);
    append_number(request.prompt_tokens);
    append_number(request.output_tokens);
    append_number(request.stream.value());
    append_number(request.tenant);
    append_number(request.priority);
    text_ += request.deadline_class == DeadlineClass::deferrable ? "deferrable," : "interactive,";
    if (request.deadline != kNever) {
      append_time(request.deadline);
    } else {
      text_ += ',';
    }
    append_number(request.semantic_key);
    append_number(request.similarity);
    append_number(request.session);
    append_list(request.prefix_blocks);
    if (!request.prefix_blocks.empty()) {
      append_number(request.block_tokens);
    } else {
      text_ += ',';
    }
    if (request.key != 0) {
      append_number(request.key);
    } else {
      text_ += ',';
    }
    if (request.wait) {
      append_list(request.wait->after);
      append_time(request.wait->delay);
      text_.pop_back();
    } else {
      text_ += ',';
    }
    text_ += '\n';
    if (text_.size() >= kBlockBytes) {
      flush();
    }
  }

  void publish() override {
    flush();
    const int closed = gzclose_w(std::exchange(file_, nullptr));
    const int reason = errno;
    if (closed != Z_OK) {
      remove_part(part_path_);
      fail(reason);
    }
    try {
      writing(path_, [&] { publish_part(part_path_, path_); });
    } catch (const OutputError&) {
      remove_part(part_path_);
      throw;
    }
  }

 private:
  void append_time(Ticks ticks) {
    append_number(ticks / kTicksPerSecond, '.');
    char digits[kTickDigits];
    Ticks rest = ticks % kTicksPerSecond;
    for (int i = kTickDigits - 1; i >= 0; --i, rest /= 10) {
      digits[i] = static_cast<char>('0' + rest % 10);
    }
    text_.append(digits, kTickDigits);
    while (text_.back() == '0') {
      text_.pop_back();
    }
    if (text_.back() == '.') {
      text_.pop_back();
    }
    text_ += ',';
  }

  template <class Number>
  void append_number(Number number, char behind = ',') {
    char digits[32];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
    text_.append(digits, end);
    text_ += behind;
  }

  /// Blanks between the numbers, a comma behind them.
  void append_list(const std::vector<std::uint64_t>& numbers) {
    for (const std::uint64_t number : numbers) {
      append_number(number, ' ');
    }
    if (!numbers.empty()) {
      text_.pop_back();
    }
    text_ += ',';
  }

  void flush() {
    errno = 0;
    if (!text_.empty() && gzwrite(file_, text_.data(), static_cast<unsigned>(text_.size())) == 0) {
      fail(errno);
    }
    text_.clear();
  }

  [[noreturn]] void fail(int reason) const {
    throw OutputError(
        fmt::format("cannot write {}: {}", path_, reason != 0 ? std::strerror(reason) : "compression failed"));
  }

  std::string path_;
  std::string part_path_;
  gzFile file_ = nullptr;
  std::string text_;
};

}  // namespace

std::unique_ptr<TraceWriter> write_csv_trace(const std::string& path) {
  return std::make_unique<CsvWriter>(path);
}

}  // namespace idlewatt
