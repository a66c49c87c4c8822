#include "traffic/line_reader.hpp"

#include <cerrno>
#include <cstring>
#include <utility>
#include <zlib.h>

#include "base/error.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kLongestLine = 16 * 1024 * 1024;
constexpr unsigned kZlibBytes = 128 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void LineReader::Closer::operator()(void* file) const {
  gzclose_r(static_cast<gzFile>(file));
}

LineReader::LineReader(std::string path) : path_(std::move(path)), block_(kBlockBytes) {
  errno = 0;
  file_.reset(gzopen(path_.c_str(), "rb"));
  if (!file_) {
    throw InputError(path_ + ": cannot be opened: " + std::strerror(errno) + " (expected a readable trace file)");
  }
  gzbuffer(static_cast<gzFile>(file_.get()), kZlibBytes);
  refill();
  if (std::string_view(block_.data(), end_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
  }
}

void LineReader::refill() {
  std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const auto file = static_cast<gzFile>(file_.get());
  // A plain file is passed through by zlib; a short read is not yet the end.
  while (end_ < block_.size() && !end_of_file_) {
    errno = 0;
    const int got = gzread(file, block_.data() + end_, static_cast<unsigned>(block_.size() - end_));
    const int system_error = errno;
    int error = Z_OK;
    const char* reason = gzerror(file, &error);
    if (got < 0 || error == Z_BUF_ERROR || error == Z_DATA_ERROR) {
      throw InputError(path_ + ": cannot be read: " +
                       (error == Z_ERRNO       ? std::strerror(system_error)
                        : error == Z_BUF_ERROR ? "the compressed file ends early"
                                               : reason) +
                       " (expected a readable trace file)");
    }
    end_of_file_ = got == 0;
    end_ += static_cast<std::size_t>(got);
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
        fail(1, "the line is longer than " + std::to_string(kLongestLine) + " bytes", "a text file with short lines");
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
  throw InputError(path_ + ":" + std::to_string(line_number_) + ":" + std::to_string(column) + ": " + problem +
                   " (expected " + expectation + ")");
}

}  // namespace idlewatt
