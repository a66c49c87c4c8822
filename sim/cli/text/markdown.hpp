// Parts of pages in Markdown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace idlewatt::markdown {

inline constexpr std::size_t kWidth = 120;  ///< of a line of text

/// The text, escaped for a cell of a table.
std::string cell(const std::string& text);

/// A line of a table.
std::string row(const std::vector<std::string>& cells);

/// The head of a table; columns from `numbers_from` on are flush right if `numbers`.
std::string header(const std::vector<std::string>& headings, std::size_t numbers_from = 1, bool numbers = false);

std::string code(const std::string& text);

}  // namespace idlewatt::markdown
