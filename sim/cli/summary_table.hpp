// The summaries of several variants side by side, as text for people.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// How text may be laid out.
struct TextStyle {
  std::size_t width = 120;  ///< columns of the terminal
  bool bold = false;        ///< escape sequences are understood and wanted
};

/// What standard output is: a terminal's width (or COLUMNS), and bold unless NO_COLOR is set or it is no terminal.
TextStyle style_of_stdout();

struct TableColumn {
  std::string name;  ///< of the variant
  Summary summary;
};

/// One table of all headline measures, or several below each other where `style.width` does not hold all columns. The
/// best value of a row is marked with `*`, where that is a fair thing to say: not when all are equal, not for a variant
/// that left requests unanswered which another one answered, and totals only between variants with the same traffic.
/// Lines below the table say what the marks mean, and the measures that do not explain themselves.
std::string summary_table(const std::vector<TableColumn>& columns, const TextStyle& style);

/// `text` in bold, where the style has it.
std::string bold(const std::string& text, const TextStyle& style);

}  // namespace idlewatt
