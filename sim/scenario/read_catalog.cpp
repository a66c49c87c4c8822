#include "scenario/read_catalog.hpp"

#include <algorithm>
#include <filesystem>

#include "scenario/fields.hpp"
#include "scenario/figures.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMaxCount = 10'000'000;

const std::vector<std::string> kStatuses{"measured", "published", "derived", "assumed"};
const std::vector<std::string> kKinds{"accelerators", "servers", "models", "engines"};

Status read_status(const Fields& fields) {
  const std::string word = fields.name("status", "status", kStatuses);
  for (const Status status : {Status::measured, Status::published, Status::derived}) {
    if (word == to_string(status)) {
      return status;
    }
  }
  return Status::assumed;
}

Figure read_figure(const YamlNode& node, const std::string& label, const FigureKey& key) {
  const Fields fields(node, label, {"value", "status", "source"});
  const YamlNode& value = fields.at("value", expected(key.dimension));
  Figure figure;
  figure.value = read_quantity(value, label, key.dimension, key.may_be_zero ? Bounds{.minimum = 0.0} : kPositive);
  figure.status = read_status(fields);
  figure.source = fields.text("source", "where the number comes from");
  return figure;
}

/// Reads one entry of any kind: `Each` lists its figures. What is not given stays as it is in an entry that exists.
class EntryReader {
 public:
  EntryReader(const YamlNode& node, std::string what, std::vector<std::string> known, bool exists)
      : fields_(node, std::move(what), std::move(known)), exists_(exists) {}

  const Fields& fields() const { return fields_; }
  bool wants(const char* key) const { return fields_.has(key) || !exists_; }

  void names(const std::string& name, std::string& entry_name, std::string& title) const {
    if (fields_.has("name") && fields_.text("name", "its name") != name) {
      fail(fields_.find("name")->place, "`name` is not `" + name + "`; expected the name under which the entry stands");
    }
    entry_name = name;
    if (wants("title")) {
      title = fields_.text("title", "what people call it");
    }
  }

  void figure(const FigureKey& key, Figure& figure) const {
    if (wants(key.key)) {
      figure = read_figure(fields_.at(key.key, "a map with its value, status and source"), label(key.key), key);
    }
  }

  std::string label(const std::string& key) const { return "`" + key + "` of " + fields_.what(); }

 private:
  Fields fields_;
  bool exists_;
};

template <class Each>
std::vector<std::string> known_keys(std::vector<std::string> keys, Each&& each) {
  each([&](const FigureKey& key, const auto&) { keys.emplace_back(key.key); });
  return keys;
}

void read_precisions(const YamlNode& node, const std::string& label, const FigureKey& key,
                     std::array<std::optional<Figure>, kPrecisionCount>& figures) {
  std::vector<std::string> names;
  for (const Precision precision : kPrecisions) {
    names.emplace_back(to_string(precision));
  }
  const Fields fields(node, label, names);
  for (const Precision precision : kPrecisions) {
    if (const YamlNode* figure = fields.find(to_string(precision))) {
      figures[static_cast<std::size_t>(precision)] =
          read_figure(*figure, "`" + std::string(to_string(precision)) + "` in " + label, key);
    }
  }
}

void check_accelerator(const Accelerator& a, const Fields& fields) {
  for (const Precision precision : kPrecisions) {
    if (a.peak(precision).has_value() != a.flop_energy(precision).has_value()) {
      fail(fields.place(), fields.what() + " has only one of `peak` and `joules_per_flop` at " + to_string(precision) +
                               "; expected both or none");
    }
  }
  if (!a.peak(Precision::fp16)) {
    fail(fields.place(), fields.what() +
                             " has no `peak` at fp16; expected one, with its `joules_per_flop`: attention is computed "
                             "in fp16 whatever the precision of the weights");
  }
  if (a.idle_empty_w.value > a.idle_loaded_w.value || a.idle_loaded_w.value > a.board_limit_w.value) {
    fail(fields.place(), fields.what() + " draws " + number_text(a.idle_empty_w.value) + " W empty, " +
                             number_text(a.idle_loaded_w.value) + " W loaded and at most " +
                             number_text(a.board_limit_w.value) + " W; expected these in ascending order");
  }
}

