// The beginning of a file, by which trace formats are recognised.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// The first 64 KiB of a file, decompressed if the file is compressed by gzip, and the properties that they show.
class TraceHead {
 public:
  /// Throws InputError when the file cannot be opened or read.
  explicit TraceHead(const std::string& path);

  /// The text without a byte-order mark.
  std::string_view text() const { return text_; }
  /// The text up to the first line end.
  std::string_view first_line() const;
  /// The fields of the first line, read as CSV.
  const std::vector<std::string>& columns() const { return columns_; }
  bool has_column(std::string_view name) const;
  /// True when the file begins like JSON: with `{` or `[`, blanks aside.
  bool is_json() const;
  /// True when some value of the JSON at the beginning has this path: keys with dots between them and `[]` for the
  /// elements of a list, as in `requests[].hash_ids`. The elements of a list at the top have paths like those of JSON
  /// lines.
  bool has_key(std::string_view path) const;

 private:
  std::string text_;
  std::vector<std::string> columns_;
  std::vector<std::string> keys_;  // ascending, each once
};

}  // namespace idlewatt
