#include "scenario/catalog/read_entry.hpp"

namespace idlewatt {

Status read_status(const Fields& fields) {
  const std::string word = fields.name("status", "status", {"measured", "published", "derived", "assumed"});
  for (const Status status : {Status::measured, Status::published, Status::derived}) {
    if (word == to_string(status)) {
      return status;
    }
  }
  return Status::assumed;
}

namespace {

FigureRange read_range(const YamlNode& node, const std::string& label, const FigureKey& key, const Bounds& bounds,
                       double value) {
  if (!node.is_sequence() || node.items.size() != 2) {
    fail(node.place, "`range` of " + label + " is no pair; expected the least and the greatest, such as `[1 s, 3 s]`");
  }
  const FigureRange range{read_quantity(node.items[0], "`range` of " + label, key.dimension, bounds),
                          read_quantity(node.items[1], "`range` of " + label, key.dimension, bounds)};
  if (range.low > value || value > range.high) {
    fail(node.place, "`range` of " + label + " does not hold its value; expected least <= value <= greatest");
  }
  return range;
}

}  // namespace

Figure read_figure(const YamlNode& node, const std::string& label, const FigureKey& key) {
  const Fields fields(node, label, {"value", "status", "source", "range"});
  const Bounds bounds = key.may_be_zero ? Bounds{.minimum = 0.0} : kPositive;
  Figure figure;
  figure.value = read_quantity(fields.at("value", expected(key.dimension)), label, key.dimension, bounds);
  figure.status = read_status(fields);
  figure.source = fields.text("source", "where the number comes from");
  if (const YamlNode* range = fields.find("range")) {
    figure.range = read_range(*range, label, key, bounds, figure.value);
  } else if (figure.status == Status::assumed) {
    fail(fields.find("status")->place, label +
                                           " is assumed and has no `range`; expected `range: [least, greatest]`, "
                                           "between which it may well lie");
  }
  return figure;
}

void EntryReader::names(const std::string& name, std::string& entry_name, std::string& title) const {
  if (fields_.has("name") && fields_.text("name", "its name") != name) {
    fail(fields_.find("name")->place, "`name` is not `" + name + "`; expected the name under which the entry stands");
  }
  entry_name = name;
  if (wants("title")) {
    title = fields_.text("title", "what people call it");
  }
}

void EntryReader::figure(const FigureKey& key, Figure& figure) const {
  if (wants(key.key)) {
    figure = read_figure(fields_.at(key.key, "a map with its value, status and source"), label(key.key), key);
  }
}

}  // namespace idlewatt