void read_accelerator(const std::string& name, const YamlNode& node, Catalog& catalog) {
  Accelerator accelerator;
  const auto found = catalog.accelerators.find(name);
  if (found != catalog.accelerators.end()) {
    accelerator = found->second;
  }
  const auto known = known_keys({"name", "title", "peak", "joules_per_flop"},
                                [&](auto&& visit) { each_accelerator_figure(accelerator, visit); });
  const EntryReader reader(node, "accelerator `" + name + "`", known, found != catalog.accelerators.end());
  reader.names(name, accelerator.name, accelerator.title);
  each_accelerator_figure(accelerator, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  each_precision_figure(accelerator, [&](const FigureKey& key, auto& figures) {
    if (reader.wants(key.key)) {
      read_precisions(reader.fields().at(key.key, "a map by precision"), reader.label(key.key), key, figures);
    }
  });
  check_accelerator(accelerator, reader.fields());
  catalog.accelerators[name] = accelerator;
}

void read_server(const std::string& name, const YamlNode& node, Catalog& catalog) {
  Server server;
  const auto found = catalog.servers.find(name);
  if (found != catalog.servers.end()) {
    server = found->second;
  }
  const auto known = known_keys({"name", "title", "accelerator", "accelerators"},
                                [&](auto&& visit) { each_server_figure(server, visit); });
  const EntryReader reader(node, "server `" + name + "`", known, found != catalog.servers.end());
  reader.names(name, server.name, server.title);
  if (reader.wants("accelerator")) {
    server.accelerator = reader.fields().name("accelerator", "accelerator", keys_of(catalog.accelerators));
  }
  if (reader.wants("accelerators")) {
    server.accelerators = reader.fields().count("accelerators", 1, 1024);
  }
  each_server_figure(server, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  catalog.servers[name] = server;
}

void read_model(const std::string& name, const YamlNode& node, Catalog& catalog) {
  Model model;
  const auto found = catalog.models.find(name);
  if (found != catalog.models.end()) {
    model = found->second;
  }
  auto known =
      known_keys({"name", "title", "source", "status"}, [&](auto&& visit) { each_model_figure(model, visit); });
  each_model_count(model, [&](const char* key, int) { known.emplace_back(key); });
  const EntryReader reader(node, "model `" + name + "`", known, found != catalog.models.end());
  const Fields& fields = reader.fields();
  reader.names(name, model.name, model.title);
  each_model_figure(model, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  each_model_count(model, [&](const char* key, int& number) {
    if (reader.wants(key)) {
      number = fields.count(key, 1, kMaxCount);
    }
  });
  if (reader.wants("source")) {
    model.source = fields.text("source", "where the model's shape comes from");
  }
  if (reader.wants("status")) {
    model.status = read_status(fields);
  }
  if (model.active_parameters.value > model.parameters.value) {
    fail(fields.place(), fields.what() +
                             " uses more parameters than it has; expected `active_parameters` at most "
                             "`parameters`");
  }
  if (model.heads % model.kv_heads != 0) {
    fail(fields.place(), fields.what() + " has " + std::to_string(model.heads) + " heads on " +
                             std::to_string(model.kv_heads) + " KV heads; expected a multiple");
  }
  catalog.models[name] = model;
}

void read_engine(const std::string& name, const YamlNode& node, Catalog& catalog) {
  Engine engine;
  const auto found = catalog.engines.find(name);
  if (found != catalog.engines.end()) {
    engine = found->second;
  }
  const auto known = known_keys({"name", "title"}, [&](auto&& visit) { each_engine_figure(engine, visit); });
  const EntryReader reader(node, "engine `" + name + "`", known, found != catalog.engines.end());
  reader.names(name, engine.name, engine.title);
  each_engine_figure(engine, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  catalog.engines[name] = engine;
}

void read_entry(const std::string& kind, const std::string& name, const YamlNode& node, Catalog& catalog) {
  if (kind == "accelerators") {
    read_accelerator(name, node, catalog);
  } else if (kind == "servers") {
    read_server(name, node, catalog);
  } else if (kind == "models") {
    read_model(name, node, catalog);
  } else {
    read_engine(name, node, catalog);
  }
}

bool has_entry(const Catalog& catalog, const std::string& kind, const std::string& name) {
  return (kind == "accelerators" && catalog.accelerators.contains(name)) ||
         (kind == "servers" && catalog.servers.contains(name)) || (kind == "models" && catalog.models.contains(name)) ||
         (kind == "engines" && catalog.engines.contains(name));
}

// In alphabetical order: a folder lists its files in any order.
std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") {
      files.push_back(entry.path().string());
    }
  }
  if (error) {
    throw InputError(folder + ": cannot be listed (" + error.message() + "); expected a folder of the catalogue");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Catalog read_platforms(const std::string& platforms_dir) {
  Catalog catalog;
  for (const std::string& kind : kKinds) {
    for (const std::string& file : yaml_files(platforms_dir + "/" + kind)) {
      const YamlNode root = parse_yaml(read_text_file(file), file);
      const YamlNode* name = root.find("name");
      if (name == nullptr) {
        fail(root.place, "key `name` is missing; expected the name of the entry");
      }
      const std::string word = read_text(*name, "`name`", "the name of the entry");
      if (has_entry(catalog, kind, word)) {
        fail(name->place, "`" + word + "` is described in another file too; expected each name once");
      }
      read_entry(kind, word, root, catalog);
    }
  }
  return catalog;
}

std::vector<std::string> platform_files(const std::string& platforms_dir) {
  std::vector<std::string> files;
  for (const std::string& kind : kKinds) {
    const std::vector<std::string> more = yaml_files(platforms_dir + "/" + kind);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

void add_to_catalog(Catalog& catalog, const YamlNode& file) {
  const Fields kinds(file, "the catalogue file", kKinds);
  for (const std::string& kind : kKinds) {
    const YamlNode* entries = kinds.find(kind);
    if (entries == nullptr || entries->is_null()) {
      continue;
    }
    if (!entries->is_map()) {
      fail(entries->place, "`" + kind + "` is no map; expected entries by name");
    }
    for (const YamlEntry& entry : entries->entries) {
      read_entry(kind, entry.key, entry.value, catalog);
    }
  }
}

}  // namespace idlewatt
