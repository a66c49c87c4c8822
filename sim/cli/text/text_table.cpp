#include "cli/text/text_table.hpp"

#include <algorithm>

#include "cli/text/text.hpp"

namespace idlewatt {

void TextTable::add_paragraph(const std::string& text, std::size_t width, std::size_t indent) {
  for (const std::string& line : wrapped(text, width - std::min(width - 1, indent))) {
    add_line(std::string(indent, ' ') + line);
  }
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (const Row& row : rows_) {
    if (!row.whole) {
      widths.resize(std::max(widths.size(), row.cells.size()), 0);
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        widths[i] = std::max(widths[i], display_width(row.cells[i]));
      }
    }
  }
  return widths;
}

std::string TextTable::text(std::optional<std::size_t> width) const {
  const std::vector<std::size_t> columns = widths();
  std::string text;
  for (const Row& row : rows_) {
    std::string line = row.whole ? row.cells.front() : "";
    for (std::size_t i = 0; i < row.cells.size() && !row.whole; ++i) {
      const TextColumn column = i < columns_.size() ? columns_[i] : TextColumn{};
      line += std::string(column.gap, ' ');
      if (width && i + 1 == columns_.size() && !row.cells[i].empty()) {
        const std::size_t indent = display_width(line);
        line += paragraph(row.cells[i], *width, indent).substr(indent);
        line.pop_back();  // its line feed
      } else {
        line += column.left ? left_aligned(row.cells[i], columns[i]) : right_aligned(row.cells[i], columns[i]);
      }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace idlewatt
