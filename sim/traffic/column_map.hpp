// Which column of a CSV file is which of a format's columns, by the names in its header.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/line_reader.hpp"

namespace idlewatt {

/// A column that a format knows.
struct ColumnName {
  std::string_view name;
  bool required = false;
};

inline constexpr std::size_t kUnknownColumn = static_cast<std::size_t>(-1);

/// For each column of the header `line`, in its order: the index into `known`. Columns that `known` does not have are
/// kUnknownColumn when `others_allowed`, else refused. Throws InputError also when a column comes twice, or a required
/// one is missing.
std::vector<std::size_t> map_columns(const LineReader& lines, std::string_view line, std::span<const ColumnName> known,
                                     bool others_allowed, std::string_view header);

}  // namespace idlewatt
