#include "cli/claims/text.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kNumberWidth = 4;
constexpr std::size_t kLeastWidth = 60;
constexpr std::size_t kPageWidth = 120;

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

/// "Of 50 draws of the figures with a range: holds 0, holds only if 47, does not hold 3."
std::string drawn_text(const DrawnVerdicts& drawn) {
  std::vector<std::string> counts;
  for (const Verdict verdict : kVerdicts) {
    counts.push_back(std::string(to_string(verdict)) + " " + grouped(drawn.of(verdict)));
  }
  const std::string left_out = drawn.left_out == 0 ? "" : " (" + grouped(drawn.left_out) + " more have no answer)";
  return "Of " + counted(drawn.judged(), "draw", "draws") + " of the figures with a range: " + listed(counts, ", ") +
         "." + left_out;
}

/// "0.02 to 0.04 Wh".
std::string interval_text(ClaimQuantity quantity, const std::pair<double, double>& interval) {
  ClaimQuantity low = quantity;
  low.value = interval.first;
  low.unit.clear();
  quantity.value = interval.second;
  return quantity_text(low) + " to " + quantity_text(quantity);
}

/// And in that of the verdict.
std::vector<std::string> verdict_of(const ClaimAnswer& answer) {
  std::vector<std::string> paragraphs{answer.verdict_text + "."};
  if (!answer.because.empty()) {
    paragraphs.push_back(answer.because);
  }
  if (answer.drawn) {
    paragraphs.push_back(drawn_text(*answer.drawn));
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

/// The same as code.
std::string code(const std::string& text) {
  std::string result = "`";
  for (const char c : text) {
    result += c == '|' ? "\\|" : std::string(1, c);
  }
  return result + "`";
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
    for (std::size_t i = 0; i < answer.quantities.size(); ++i) {
      const ClaimQuantity& quantity = answer.quantities[i];
      quantities[quantity.name] = {{"value", quantity.value}, {"unit", quantity.unit}};
      if (answer.drawn) {
        quantities[quantity.name]["low"] = answer.drawn->intervals[i].first;
        quantities[quantity.name]["high"] = answer.drawn->intervals[i].second;
      }
      const bool given = quantity.expression.empty();
      quantities[quantity.name][given ? "source" : "is"] = given ? quantity.source : quantity.expression;
    }
    json["claims"].push_back({{"file", answer.file},
                              {"claim", answer.says},
                              {"verdict", to_string(answer.verdict)},
                              {"text", answer.verdict_text},
                              {"because", answer.because},
                              {"shows", answer.shows},
                              {"assumes", answer.assumes},
                              {"quantities", std::move(quantities)}});
    if (answer.drawn) {
      Json draws = {{"left_out", answer.drawn->left_out}};
      for (const Verdict verdict : kVerdicts) {
        draws[to_string(verdict)] = answer.drawn->of(verdict);
      }
      json["claims"].back()["draws"] = std::move(draws);
    }
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string claims_markdown(const ClaimsPage& page) {
  std::string text = "# " + page.title + "\n\n<!-- Written by: idlewatt run " + page.file + " --markdown -->\n\n" +
                     paragraph(page.about, kPageWidth) + (page.about.empty() ? "" : "\n");
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
    if (answer.drawn) {
      text += "\n" + drawn_text(*answer.drawn) + "\n";
    }
    text += std::string("\n| quantity | value | ") + (answer.drawn ? "5 to 95 % of draws | " : "") +
            "where it comes from |\n|---|---:|" + (answer.drawn ? "---:|" : "") + "---|\n";
    for (std::size_t k = 0; k < answer.quantities.size(); ++k) {
      const ClaimQuantity& quantity = answer.quantities[k];
      text += "| `" + quantity.name + "` | " + quantity_text(quantity) + " | " +
              (answer.drawn ? interval_text(quantity, answer.drawn->intervals[k]) + " | " : "") +
              (quantity.expression.empty() ? cell(quantity.source) : code(quantity.expression)) + " |\n";
    }
  }
  return text;
}

}  // namespace idlewatt
