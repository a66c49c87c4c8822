#include "scenario/catalog/read_accelerator.hpp"

#include "scenario/catalog/read_entry.hpp"

namespace idlewatt {
namespace {

void read_arithmetics(const YamlNode& node, const std::string& label, const FigureKey& key,
                      std::array<std::optional<Figure>, kArithmeticCount>& figures) {
  std::vector<std::string> names;
  for (const Arithmetic arithmetic : kArithmetics) {
    names.emplace_back(to_string(arithmetic));
  }
  const Fields fields(node, label, names);
  for (const Arithmetic arithmetic : kArithmetics) {
    if (const YamlNode* figure = fields.find(to_string(arithmetic))) {
      figures[static_cast<std::size_t>(arithmetic)] =
          read_figure(*figure, "`" + std::string(to_string(arithmetic)) + "` in " + label, key);
    }
  }
}

void check_accelerator(const Accelerator& a, const Fields& fields) {
  for (const Arithmetic arithmetic : kArithmetics) {
    if (a.peak(arithmetic).has_value() != a.flop_energy(arithmetic).has_value()) {
      fail(fields.place(), fields.what() + " has only one of `peak` and `joules_per_flop` at " + to_string(arithmetic) +
                               "; expected both or none");
    }
  }
  if (!a.peak(Arithmetic::fp16) && !a.peak(Arithmetic::bf16)) {
    fail(fields.place(), fields.what() +
                             " has no `peak` at fp16 or bf16; expected one, with its `joules_per_flop`: attention is "
                             "computed in 16 bits whatever the precision of the weights");
  }
  if (a.idle_empty_w.value > a.idle_loaded_w.value || a.idle_loaded_w.value > a.board_limit_w.value) {
    fail(fields.place(), fields.what() + " draws " + number_text(a.idle_empty_w.value) + " W empty, " +
                             number_text(a.idle_loaded_w.value) + " W loaded and at most " +
                             number_text(a.board_limit_w.value) + " W; expected these in ascending order");
  }
  if (a.deep_parked_w.value > a.parked_w.value || a.parked_w.value > a.busy_static_w.value) {
    fail(fields.place(), fields.what() + " draws " + number_text(a.deep_parked_w.value) + " W deep parked, " +
                             number_text(a.parked_w.value) + " W parked and " + number_text(a.busy_static_w.value) +
                             " W when busy with nothing; expected these in ascending order");
  }
  if (a.clock_min_hz.value > a.clock_max_hz.value) {
    fail(fields.place(), fields.what() + " has a `clock_min` above its `clock_max`; expected it at most as high");
  }
}

}  // namespace

void read_accelerator(const std::string& name, const YamlNode& node, Catalog& catalog) {
  auto [accelerator, complete] = starting_point(catalog.accelerators, name, "accelerator", node);
  const auto known = known_keys({"name", "title", "like", "peak", "joules_per_flop"}, [&](auto&& visit) {
    each_accelerator_figure(accelerator, visit);
    each_link_group_figure(accelerator, visit);
  });
  const EntryReader reader(node, "accelerator `" + name + "`", known, complete);
  reader.names(name, accelerator.name, accelerator.title);
  if (accelerator.kin.empty()) {
    accelerator.kin = name;
  }
  each_accelerator_figure(accelerator, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  each_arithmetic_figure(accelerator, [&](const FigureKey& key, auto& figures) {
    if (reader.wants(key.key)) {
      read_arithmetics(reader.fields().at(key.key, "a map by arithmetic"), reader.label(key.key), key, figures);
    }
  });
  each_link_group_figure(accelerator, [&](const FigureKey& key, std::optional<Figure>& figure) {
    if (const YamlNode* given = reader.fields().find(key.key)) {
      figure = read_figure(*given, reader.label(key.key), key);
    }
  });
  check_accelerator(accelerator, reader.fields());
  catalog.accelerators[name] = accelerator;
}

}  // namespace idlewatt
