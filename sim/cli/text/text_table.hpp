// Tables of text: columns as wide as their widest cell.
#pragma once

#include <cstddef>
#include <optional>
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
  /// Adds such lines for a text that is wrapped to `width` columns, `indent` of them spaces.
  void add_paragraph(const std::string& text, std::size_t width, std::size_t indent);

  /// The rows as lines, each with a line feed, without spaces at the ends of lines. With a `width`, cells of the last of
  /// the constructor's columns are wrapped so that lines have at most `width` terminal columns.
  std::string text(std::optional<std::size_t> width = {}) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool whole = false;  ///< true: a line of its own
  };

  std::vector<std::size_t> widths() const;

  std::vector<TextColumn> columns_;
  std::vector<Row> rows_;
};

}  // namespace idlewatt
