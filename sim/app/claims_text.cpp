#include "app/claims_text.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/text.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kNumberWidth = 4;
constexpr std::size_t kLeastWidth = 60;

/// What stands in the column of findings, as paragraphs.
std::vector<std::string> findings(const ClaimAnswer& answer) {
  std::vector<std::string> paragraphs = answer.shows;
  if (!answer.assumes.empty()) {
    std::string text = "Assumes:";
    for (const std::string& sentence : answer.assumes) {
      text += " " + sentence;
    }
    paragraphs.push_back(std::move(text));
  }
  return paragraphs;
}

std::vector<std::string> lines_of(const std::vector<std::string>& paragraphs, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& text : paragraphs) {
    const std::vector<std::string> more = wrapped(text, width);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

/// And in that of the verdict.
std::vector<std::string> verdict_of(const ClaimAnswer& answer) {
  std::vector<std::string> paragraphs{answer.verdict_text + "."};
  if (!answer.because.empty()) {
    paragraphs.push_back(answer.because);
  }
  return paragraphs;
}

/// Text that may stand in a cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '|' || c == '<' || c == '*' ? std::string("\\") + c : std::string(1, c == '\n' ? ' ' : c);
  }
  return result;
}

}  // namespace

std::string claims_text(const ClaimsPage& page, const TextStyle& style) {
  const std::size_t width = std::max(style.width, kLeastWidth);
  const std::size_t side = (width - kNumberWidth - 4) / 4;
  const std::size_t middle = width - kNumberWidth - 2 * side - 4;
  const auto line_of = [&](const std::string& number, const std::string& claim, const std::string& finding,
                           const std::string& verdict) {
    const std::string line = left_aligned(number, kNumberWidth) + left_aligned(claim, side) + "  " +
                             left_aligned(finding, middle) + "  " + verdict;
    return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = page.title.empty() ? "" : bold(page.title, style) + "\n\n";
  text += line_of("", "claim", "what idlewatt finds", "verdict");
  for (std::size_t i = 0; i < page.answers.size(); ++i) {
    const ClaimAnswer& answer = page.answers[i];
    const std::vector<std::string> claim = wrapped(answer.says, side);
    const std::vector<std::string> finding = lines_of(findings(answer), middle);
    const std::vector<std::string> verdict = lines_of(verdict_of(answer), side);
    text += "\n";
    const auto at = [](const std::vector<std::string>& lines, std::size_t row) {
      return row < lines.size() ? lines[row] : std::string();
    };
    for (std::size_t row = 0; row < std::max({claim.size(), finding.size(), verdict.size()}); ++row) {
      text += line_of(row == 0 ? std::to_string(i + 1) : "", at(claim, row), at(finding, row), at(verdict, row));
    }
  }
  return text + "\n";
}

std::string claims_json(const ClaimsPage& page) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["title"] = page.title;
  json["file"] = page.file;
  json["claims"] = Json::array();
  for (const ClaimAnswer& answer : page.answers) {
    Json quantities = Json::object();
    for (const ClaimQuantity& quantity : answer.quantities) {
      quantities[quantity.name] = {{"value", quantity.value}, {"unit", quantity.unit}};
      if (!quantity.source.empty()) {
        quantities[quantity.name]["source"] = quantity.source;
      }
    }
    json["claims"].push_back({{"file", answer.file},
                              {"claim", answer.says},
                              {"verdict", to_string(answer.verdict)},
                              {"text", answer.verdict_text},
                              {"because", answer.because},
                              {"shows", answer.shows},
                              {"assumes", answer.assumes},
                              {"quantities", std::move(quantities)}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string claims_markdown(const ClaimsPage& page) {
  std::string text = "# " + page.title + "\n\n<!-- Written by: idlewatt run " + page.file + " --markdown -->\n\n";
  text += "| | claim | verdict |\n|---|---|---|\n";
  for (std::size_t i = 0; i < page.answers.size(); ++i) {
    const ClaimAnswer& answer = page.answers[i];
    text += "| " + std::to_string(i + 1) + " | " + cell(answer.says) + " | " + cell(answer.verdict_text) + " |\n";
  }
  for (std::size_t i = 0; i < page.answers.size(); ++i) {
    const ClaimAnswer& answer = page.answers[i];
    const std::string file = std::filesystem::path(answer.file).filename().string();
    text += "\n## " + std::to_string(i + 1) + ". " + answer.says + "\n\n[" + file + "](" + file + ")\n\n";
    text += "**Verdict: " + answer.verdict_text + ".**" + (answer.because.empty() ? "" : " " + answer.because) + "\n\n";
    for (const std::string& sentence : answer.shows) {
      text += "- " + sentence + "\n";
    }
    if (!answer.assumes.empty()) {
      text += "\nAssumed:\n\n";
      for (const std::string& sentence : answer.assumes) {
        text += "- " + sentence + "\n";
      }
    }
    text += "\n| quantity | value | where it comes from |\n|---|---:|---|\n";
    for (const ClaimQuantity& quantity : answer.quantities) {
      text += "| `" + quantity.name + "` | " + quantity_text(quantity) + " | " +
              (quantity.source.empty() ? "found" : cell(quantity.source)) + " |\n";
    }
  }
  return text;
}

}  // namespace idlewatt
