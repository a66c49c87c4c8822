// The summaries of several variants side by side, as text for people.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// The layout of text.
struct TextStyle {
  std::size_t width = 120;  ///< columns of the terminal
  bool bold = false;        ///< true: escape sequences for bold are understood and wanted
};

/// The style of standard output: the terminal's width (or COLUMNS), and bold if it is a terminal and NO_COLOR is not
/// set.
TextStyle style_of_stdout();

/// A column of the table: a variant and its summary.
struct TableColumn {
  std::string name;  ///< name of the variant
  Summary summary;
};

/// A table of all headline measures, or several tables below each other when `style.width` does not hold all columns.
/// The best value of a row is marked with `*` where the comparison is fair. No value is marked when all are equal. A
/// variant that left requests unanswered which another one answered is not marked. Totals are marked only between
/// variants with the same traffic. Lines below the table explain the marks and the measures that do not explain
/// themselves.
std::string summary_table(const std::vector<TableColumn>& columns, const TextStyle& style);

/// `text` in bold if the style has bold.
std::string bold(const std::string& text, const TextStyle& style);

}  // namespace idlewatt
