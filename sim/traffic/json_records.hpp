// A file of JSON, record by record: JSON lines, objects one after the other, or the elements of one list. Line
// breaks may stand anywhere. The file may be compressed by gzip.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/compressed_file.hpp"
#include "traffic/json_value.hpp"

namespace idlewatt {

/// Gives one record at a time and holds no more than one record in memory. If the file is one list, each element is
/// a record.
class JsonRecords {
 public:
  /// Opens the file. Values under a key of `skipped` are not kept. Throws InputError when the file cannot be
  /// opened.
  explicit JsonRecords(std::string path, std::vector<std::string_view> skipped = {});

  /// Reads the next record. Returns false at the end of the file. Throws InputError when reading fails, when the
  /// text is no JSON, and for a record of more than 256 MiB; the next call after that begins on the line after the one
  /// on which the record begins.
  bool next(JsonValue& record);

  const std::string& path() const { return file_.path(); }
  /// The line on which the last record began, from 1.
  std::int64_t line() const { return begin_place_.line; }

 private:
  bool refill();
  /// The next character at or after `at_` that is no blank; 0 at the end of the file.
  char peek();
  void step();
  /// Finds the end of the value that begins at `at_`, and leaves `at_` behind it.
  void pass_value();
  void go_to_next_line();
  [[noreturn]] void fail(JsonPlace place, const std::string& problem, const std::string& expectation) const;

  CompressedFile file_;
  std::vector<std::string_view> skipped_;
  std::string text_;       // what is read and not given yet
  std::size_t at_ = 0;     // in text_
  std::size_t begin_ = 0;  // of the record in text_
  JsonPlace place_;        // of at_
  JsonPlace begin_place_;  // of begin_
  bool end_of_file_ = false;
  bool in_list_ = false;
  bool started_ = false;
  bool failed_ = false;
};

}  // namespace idlewatt
