#include "cli/text/markdown.hpp"

namespace idlewatt::markdown {

std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '|' || c == '<' || c == '*' ? std::string("\\") + c : std::string(1, c == '\n' ? ' ' : c);
  }
  return result;
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& text : cells) {
    line += " " + text + " |";
  }
  return line + "\n";
}

std::string header(const std::vector<std::string>& headings, std::size_t numbers_from, bool numbers) {
  std::string rule = "|";
  for (std::size_t i = 0; i < headings.size(); ++i) {
    rule += numbers && i >= numbers_from ? "---:|" : "---|";
  }
  return row(headings) + rule + "\n";
}

std::string code(const std::string& text) {
  return "`" + text + "`";
}

}  // namespace idlewatt::markdown
