#include "scenario/catalog/read_entry.hpp"

#include <fmt/core.h>

#include "scenario/catalog/catalogue_keys.hpp"

namespace idlewatt {

Status read_status(const Section& fields) {
  return kStatuses[fields.choice("status")];
}

namespace {

FigureRange read_range(const Section& fields, const YamlNode& node, const std::string& label, double value) {
  if (!node.is_sequence() || node.items.size() != 2) {
    fail(node.place,
         fmt::format("`range` of {} is no pair; expected the least and the greatest, such as `[1 s, 3 s]`", label));
  }
  const Form& bound = fields.form("range").parts.front();
  const FigureRange range{read_quantity(node.items[0], "`range` of " + label, bound.dimension, bound.bounds),
                          read_quantity(node.items[1], "`range` of " + label, bound.dimension, bound.bounds)};
  if (range.low > value || value > range.high) {
    fail(node.place, fmt::format("`range` of {} does not hold its value; expected least <= value <= greatest", label));
  }
  return range;
}

}  // namespace

Figure read_figure(const YamlNode& node, const std::string& label, const FigureKey& key) {
  const Section fields(node, label, figure_keys(key));
  const Form& value = fields.form("value");
  Figure figure;
  figure.value = read_quantity(fields.at("value"), label, value.dimension, value.bounds);
  figure.status = read_status(fields);
  figure.source = fields.text("source");
  if (const YamlNode* range = fields.find("range")) {
    figure.range = read_range(fields, *range, label, figure.value);
  } else if (figure.status == Status::assumed) {
    fail(fields.find("status")->place, label +
                                           " is assumed and has no `range`; expected `range: [least, greatest]`, "
                                           "between which it may well lie");
  }
  return figure;
}

void EntryReader::names(const std::string& name, std::string& entry_name, std::string& title) const {
  if (fields_.has("name") && fields_.text("name") != name) {
    fail(fields_.find("name")->place,
         fmt::format("`name` is not `{}`; expected the name under which the entry stands", name));
  }
  entry_name = name;
  if (wants("title")) {
    title = fields_.text("title");
  }
}

void EntryReader::figure(const FigureKey& key, Figure& figure) const {
  if (wants(key.key)) {
    figure = read_figure(fields_.at(key.key), label(key.key), key);
  }
}

}  // namespace idlewatt
