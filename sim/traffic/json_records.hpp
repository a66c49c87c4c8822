// A file of JSON, record by record: JSON lines, objects one after the other, or the elements of one list, laid out over
// lines in any way, plain or compressed by gzip.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/compressed_file.hpp"
#include "traffic/json_value.hpp"

namespace idlewatt {

/// Gives one record at a time; memory is that of the largest record. Of an outermost list, each element is a record.
class JsonRecords {
 public:
  /// Values under a key of `skipped` are not kept. Throws InputError when the file cannot be opened.
  explicit JsonRecords(std::string path, std::vector<std::string_view> skipped = {});

  /// False at the end of the file. Throws InputError when reading fails, at what is no JSON, and at a record of more
  /// than 256 MiB; after such a throw, the next call begins on the line below the one on which the record begins.
  bool next(JsonValue& record);

  const std::string& path() const { return file_.path(); }
  /// The line on which the last record began, from 1.
  std::int64_t line() const { return begin_place_.line; }

 private:
  bool refill();
  /// The character at `at_`, blanks passed over; 0 at the end of the file.
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
