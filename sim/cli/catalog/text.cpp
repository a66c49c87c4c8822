#include "cli/catalog/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

#include "cli/catalog/grid.hpp"
#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"
#include "cli/text/text_table.hpp"

namespace idlewatt {

namespace {

using Depth = CatalogContents::Depth;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr const char* kAssumedMark = "?";

std::size_t widest(const std::vector<std::string>& texts) {
  std::size_t width = 0;
  for (const std::string& text : texts) {
    width = std::max(width, display_width(text));
  }
  return width;
}

/// A table of names and of what there is to say about them, which is wrapped beside them.
TextTable list_of_names() {
  return TextTable({{.left = true, .gap = kIndent}, {.left = true, .gap = kGap}});
}

/// "name: text", wrapped, the name in bold.
std::string titled(const std::string& name, const std::string& text, const TextStyle& style) {
  return paragraph(name + ": " + text, style.width).replace(0, name.size(), bold(name, style));
}

std::string overview(const CatalogContents& contents, const TextStyle& style) {
  TextTable table = list_of_names();
  for (const CatalogKind& kind : contents.kinds) {
    std::vector<std::string> members;
    for (const CatalogEntry& entry : kind.entries) {
      members.push_back(entry.name);
    }
    table.add({kind.name, counted(std::ssize(members), "entry: ", "entries: ") + listed(members, ", ")});
  }
  table.add_line(kPolicies);
  for (const PolicyFamily& family : contents.families) {
    std::vector<std::string> members;
    for (const PolicyInfo& policy : family.policies) {
      members.push_back(policy.name);
    }
    table.add({family.name, listed(members, ", ")});
  }
  return fmt::format(
      "{}\n"
      "{}\n"
      "{}",
      bold("catalogue", style), table.text(style.width),
      paragraph("`idlewatt catalog accelerators` lists a kind, `idlewatt catalog policies` the policies; with a name "
                "behind it, or with the name alone, it explains one: `idlewatt catalog l4`, `idlewatt catalog hpa`.",
                style.width));
}

/// One column of a list, ready to be laid out.
struct Layout {
  std::vector<std::string> heading;
  std::vector<std::string> cells;
  std::size_t width = 0;
};

Layout lay_out(const CatalogColumn& column) {
  constexpr std::size_t heading_width = 10;
  Layout layout{wrapped(column.heading, heading_width), {}, 0};
  layout.heading.push_back(column.unit);
  for (std::size_t i = 0; i < column.cells.size(); ++i) {
    layout.cells.push_back(column.cells[i] + (column.assumed[i] ? kAssumedMark : " "));
  }
  for (std::string& line : layout.heading) {
    line += " ";  // above the mark
  }
  layout.width = std::max(widest(layout.heading), widest(layout.cells));
  return layout;
}

std::string list_of(const CatalogKind& kind, const TextStyle& style) {
  std::vector<std::string> names;
  std::vector<std::string> titles;
  for (const CatalogEntry& entry : kind.entries) {
    names.push_back(entry.name);
    titles.push_back(entry.title);
  }
  std::vector<Layout> columns;
  std::size_t used = kIndent + widest(names);
  std::size_t heading_lines = 0;
  bool any_assumed = false;
  for (const CatalogColumn& column : catalog_grid(kind)) {
    Layout layout = lay_out(column);
    any_assumed = any_assumed || std::find(column.assumed.begin(), column.assumed.end(), true) != column.assumed.end();
    // What does not fit is left out: the entries' own pages have it.
    if (used + kGap + layout.width > style.width) {
      break;
    }
    used += kGap + layout.width;
    heading_lines = std::max(heading_lines, layout.heading.size());
    columns.push_back(std::move(layout));
  }
  const bool with_titles = used + kGap + widest(titles) <= style.width;

  std::vector<TextColumn> layout{{.left = true, .gap = kIndent}};
  layout.resize(1 + columns.size(), {.gap = kGap});
  layout.push_back({.left = true, .gap = kGap});
  TextTable table(layout);
  for (std::size_t line = 0; line < heading_lines; ++line) {
    std::vector<std::string> cells{""};
    for (const Layout& column : columns) {
      const std::size_t skip = heading_lines - column.heading.size();  // headings stand at the bottom
      cells.push_back(line < skip ? "" : column.heading[line - skip]);
    }
    table.add(std::move(cells));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> cells{names[i]};
    for (const Layout& column : columns) {
      cells.push_back(column.cells[i]);
    }
    cells.push_back(with_titles ? titles[i] : "");
    table.add(std::move(cells));
  }
  std::string out = fmt::format("{}\n{}", titled(kind.name, kind.summary, style), table.text());
  out += "\n";
  if (any_assumed) {
    out += paragraph(std::string(kAssumedMark) + " assumed: neither measured, nor published, nor derived from what is",
                     style.width);
  }
  return out +
         paragraph(fmt::format("`idlewatt catalog {} NAME` shows all figures of one, with their sources.", kind.name),
                   style.width);
}

std::string list_of(const PolicyFamily& family, const TextStyle& style) {
  TextTable table = list_of_names();
  for (std::size_t i = 0; i < family.policies.size(); ++i) {
    const PolicyInfo& policy = family.policies[i];
    table.add({policy.name, policy.summary + (i == 0 ? " (the default)" : "")});
  }
  return titled(family.name, fmt::format("{} (`{}`)", family.question, family.path), style) + table.text(style.width);
}

std::string page_of(const CatalogKind& kind, const CatalogEntry& entry, const TextStyle& style) {
  std::string out = titled(entry.name, fmt::format("{} ({})", entry.title, kind.name), style);
  if (entry.accelerators > 0) {
    out += fmt::format("{} x {}\n", entry.accelerators, entry.accelerator);
  }
  TextTable table({{.left = true, .gap = kIndent}, {.left = true, .gap = kGap}, {.left = true, .gap = kGap}});
  for (std::size_t i = 0; i < entry.figures.size(); ++i) {
    const EntryFigure& figure = entry.figures[i];
    // A key of one accelerator is long: it stands on a line of its own, and does not widen the column.
    const bool alone = figure.key.starts_with("on_accelerator.");
    if (alone) {
      table.add_paragraph(figure.key, style.width, kIndent);
    }
    table.add({alone ? "" : figure.key, readable(figure.value, figure.dimension),
               to_string(figure.status) + range_text(figure)});
    // Neighbours may share a source.
    if (i + 1 == entry.figures.size() || entry.figures[i + 1].source != figure.source) {
      table.add_paragraph(figure.source, style.width, 3 * kIndent);
    }
  }
  return out + table.text(style.width);
}

std::string page_of(const PolicyFamily& family, const PolicyInfo& policy, const TextStyle& style) {
  std::string out = titled(policy.name, policy.summary, style);
  out += paragraph(fmt::format("One of the policies of {} (`{}`): {}", family.name, family.path, family.question),
                   style.width);
  out += policy.parameters.empty() ? "\nIt has no parameters.\n" : "\nParameters, with their defaults:\n";
  TextTable table({{.left = true, .gap = kIndent}, {.left = true, .gap = kGap}, {.left = true, .gap = kGap}});
  for (const ParameterSpec& spec : policy.parameters) {
    table.add({spec.name, parameter_default(spec), parameter_range(spec)});
    table.add_paragraph(spec.help, style.width, 3 * kIndent);
  }
  out += table.text(style.width);
  return out + "\nIn a scenario:\n" + policy_yaml(family, policy, style.width, kIndent);
}

std::string join_pages(const std::vector<std::string>& pages) {
  std::string out;
  for (const std::string& page : pages) {
    out += (out.empty() ? "" : "\n") + page;
  }
  return out;
}

}  // namespace

std::string parameter_default(const ParameterSpec& spec) {
  return spec.is_schedule() ? "(to be given)" : parameter_value(spec, spec.default_value);
}

std::string parameter_value(const ParameterSpec& spec, double value) {
  const bool has_unit = unit_of(spec.dimension) != "1" || spec.dimension == Dimension::share;
  if (!spec.choices.empty() || value == 0.0 || !has_unit) {
    return parameter_text(spec, value);
  }
  constexpr int digits = 6;
  return readable(value, spec.dimension, digits);
}

std::string parameter_range(const ParameterSpec& spec) {
  if (spec.is_schedule()) {
    return "list of `{at: mon-fri 08:00, replicas: 8}`";
  }
  if (!spec.choices.empty()) {
    return listed(spec.choices, " or ");
  }
  const bool low = std::isfinite(spec.minimum);
  const bool high = std::isfinite(spec.maximum);
  const std::string least = low ? parameter_value(spec, spec.minimum) : "";
  const std::string most = high ? parameter_value(spec, spec.maximum) : "";
  const std::string range = low && high ? least + " to " + most
                            : low       ? "at least " + least
                            : high      ? "at most " + most
                                        : "";
  return readable_kind(spec.dimension) + (range.empty() ? "" : ", ") + range;
}

std::string policy_yaml(const PolicyFamily& family, const PolicyInfo& policy, std::size_t width, std::size_t indent) {
  std::vector<std::string> parts{family.key() + ": {policy: " + policy.name};
  for (const ParameterSpec& spec : policy.parameters) {
    if (!spec.is_schedule()) {
      parts.push_back(spec.name + ": " + default_text(spec));
    }
    for (std::size_t i = 0; i < spec.schedule.size(); ++i) {  // lines may be broken between its entries
      const std::string entry = schedule_entry_text(spec.schedule[i]);
      parts.push_back((i == 0 ? spec.name + ": [" : "") + entry + (i + 1 == spec.schedule.size() ? "]" : ""));
    }
  }
  const std::size_t hanging = indent + family.key().size() + 3;
  std::string out;
  std::string line = std::string(indent, ' ') + parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    constexpr std::size_t punctuation = 3;
    if (display_width(line) + punctuation + display_width(parts[i]) > width) {
      out += line + ",\n";
      line = std::string(hanging, ' ') + parts[i];
    } else {
      line += ", " + parts[i];
    }
  }
  return out + line + "}\n";
}

std::string catalog_text(const CatalogContents& contents, const TextStyle& style) {
  if (contents.depth == Depth::overview) {
    return overview(contents, style);
  }
  std::vector<std::string> pages;
  const bool entry = contents.depth == Depth::entry;
  for (const CatalogKind& kind : contents.kinds) {
    if (!entry) {
      pages.push_back(list_of(kind, style));
      continue;
    }
    for (const CatalogEntry& one : kind.entries) {
      pages.push_back(page_of(kind, one, style));
    }
  }
  for (const PolicyFamily& family : contents.families) {
    if (!entry) {
      pages.push_back(list_of(family, style));
      continue;
    }
    for (const PolicyInfo& policy : family.policies) {
      pages.push_back(page_of(family, policy, style));
    }
  }
  if (!entry && !contents.families.empty()) {
    pages.push_back(paragraph(
        "`idlewatt catalog policies NAME` explains one: its parameters, and how a scenario chooses it.", style.width));
  }
  return join_pages(pages);
}

}  // namespace idlewatt
