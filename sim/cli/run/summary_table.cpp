#include "cli/run/summary_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/run/summary_rows.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kGap = 3;            // between columns; the mark stands in it
constexpr std::size_t kHeadingWidth = 14;  // headings are wrapped to this, or to the widest word

void put_line(std::string& out, std::string line) {
  while (line.ends_with(' ')) {
    line.pop_back();
  }
  out += line + "\n";
}

/// One column of the table, ready to be laid out.
struct Layout {
  std::vector<std::string> heading;
  std::size_t width = 0;
};

struct Table {
  std::vector<SummaryRow> rows;
  std::vector<Layout> columns;
  std::size_t label_width = 0;
  std::size_t unit_width = 0;
};

Table lay_out(const std::vector<TableColumn>& columns, std::vector<SummaryRow> rows, const Fairness& fairness) {
  Table table;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Layout layout{wrapped(columns[i].name + (fairness.answers_enough[i] ? "" : " !"), kHeadingWidth), 0};
    for (const std::string& line : layout.heading) {
      layout.width = std::max(layout.width, display_width(line));
    }
    for (const SummaryRow& row : rows) {
      layout.width = std::max(layout.width, display_width(row.cells[i]));
    }
    table.columns.push_back(std::move(layout));
  }
  for (const SummaryRow& row : rows) {
    table.label_width = std::max(table.label_width, display_width(row.label) + 2);
    table.unit_width = std::max(table.unit_width, display_width(row.unit));
  }
  table.rows = std::move(rows);
  return table;
}

/// Columns [first, last) of the table, as lines.
std::string draw(const Table& table, std::size_t first, std::size_t last, const TextStyle& style) {
  std::string out;
  const std::string stub(table.label_width + 1 + table.unit_width, ' ');
  std::size_t heading_lines = 0;
  for (std::size_t i = first; i < last; ++i) {
    heading_lines = std::max(heading_lines, table.columns[i].heading.size());
  }
  for (std::size_t line = 0; line < heading_lines; ++line) {
    std::string text = stub;
    for (std::size_t i = first; i < last; ++i) {
      const Layout& column = table.columns[i];
      const std::size_t skip = heading_lines - column.heading.size();  // headings stand at the bottom
      const std::string word = line < skip ? "" : column.heading[line - skip];
      text += std::string(kGap, ' ') + right_aligned(word, column.width);
    }
    put_line(out, text);
  }
  std::string group;
  for (const SummaryRow& row : table.rows) {
    if (row.group != group) {
      group = row.group;
      put_line(out, bold(group, style));
    }
    std::string text =
        left_aligned("  " + row.label, table.label_width) + " " + left_aligned(row.unit, table.unit_width);
    bool marked = false;
    for (std::size_t i = first; i < last; ++i) {
      const std::string cell = right_aligned(row.cells[i], table.columns[i].width);
      text += std::string(marked ? kGap - 2 : kGap, ' ') + (row.best[i] ? bold(cell + " *", style) : cell);
      marked = row.best[i];
    }
    put_line(out, text);
  }
  return out;
}

std::string remarks(const std::vector<TableColumn>& columns, const Table& table, const Fairness& fairness,
                    std::size_t width) {
  std::string out;
  const bool any_mark = std::any_of(table.rows.begin(), table.rows.end(), [](const SummaryRow& row) {
    return std::find(row.best.begin(), row.best.end(), true) != row.best.end();
  });
  if (any_mark) {
    out += "* best of its row\n";
  }
  std::vector<std::string> left_out;
  double best_share = 0.0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double share = fairness.answered_share[i];
    best_share = std::isnan(share) ? best_share : std::max(best_share, share);
    if (!fairness.answers_enough[i]) {
      left_out.push_back(columns[i].name + " (" + rounded(100.0 * share, 3) + " %)");
    }
  }
  if (!left_out.empty()) {
    out += "! answered clearly fewer requests than the best variant: " + listed(left_out) +
           ". It saves what it did not do, so it cannot be best in energy, money, latency or fleet.\n";
  }
  const bool any_request = std::any_of(fairness.answered_share.begin(), fairness.answered_share.end(),
                                       [](double share) { return !std::isnan(share); });
  constexpr double nearly_all = 0.99;
  if (any_request && best_share < nearly_all) {
    out += "Note: " + std::string(columns.size() == 1 ? "only " : "no variant answered more than ") +
           rounded(100.0 * best_share, 3) + " % of the requests" + (columns.size() == 1 ? " were answered" : "") +
           "; the work for the others is missing from every figure.\n";
  }
  if (!fairness.same_traffic) {
    out += "Note: the variants differ in traffic or length, so totals are not compared.\n";
  }
  for (const SummaryRow& row : table.rows) {
    out += row.remark.empty() ? "" : paragraph(row.remark, width);
  }
  return out;
}

}  // namespace

TextStyle style_of_stdout() {
  TextStyle style;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const char* columns = std::getenv("COLUMNS");
  winsize size{};
  constexpr std::size_t narrowest = 40;
  if (columns != nullptr && std::atoi(columns) > 0) {
    style.width = static_cast<std::size_t>(std::atoi(columns));
  } else if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = size.ws_col;
  }
  style.width = std::max(style.width, narrowest);
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string(term) == "dumb";
  style.bold = terminal && !dumb && (no_color == nullptr || *no_color == '\0');
  return style;
}

std::string bold(const std::string& text, const TextStyle& style) {
  return style.bold ? "\033[1m" + text + "\033[0m" : text;
}

std::string summary_table(const std::vector<TableColumn>& columns, const TextStyle& style) {
  if (columns.empty()) {
    return "";
  }
  std::vector<Summary> summaries;
  for (const TableColumn& column : columns) {
    summaries.push_back(column.summary);
  }
  const Fairness fairness = judge(summaries);
  const Table table = lay_out(columns, summary_rows(summaries, fairness), fairness);
  const std::size_t stub = table.label_width + 1 + table.unit_width + 2;  // 2: the last column's mark
  std::string out;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first;
    for (std::size_t used = stub; last < columns.size(); ++last) {
      used += kGap + table.columns[last].width;
      if (used > style.width && last > first) {
        break;
      }
    }
    out += (first == 0 ? "" : "\n") + draw(table, first, last, style);
    first = last;
  }
  const std::string below = remarks(columns, table, fairness, style.width);
  return below.empty() ? out : out + "\n" + below;
}

}  // namespace idlewatt
