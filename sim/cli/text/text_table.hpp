// Tables of text: columns as wide as their widest cell.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace idlewatt {

/// The layout of a column.
struct TextColumn {
  bool left = false;    ///< true: cells are aligned to the left; false: to the right
  std::size_t gap = 2;  ///< spaces before the column
};

/// A table, built row by row. Widths are counted in terminal columns.
class TextTable {
 public:
  /// Makes an empty table. Columns beyond `columns` are aligned to the right, with a gap of 2 spaces.
  explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

  /// Adds a row. A row may have fewer cells than there are columns.
  void add(std::vector<std::string> cells) { rows_.push_back({std::move(cells), false}); }
  /// Adds a line of its own, such as the name of a group, which does not widen any column.
  void add_line(std::string line) { rows_.push_back({{std::move(line)}, true}); }

  /// The rows as lines, each with a line feed, without spaces at the ends of lines.
  std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool whole = false;  ///< true: a line of its own
  };

  std::vector<TextColumn> columns_;
  std::vector<Row> rows_;
};

}  // namespace idlewatt
