#include "scenario/catalog/read_number_table.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>

#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// Takes the next line off `text`, without its line end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

double read_number(std::string_view field, const Place& place) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value) || value < 0.0) {
    fail(place, "`" + std::string(field.substr(0, 40)) + "` is no number of at least 0; expected one such as `12.5`");
  }
  return value;
}

}  // namespace

Place NumberTable::place(std::size_t row, int column) const {
  return {.origin = path, .line = line[row], .column = column};
}

NumberTable read_number_table(const YamlNode& node, std::string_view header) {
  const std::string expected_table = "the path of a CSV file with the columns `" + std::string(header) + "`";
  const std::string name = read_text(node, "the table", expected_table);
  const std::filesystem::path path = (std::filesystem::path(node.place.origin).parent_path() / name).lexically_normal();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    fail(node.place, "there is no file `" + path.string() + "`; expected " + expected_table +
                         ", relative to the workload's folder");
  }
  NumberTable table;
  table.path = path.string();
  const std::string content = read_text_file(table.path);
  std::string_view text = content;
  Place place{.origin = table.path, .line = 1, .column = 1};
  if (const std::string_view line = next_line(text); line != header) {
    fail(place, "the table begins with `" + std::string(line.substr(0, 40)) + "`; expected the header `" +
                    std::string(header) + "`");
  }
  while (text.find_first_not_of("\r\n") != std::string_view::npos) {
    const std::string_view line = next_line(text);
    ++place.line;
    place.column = 1;
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) {
      fail(place, "the row holds no comma; expected two numbers such as `12,0.5`");
    }
    const double first = read_number(line.substr(0, comma), place);
    if (!table.first.empty() && first <= table.first.back()) {
      fail(place, "`" + std::string(line.substr(0, comma)) + "` does not ascend; expected more than in the row before");
    }
    place.column = static_cast<int>(comma) + 2;
    table.first.push_back(first);
    table.second.push_back(read_number(line.substr(comma + 1), place));
    table.line.push_back(place.line);
  }
  if (table.first.empty()) {
    fail(place, "the table holds no row; expected rows such as `12,0.5`");
  }
  return table;
}

}  // namespace idlewatt
