#include "traffic/line_reader.hpp"

#include <cstring>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kLongestLine = 16 * 1024 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(std::string path) : file_(std::move(path)), block_(kBlockBytes) {
  refill();
  if (std::string_view(block_.data(), end_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
  }
}

void LineReader::refill() {
  std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  while (end_ < block_.size() && !end_of_file_) {
    const std::size_t got = file_.read(block_.data() + end_, block_.size() - end_);
    end_of_file_ = got == 0;
    end_ += got;
  }
}

bool LineReader::next(std::string_view& line) {
  const char* start = block_.data() + begin_;
  const void* found = std::memchr(start, '\n', end_ - begin_);
  if (found == nullptr && !end_of_file_) {
    refill();
    start = block_.data();
    found = std::memchr(start, '\n', end_);
    while (found == nullptr && !end_of_file_) {
      if (block_.size() == kLongestLine) {
        ++line_number_;
        fail(1, fmt::format("the line is longer than {} bytes", kLongestLine), "a text file with short lines");
      }
      const std::size_t searched = end_;
      block_.resize(2 * block_.size());
      refill();
      start = block_.data();
      found = std::memchr(start + searched, '\n', end_ - searched);
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
  throw InputError(fmt::format("{}:{}:{}: {} (expected {})", file_.path(), line_number_, column, problem, expectation));
}

}  // namespace idlewatt
