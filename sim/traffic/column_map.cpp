#include "traffic/column_map.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "traffic/csv_fields.hpp"

namespace idlewatt {

std::vector<std::size_t> map_columns(const LineReader& lines, std::string_view line, std::span<const ColumnName> known,
                                     bool others_allowed, std::string_view header, char separator) {
  const std::string expectation = fmt::format("a header such as `{}`", header);
  std::vector<std::size_t> columns;
  for (CsvFields fields(lines, line, separator); fields.more();) {
    const std::string_view name = fields.next();
    std::size_t index = 0;
    while (index < known.size() && known[index].name != name) {
      ++index;
    }
    if (index == known.size()) {
      if (!others_allowed) {
        lines.fail(fields.column(), "unexpected column " + quoted(name), expectation);
      }
      index = kUnknownColumn;
    } else if (std::find(columns.begin(), columns.end(), index) != columns.end()) {
      lines.fail(fields.column(), fmt::format("column {} comes twice", quoted(name)), expectation);
    }
    columns.push_back(index);
  }
  for (std::size_t index = 0; index < known.size(); ++index) {
    if (known[index].required && std::find(columns.begin(), columns.end(), index) == columns.end()) {
      lines.fail(1, "column " + std::string(known[index].name) + " is missing", expectation);
    }
  }
  return columns;
}

}  // namespace idlewatt
