// Cells of CSV files.
#pragma once

#include <string>

namespace idlewatt {

/// The text as a cell: in double quotes where it holds a comma, a quote or the end of a line (RFC 4180).
std::string csv_text(const std::string& text);

/// The number as a cell, with every digit that tells it apart; empty for infinity and NaN.
std::string csv_number(double value);

}  // namespace idlewatt
