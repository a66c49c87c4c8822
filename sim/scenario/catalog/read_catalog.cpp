#include "scenario/catalog/read_catalog.hpp"

#include <algorithm>
#include <filesystem>

#include "scenario/catalog/catalogue_keys.hpp"
#include "scenario/catalog/read_accelerator.hpp"
#include "scenario/catalog/read_engine_rules.hpp"
#include "scenario/catalog/read_entry.hpp"
#include "scenario/catalog/read_model.hpp"
#include "scenario/keys/key_check.hpp"

namespace idlewatt {
namespace {

const std::vector<std::string> kKinds{"accelerators", "servers", "models", "engines"};

void read_server(const std::string& name, const YamlNode& node, Catalog& catalog) {
  auto [server, complete] = starting_point(catalog.servers, name, "server", node);
  const auto known = known_keys({"name", "title", "like", "accelerator", "accelerators", kPriceKey.key, "rent_offer"},
                                [&](auto&& visit) { each_server_figure(server, visit); });
  const EntryReader reader(node, "server `" + name + "`", known, complete);
  reader.names(name, server.name, server.title);
  if (reader.wants("accelerator")) {
    server.accelerator = reader.fields().name("accelerator", "accelerator", keys_of(catalog.accelerators));
  }
  if (reader.wants("accelerators")) {
    server.accelerators = reader.fields().count("accelerators", 1, 1024);
  }
  each_server_figure(server, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  if (const YamlNode* offer = reader.fields().find("rent_offer")) {
    const Fields fields(*offer, reader.label("rent_offer"), {"provider", "region", "date"});
    server.rent_offer = {.provider = fields.text("provider", "whose price the rent is, such as `AWS`"),
                         .region = fields.has("region") ? fields.text("region", "a region") : "",
                         .date = fields.has("date") ? fields.text("date", "a date such as `2026-02`") : ""};
  } else if (reader.fields().has("rent")) {
    server.rent_offer = {};  // a rent of one's own is not the price list's
  }
  if (const YamlNode* price = reader.fields().find(kPriceKey.key)) {
    server.price_usd = read_figure(*price, reader.label(kPriceKey.key), kPriceKey);
  }
  catalog.servers[name] = server;
}

/// What `on_accelerator:` says of one accelerator; what it does not name stays as it was.
void read_on_accelerator(const YamlNode& node, const std::string& label, std::vector<FigureOnAccelerator>& figures) {
  Engine read;
  std::vector<std::string> known;
  for (const KernelFigure& kernel : kKernelFigures) {
    known.emplace_back(kernel.key);
  }
  const Fields fields(node, label, known);
  each_engine_figure(read, [&](const FigureKey& key, Figure& figure) {
    const YamlNode* given = fields.find(key.key);
    const auto kernel = std::find_if(kKernelFigures.begin(), kKernelFigures.end(),
                                     [&](const KernelFigure& k) { return &(read.*k.which) == &figure; });
    if (given == nullptr || kernel == kKernelFigures.end()) {
      return;
    }
    figure = read_figure(*given, "`" + std::string(key.key) + "` in " + label, key);
    std::erase_if(figures, [&](const FigureOnAccelerator& before) { return before.which == kernel->which; });
    figures.push_back({kernel->which, figure});
  });
}

void read_engine(const std::string& name, const YamlNode& node, Catalog& catalog) {
  auto [engine, complete] = starting_point(catalog.engines, name, "engine", node);
  const auto known = known_keys({"name", "title", "like", "on_accelerator", "rules"}, [&](auto&& visit) {
    each_engine_figure(engine, visit);
    each_optional_engine_figure(engine, visit);
  });
  const EntryReader reader(node, "engine `" + name + "`", known, complete);
  reader.names(name, engine.name, engine.title);
  each_engine_figure(engine, [&](const FigureKey& key, Figure& figure) { reader.figure(key, figure); });
  each_optional_engine_figure(engine, [&](const FigureKey& key, Figure& figure) {
    if (const YamlNode* given = reader.fields().find(key.key)) {
      figure = read_figure(*given, reader.label(key.key), key);
    }
  });
  if (engine.steps_in_flight.value != 1.0 && engine.steps_in_flight.value != 2.0) {
    fail(reader.fields().find("steps_in_flight")->place, reader.label("steps_in_flight") + " is " +
                                                             number_text(engine.steps_in_flight.value) +
                                                             "; expected 1 (synchronous) or 2 (asynchronous)");
  }
  if (const YamlNode* on = reader.fields().find("on_accelerator")) {
    const Fields accelerators(*on, reader.label("on_accelerator"), keys_of(catalog.accelerators));
    for (const YamlEntry& entry : on->entries) {
      read_on_accelerator(entry.value, "`" + entry.key + "` in " + reader.label("on_accelerator"),
                          engine.on[entry.key]);
    }
  }
  if (const YamlNode* rules = reader.fields().find("rules")) {
    engine.rules = read_engine_rules(*rules, reader.label("rules"), catalog);
  }
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

namespace {

void read_file(const std::string& kind, const YamlNode& root, Catalog& catalog) {
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

}  // namespace

Catalog read_platforms(const std::string& platforms_dir) {
  Catalog catalog;
  for (const std::string& kind : kKinds) {
    std::vector<YamlNode> waiting;
    for (const std::string& file : yaml_files(platforms_dir + "/" + kind)) {
      waiting.push_back(parse_yaml(read_text_file(file), file));
    }
    while (!waiting.empty()) {
      // An entry comes after the one that it is `like`; where none can come, the first says what it lacks.
      const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const YamlNode& root) {
        const YamlNode* like = root.find("like");
        return like == nullptr || has_entry(catalog, kind, like->scalar);
      });
      const auto next = ready == waiting.end() ? waiting.begin() : ready;
      read_file(kind, *next, catalog);
      waiting.erase(next);
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

YamlNode read_catalogue_file(const std::string& path) {
  YamlNode file = parse_yaml(read_text_file(path), path);
  if (file.find("model_type") == nullptr && file.find("architectures") == nullptr) {
    return file;
  }
  const std::filesystem::path config(path);
  const std::string name = config.filename() == "config.json"
                               ? std::filesystem::absolute(config).parent_path().filename().string()
                               : config.stem().string();
  const auto scalar = [&](const std::string& text) {
    return YamlNode{.kind = YamlNode::Kind::scalar, .place = file.place, .scalar = text};
  };
  const auto map = [&](const std::string& key, YamlNode value) {
    return YamlNode{.kind = YamlNode::Kind::map, .place = file.place, .entries = {{key, file.place, std::move(value)}}};
  };
  return map("models", map(name, map("huggingface", scalar(config.filename().string()))));
}

void add_to_catalog(Catalog& catalog, const YamlNode& file) {
  Problems problems;
  KeyCheck(problems, nullptr).map(file, "the catalogue file", catalogue_keys());
  problems.throw_any();
  for (const std::string& kind : kKinds) {
    const YamlNode* entries = file.find(kind);
    if (entries == nullptr || entries->is_null()) {
      continue;
    }
    for (const YamlEntry& entry : entries->entries) {
      read_entry(kind, entry.key, entry.value, catalog);
    }
  }
}

}  // namespace idlewatt
