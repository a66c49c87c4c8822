// Lines of a large text file, plain or compressed by gzip, read in blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/compressed_file.hpp"

namespace idlewatt {

/// Gives one line at a time, without its line end (LF or CRLF) and without a byte-order mark. Decompresses a file
/// that begins with gzip's magic bytes.
class LineReader {
 public:
  /// Throws InputError when the file cannot be opened.
  explicit LineReader(std::string path);

  /// Reads the next line, valid until the next call. Returns false at the end of the file. Throws InputError when
  /// reading fails, when a compressed file ends early, and for a line longer than 16 MiB (no trace has such lines: the
  /// file is probably something else).
  bool next(std::string_view& line);

  /// The number of the last line given, from 1.
  std::int64_t line_number() const { return line_number_; }
  /// True when the last line given has no line end: the file may have been cut off in it.
  bool unterminated() const { return unterminated_; }
  const std::string& path() const { return file_.path(); }

  /// Throws InputError "path:line:column: problem (expected expectation)" for the last line given; `column` from 1.
  [[noreturn]] void fail(std::size_t column, const std::string& problem, const std::string& expectation) const;

 private:
  void refill();

  CompressedFile file_;
  std::vector<char> block_;
  std::size_t begin_ = 0;  // of what is not given yet
  std::size_t end_ = 0;    // of what is read
  bool end_of_file_ = false;
  bool unterminated_ = false;
  std::int64_t line_number_ = 0;
};

}  // namespace idlewatt
