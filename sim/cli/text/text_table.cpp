#include "cli/text/text_table.hpp"

#include <algorithm>

#include "cli/text/text.hpp"

namespace idlewatt {

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (const Row& row : rows_) {
    if (!row.whole) {
      widths.resize(std::max(widths.size(), row.cells.size()), 0);
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        widths[i] = std::max(widths[i], display_width(row.cells[i]));
      }
    }
  }
  std::string text;
  for (const Row& row : rows_) {
    std::string line = row.whole ? row.cells.front() : "";
    for (std::size_t i = 0; i < row.cells.size() && !row.whole; ++i) {
      const TextColumn column = i < columns_.size() ? columns_[i] : TextColumn{};
      line += std::string(column.gap, ' ') +
              (column.left ? left_aligned(row.cells[i], widths[i]) : right_aligned(row.cells[i], widths[i]));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace idlewatt
