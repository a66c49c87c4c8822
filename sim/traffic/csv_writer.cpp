#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

#include "base/error.hpp"
#include "traffic/own_csv.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr int kTickDigits = 11;  // decimals of a second
static_assert(kTicksPerSecond == 100'000'000'000);

class CsvWriter final : public TraceWriter {
 public:
  explicit CsvWriter(const std::string& path) : path_(path), part_path_(path + ".part") {
    errno = 0;
    // "T": as it is; 4: a third of the time of the default level, and nearly its size. zlib stores no time and no name.
    file_ = gzopen(part_path_.c_str(), path.ends_with(".gz") ? "wb4" : "wbT");
    if (file_ == nullptr) {
      fail(errno);
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
      std::remove(part_path_.c_str());
    }
  }

  void write(const Request& request) override {
    append_time(request.arrival);
    append_number(request.prompt_tokens);
    append_number(request.output_tokens);
    append_number(request.stream);
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
    for (const std::uint64_t block : request.prefix_blocks) {
      append_number(block, ' ');
    }
    if (!request.prefix_blocks.empty()) {
      text_.pop_back();
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
    if (closed != Z_OK || !synced() || std::rename(part_path_.c_str(), path_.c_str()) != 0) {
      const int why = closed != Z_OK ? reason : errno;
      std::remove(part_path_.c_str());
      fail(why);
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

  void flush() {
    errno = 0;
    if (!text_.empty() && gzwrite(file_, text_.data(), static_cast<unsigned>(text_.size())) == 0) {
      fail(errno);
    }
    text_.clear();
  }

  /// Flushes the part down to the disk, so that the name never stands for less.
  bool synced() const {
    const int descriptor = ::open(part_path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      return false;
    }
    const bool failed = ::fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP;
    const int reason = errno;
    ::close(descriptor);
    errno = reason;
    return !failed;
  }

  [[noreturn]] void fail(int reason) const {
    throw OutputError("cannot write " + path_ + ": " + (reason != 0 ? std::strerror(reason) : "compression failed"));
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
