#include "workload/line_reader.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "units/error.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(std::string path) : path_(std::move(path)), block_(kBlockBytes) {
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (!file_) {
    throw InputError(path_ + ": cannot be opened: " + std::strerror(errno) + " (expected a readable trace file)");
  }
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // block_ is the buffer
  refill();
  if (std::string_view(block_.data(), end_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
  }
}

void LineReader::refill() {
  std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  errno = 0;
  const std::size_t got = std::fread(block_.data() + end_, 1, block_.size() - end_, file_.get());
  if (std::ferror(file_.get()) != 0) {
    throw InputError(path_ + ": cannot be read: " + std::strerror(errno) + " (expected a readable trace file)");
  }
  end_ += got;
  end_of_file_ = end_ < block_.size();
}

bool LineReader::next(std::string_view& line) {
  const char* start = block_.data() + begin_;
  const void* found = std::memchr(start, '\n', end_ - begin_);
  if (found == nullptr && !end_of_file_) {
    refill();
    start = block_.data();
    found = std::memchr(start, '\n', end_);
    if (found == nullptr && !end_of_file_) {
      ++line_number_;
      fail(1, "the line is longer than " + std::to_string(kBlockBytes) + " bytes", "a text file with short lines");
    }
  }
  if (found == nullptr && begin_ == end_) {
    return false;
  }
  unterminated_ = found == nullptr;
  const char* stop = unterminated_ ? block_.data() + end_ : static_cast<const char*>(found);
  begin_ = static_cast<std::size_t>(stop - block_.data()) + (unterminated_ ? 0 : 1);
  line = std::string_view(start, static_cast<std::size_t>(stop - start));
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  ++line_number_;
  return true;
}

void LineReader::fail(std::size_t column, const std::string& problem, const std::string& expectation) const {
  throw InputError(path_ + ":" + std::to_string(line_number_) + ":" + std::to_string(column) + ": " + problem +
                   " (expected " + expectation + ")");
}

}  // namespace idlewatt
