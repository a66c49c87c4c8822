#include "cli/catalog/text.hpp"

#include <algorithm>
#include <cmath>

#include "cli/catalog/grid.hpp"
#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"

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

/// The text behind `prefix`, wrapped to a column of its own.
std::string beside(const std::string& prefix, const std::string& text, const TextStyle& style) {
  const std::size_t indent = display_width(prefix);
  return prefix + paragraph(text, style.width, indent).substr(indent);
}

/// A name in a list, and what there is to say about it.
std::string item(const std::string& name, std::size_t name_width, const std::string& text, const TextStyle& style) {
  return beside(std::string(kIndent, ' ') + left_aligned(name, name_width) + std::string(kGap, ' '), text, style);
}

/// "name: text", wrapped, the name in bold.
std::string titled(const std::string& name, const std::string& text, const TextStyle& style) {
  return paragraph(name + ": " + text, style.width).replace(0, name.size(), bold(name, style));
}

std::string overview(const CatalogContents& contents, const TextStyle& style) {
  std::vector<std::string> names;
  for (const CatalogKind& kind : contents.kinds) {
    names.push_back(kind.name);
  }
  for (const PolicyFamily& family : contents.families) {
    names.push_back(family.name);
  }
  const std::size_t width = widest(names);
  std::string out;
  for (const CatalogKind& kind : contents.kinds) {
    std::vector<std::string> members;
    for (const CatalogEntry& entry : kind.entries) {
      members.push_back(entry.name);
    }
    out += item(kind.name, width, counted(std::ssize(members), "entry: ", "entries: ") + listed(members, ", "), style);
  }
  out += kPolicies + std::string("\n");
  for (const PolicyFamily& family : contents.families) {
    std::vector<std::string> members;
    for (const PolicyInfo& policy : family.policies) {
      members.push_back(policy.name);
    }
    out += item(family.name, width, listed(members, ", "), style);
  }
  return bold("catalogue", style) + "\n" + out + "\n" +
         paragraph(
             "`idlewatt catalog accelerators` lists a kind, `idlewatt catalog policies` the policies; with a name "
             "behind it, or with the name alone, it explains one: `idlewatt catalog l4`, `idlewatt catalog hpa`.",
             style.width);
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

void put_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
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

  std::string out = titled(kind.name, kind.summary, style) + "\n";
  for (std::size_t line = 0; line < heading_lines; ++line) {
    std::string text(kIndent + widest(names), ' ');
    for (const Layout& column : columns) {
      // Headings stand at the bottom.
      const std::size_t skip = heading_lines - column.heading.size();
      text += std::string(kGap, ' ') + right_aligned(line < skip ? "" : column.heading[line - skip], column.width);
    }
    put_line(out, text);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string text = std::string(kIndent, ' ') + left_aligned(names[i], widest(names));
    for (const Layout& column : columns) {
      text += std::string(kGap, ' ') + right_aligned(column.cells[i], column.width);
    }
    put_line(out, text + (with_titles ? std::string(kGap, ' ') + titles[i] : ""));
  }
  out += "\n";
  if (any_assumed) {
    out += paragraph(std::string(kAssumedMark) + " assumed: neither measured, nor published, nor derived from what is",
                     style.width);
  }
  return out + paragraph("`idlewatt catalog " + kind.name + " NAME` shows all figures of one, with their sources.",
                         style.width);
}

std::string list_of(const PolicyFamily& family, const TextStyle& style) {
  std::vector<std::string> names;
  for (const PolicyInfo& policy : family.policies) {
    names.push_back(policy.name);
  }
  std::string out = titled(family.name, family.question + " (`" + family.path + "`)", style);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string text = family.policies[i].summary + (i == 0 ? " (the default)" : "");
    out += item(names[i], widest(names), text, style);
  }
  return out;
}

std::string page_of(const CatalogKind& kind, const CatalogEntry& entry, const TextStyle& style) {
  std::string out = titled(entry.name, entry.title + " (" + kind.name + ")", style);
  if (entry.accelerators > 0) {
    out += std::to_string(entry.accelerators) + " x " + entry.accelerator + "\n";
  }
  std::vector<std::string> keys;
  std::vector<std::string> values;
  for (const EntryFigure& figure : entry.figures) {
    keys.push_back(figure.key);
    values.push_back(readable(figure.value, figure.dimension));
  }
  // A key of one accelerator is long: it stands on a line of its own, and does not widen the column.
  std::vector<std::string> short_keys = keys;
  std::erase_if(short_keys, [](const std::string& key) { return key.starts_with("on_accelerator."); });
  const std::size_t key_width = widest(short_keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const EntryFigure& figure = entry.figures[i];
    const bool alone = display_width(keys[i]) > key_width;
    out += alone ? std::string(kIndent, ' ') + keys[i] + "\n" : "";
    const std::string line = std::string(kIndent, ' ') + left_aligned(alone ? "" : keys[i], key_width) +
                             std::string(kGap, ' ') + left_aligned(values[i], widest(values)) + std::string(kGap, ' ') +
                             to_string(figure.status);
    const std::string range = range_text(figure);
    const bool fits = range.empty() || line.size() + range.size() <= style.width;
    out += line + (fits ? range + "\n" : "\n" + paragraph(range.substr(2), style.width, 2 * kIndent));
    // Neighbours may share a source.
    if (i + 1 == keys.size() || entry.figures[i + 1].source != figure.source) {
      out += paragraph(figure.source, style.width, 3 * kIndent);
    }
  }
  return out;
}

std::string page_of(const PolicyFamily& family, const PolicyInfo& policy, const TextStyle& style) {
  std::string out = titled(policy.name, policy.summary, style);
  out +=
      paragraph("One of the policies of " + family.name + " (`" + family.path + "`): " + family.question, style.width);
  std::vector<std::string> names;
  std::vector<std::string> defaults;
  for (const ParameterSpec& spec : policy.parameters) {
    names.push_back(spec.name);
    defaults.push_back(parameter_default(spec));
  }
  out += names.empty() ? "\nIt has no parameters.\n" : "\nParameters, with their defaults:\n";
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ParameterSpec& spec = policy.parameters[i];
    const std::string indented = std::string(kIndent, ' ') + left_aligned(names[i], widest(names)) +
                                 std::string(kGap, ' ') + left_aligned(defaults[i], widest(defaults)) +
                                 std::string(kGap, ' ');
    out += beside(indented, parameter_range(spec), style) + paragraph(spec.help, style.width, 3 * kIndent);
  }
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
