// The columns of a CSV file matched with the columns that a format knows, by the names in the file's header.
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

/// Returns the index into `known` of each column of the header `line`, in the order of the header. A column that
/// `known` lacks gets kUnknownColumn if `others_allowed`, and is an InputError otherwise. Throws InputError also if a
/// known column comes twice or a required column is missing. Messages show `header` as an example of a header.
std::vector<std::size_t> map_columns(const LineReader& lines, std::string_view line, std::span<const ColumnName> known,
                                     bool others_allowed, std::string_view header, char separator = ',');

}  // namespace idlewatt
