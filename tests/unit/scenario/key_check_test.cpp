// The tables of keys against the readers: every key is described, read, and refused when its value is of the wrong form
// or out of bounds; and all that is wrong with a file is found at once.
#include "scenario/keys/key_check.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "scenario/catalog/catalogue_keys.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/claim/read_claim.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/site/read_faults.hpp"
#include "scenario/sweep/read_sweep.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "scenario/yaml/section.hpp"
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

/// Where the tests write a wrong value: on no line of any file.
constexpr int kWrongLine = 424242;

void move_to_wrong_line(YamlNode& node) {
  node.place.line = kWrongLine;
  for (YamlNode& item : node.items) {
    move_to_wrong_line(item);
  }
}

bool holds_wrong_value(const YamlNode& node) {
  return node.place.line == kWrongLine || std::any_of(node.items.begin(), node.items.end(), holds_wrong_value) ||
         std::any_of(node.entries.begin(), node.entries.end(),
                     [](const auto& e) { return holds_wrong_value(e.value); });
}

YamlNode wrong_value(const std::string& text) {
  YamlNode node = parse_yaml(text, "test");
  move_to_wrong_line(node);
  return node;
}

void put(YamlNode& map, const std::string& key, YamlNode value) {
  if (YamlNode* there = map.find(key)) {
    *there = std::move(value);
    return;
  }
  Place place = value.place;
  map.kind = YamlNode::Kind::map;
  map.entries.push_back({key, place, std::move(value)});
}

/// The map that a table's example shows: the examples of chapters show it below its key, or in a list.
YamlNode example_of(const KeyTable& table) {
  YamlNode node = parse_yaml(table.example(), "example");
  while (true) {
    if (node.is_sequence()) {
      node = YamlNode(node.items.front());
    } else if (table.title() == "Figures") {  // one table for each dimension, with the example of one of them
      const Form& value = table.at("value").form;
      node.find("value")->scalar = quantity_text(1.0, value.dimension);
      return node;
    } else if (node.is_map() && node.entries.size() == 1 && table.find(node.entries.front().key) == nullptr) {
      node = YamlNode(node.entries.front().value);
    } else {
      return node;
    }
  }
}

/// Puts a map of a table where it belongs in the tree that a reader gets.
using Whole = std::function<YamlNode(YamlNode)>;

/// Visits every key of a table and of the tables below: with the key, and where a map with it belongs.
class Walk {
 public:
  using Visit = std::function<void(const KeyTable&, const Key&, const Whole&)>;
  explicit Walk(Visit visit) : visit_(std::move(visit)) {}

  void table(const KeyTable& table, const Whole& place) {
    if (!seen_.insert(&table).second) {
      return;
    }
    for (const Key& key : table.keys()) {
      visit_(table, key, place);
      form(key.form, [&](YamlNode value) {
        YamlNode map = example_of(table);
        put(map, key.name, std::move(value));
        return place(std::move(map));
      });
    }
  }

 private:
  void form(const Form& form, const Whole& place) {
    if (form.kind == Form::Kind::map) {
      table(form.table(), place);
    } else if (form.kind == Form::Kind::list) {
      this->form(form.parts.front(), [&](YamlNode item) {
        YamlNode list{.kind = YamlNode::Kind::sequence, .place = {.origin = "test"}};
        list.items.assign(std::max<std::size_t>(form.least, 1), item);
        return place(std::move(list));
      });
    } else if (form.kind == Form::Kind::by_name) {
      this->form(form.parts.front(), [&](YamlNode value) {
        YamlNode names{.kind = YamlNode::Kind::map, .place = {.origin = "test"}};
        put(names, form.names_of == "accelerator" ? "l4" : form.names_of == "axis" ? "seed" : "chat", std::move(value));
        return place(std::move(names));
      });
    } else {
      for (const Form& part : form.parts) {
        this->form(part, place);
      }
    }
  }

  Visit visit_;
  std::set<const KeyTable*> seen_;
};

/// Values that are out of the bounds of a quantity.
std::vector<std::string> out_of_bounds(const Form& form) {
  std::vector<std::string> values;
  if (form.bounds.above_zero || form.bounds.minimum > 0.0) {
    values.push_back(quantity_text(form.bounds.above_zero ? 0.0 : form.bounds.minimum / 2.0, form.dimension));
  }
  if (std::isfinite(form.bounds.maximum)) {
    const double more =
        form.dimension == Dimension::count ? form.bounds.maximum + 1.0 : form.bounds.maximum * 2.0 + 1.0;
    values.push_back(quantity_text(more, form.dimension));
  }
  return values;
}

/// Whether a reader says that something is wrong at the wrong value.
bool refuses(const std::function<void(const YamlNode&)>& read, const YamlNode& root) {
  try {
    read(root);
  } catch (const InputError& error) {
    const std::vector<Problem> problems = problems_of(error);
    return std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.place.line == kWrongLine; });
  }
  return false;
}

/// Gives each key of a table and of those below a value of the wrong form, and values out of its bounds.
int check_refused(const KeyTable& table, const Whole& place, const std::function<void(const YamlNode&)>& read) {
  int keys = 0;
  Walk([&](const KeyTable& of, const Key& key, const Whole& whole) {
    ++keys;
    INFO("key " << key.name << " of " << of.title());
    const auto with_value = [&](const std::string& text) {
      YamlNode map = example_of(of);
      put(map, key.name, wrong_value(text));
      return whole(std::move(map));
    };
    const bool any_list = key.form.kind == Form::Kind::list && key.form.parts.front().kind == Form::Kind::open;
    if (key.form.kind != Form::Kind::open) {
      CHECK(refuses(read, with_value(any_list ? "wrong" : "[[wrong], [wrong]]")));
    }
    const Form* quantity = key.form.find(Form::Kind::quantity);
    for (const std::string& value : quantity == nullptr ? std::vector<std::string>() : out_of_bounds(*quantity)) {
      INFO("value " << value);
      CHECK(refuses(read, with_value(value)));
    }
  }).table(table, place);
  return keys;
}

Whole as_it_is() {
  return [](YamlNode node) { return node; };
}

ScenarioFiles files_beside(const Folder& folder) {
  folder.write("chat.yaml", kWorkload);
  return {folder.path(), source_dir() + "/platforms"};
}

const std::vector<const KeyTable*>& roots() {
  static const std::vector<const KeyTable*> tables{&scenario_keys(), &workload_keys(), &sweep_keys(),
                                                   &claim_list_keys(), &catalogue_keys()};
  return tables;
}

TEST_CASE("Every key of every table is described, and says what holds without it") {
  int keys = 0;
  std::map<std::string, std::string> titles;
  Walk walk([&](const KeyTable& table, const Key& key, const Whole&) {
    ++keys;
    INFO("key " << key.name << " of " << table.title());
    CHECK(key.name.size() > 0);
    CHECK(key.help.size() > 2);
    CHECK(table.help().size() > 5);
    CHECK(table.example().size() > 2);
    CHECK(key.must == (key.otherwise.empty() && key.without.empty()));
    CHECK_FALSE(expected_of(key.form).empty());
    // Two tables of one title would share a heading of the reference.
    const auto [there, fresh] = titles.emplace(table.title(), table.example());
    CHECK((fresh || there->second == table.example()));
    if (!key.otherwise.empty()) {
      YamlNode node{.kind = YamlNode::Kind::scalar, .place = {.origin = "default"}, .scalar = key.otherwise};
      CHECK_NOTHROW(
          check_scalar(node, key.form.kind == Form::Kind::either ? part_meant(key.form, node) : key.form, "it"));
    }
  });
  for (const KeyTable* table : roots()) {
    walk.table(*table, as_it_is());
  }
  CHECK(keys > 350);
}

TEST_CASE("Every key of a scenario is read: a wrong value is refused at its place, and so is one out of bounds") {
  const Folder folder;
  ScenarioFiles files = files_beside(folder);
  const YamlNode good = parse_yaml(kScenario, "s.yaml");
  CHECK_NOTHROW(read_scenario(good, files));
  const auto read = [&](const YamlNode& root) { read_scenario(root, files); };
  // What the source takes out of the tree before it is read.
  const KeyTable table = scenario_keys().only([] {
    std::vector<std::string> names = scenario_keys().names();
    std::erase_if(names,
                  [](const std::string& name) { return name == "variants" || name == "search" || name == "claim"; });
    return names;
  }());
  const auto in_scenario = [&](const YamlNode& map) {
    YamlNode root = good;
    for (const YamlEntry& entry : map.entries) {
      if (holds_wrong_value(entry.value)) {
        put(root, entry.key, entry.value);
      }
    }
    return root;
  };
  CHECK(check_refused(table, in_scenario, read) > 150);
}

TEST_CASE("Every key of a workload is read: a wrong value is refused at its place, and so is one out of bounds") {
  CHECK(check_refused(workload_keys(), as_it_is(), [](const YamlNode& root) { read_workload(root); }) > 60);
}

TEST_CASE(
    "Every key of a catalogue entry is read: a wrong value is refused at its place, and so is one out of bounds") {
  // As entries of platforms/ are read: without the check of whole files.
  const Catalog shipped = read_platforms(source_dir() + "/platforms");
  struct Kind {
    const char* name;
    const KeyTable& table;
    const char* like;
    int keys;  // at least
  };
  for (const Kind& kind :
       {Kind{"accelerators", accelerator_keys(), "l4", 40}, Kind{"servers", server_keys(), "l4-8", 20},
        Kind{"models", model_keys(), "llama-3-8b", 50}, Kind{"engines", engine_keys(), "vllm-2025", 40}}) {
    const auto like_another = [&](const YamlNode& map) {
      YamlNode entry = parse_yaml(std::string("{like: ") + kind.like + "}", "entry.yaml");
      for (const YamlEntry& given : map.entries) {
        if (holds_wrong_value(given.value)) {
          put(entry, given.key, given.value);
        }
      }
      return entry;
    };
    const auto read = [&](const YamlNode& entry) {
      Catalog catalog = shipped;
      read_catalogue_entry(kind.name, "mine", entry, catalog);
    };
    INFO(kind.name);
    CHECK_NOTHROW(read(parse_yaml(std::string("{like: ") + kind.like + "}", "entry.yaml")));
    CHECK(check_refused(kind.table, like_another, read) > kind.keys);
  }
}

TEST_CASE("Every key of claims and catalogue files is checked") {
  const auto by = [](const KeyTable& table) {
    return [&table](const YamlNode& root) {
      Problems problems;
      KeyCheck(problems, nullptr).map(root, "it", table);
      problems.throw_any();
    };
  };
  CHECK(check_refused(claim_keys(), as_it_is(), by(claim_keys())) > 25);
  CHECK(check_refused(claim_list_keys(), as_it_is(), by(claim_list_keys())) == 3);
  CHECK(check_refused(catalogue_keys(), as_it_is(), by(catalogue_keys())) > 100);
}

TEST_CASE("Every key of a grid is read: a wrong value is refused at its place, and so is one out of bounds") {
  const std::string path = source_dir() + "/scenarios/grids/example.yaml";
  const LoadOptions options{.platforms_dir = source_dir() + "/platforms"};
  const auto read = [&](const YamlNode& root) { read_sweep(root, path, options); };
  CHECK_NOTHROW(read(example_of(sweep_keys())));
  CHECK(check_refused(sweep_keys(), as_it_is(), read) >= 6);
  // What is open in the tables belongs to the scenario's own keys, and its form is the reader's to check.
  for (const char* key : {"set", "axes"}) {
    YamlNode grid = example_of(sweep_keys());
    put(grid, key, wrong_value("wrong"));
    INFO(key);
    CHECK(refuses(read, grid));
  }
}

TEST_CASE("The examples of the tables are right") {
  Walk walk([&](const KeyTable& table, const Key&, const Whole&) {
    INFO(table.title());
    Problems problems;
    KeyCheck(problems, nullptr).map(example_of(table), "the example", table);
    CHECK_NOTHROW(problems.throw_any());
  });
  for (const KeyTable* table : roots()) {
    walk.table(*table, as_it_is());
  }
}

const KeyTable& slo_like_keys() {
  static const KeyTable table{"Limits",
                              "Limits of latency.",
                              "{ttft: 1 s}",
                              {{.name = "ttft",
                                .form = quantity_form(Dimension::time, kPositive),
                                .without = "no limit",
                                .help = "time to the first token"}}};
  return table;
}

TEST_CASE("A field that is added to a copy of a table is read and checked") {
  const KeyTable table = slo_like_keys().with({{.name = "end",
                                                .form = quantity_form(Dimension::time, {.maximum = 10.0}),
                                                .otherwise = "5 s",
                                                .help = "in all"}});
  const YamlNode node = parse_yaml("{ttft: 1 s, end: 2 s}", "t");
  CHECK(Section(node, "it", table).quantity("end") == 2.0);
  const YamlNode without = parse_yaml("{ttft: 1 s}", "t");
  CHECK(Section(without, "it", table).quantity("end") == 5.0);
  Problems problems;
  KeyCheck(problems, nullptr).map(parse_yaml("{end: 11 s}", "t"), "it", table);
  CHECK(problems.all().size() == 1);
  CHECK_THROWS_AS(Section(node, "it", slo_like_keys()), InputError);
  CHECK_THROWS_WITH(Section(without, "it", table).quantity("start"), Catch::Contains("has no key `start`"));
  CHECK_THROWS_WITH(Section(without, "it", table).word("end"), Catch::Contains("another form"));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

TEST_CASE("Ten wrong keys give ten lines, in the order of the file") {
  const std::string text =
      "titel: A test\n"
      "sede: 1\n"
      "traffic:\n"
      "  - {source: chat.yaml, modl: llama-3-8b, slo: {tftt: 1 s}}\n"
      "site: {pue: 1.5, electricity: 0.10 USD/kWh, carbon: 400 g/kWh, demand: 1 USD/kW}\n"
      "racks:\n"
      "  - {servers: 1 x hgx-a100-80, uplnk: 100 Gbps}\n"
      "pools:\n"
      "  chat:\n"
      "    model: llama-3-8b\n"
      "    precison: bf16\n"
      "    servers: hgx-a100-80\n"
      "    replicas: {start: 2, mni: 1, max: 8}\n"
      "    batching: {policy: continuous, max_sequence: 64}\n"
      "faults: {crash: {mtbf: 1 d, mttr: 1 h}}\n";
  const std::vector<std::string> lines = lines_of(error_of(text));
  CHECK(lines.size() == 10);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    INFO(lines[i]);
    CHECK(lines[i].find("unknown key") != std::string::npos);
  }
  CHECK(lines.front().starts_with("s.yaml:1:1: unknown key `titel`"));
  CHECK(lines.back().starts_with("s.yaml:15:10: unknown key `crash` in `faults`"));
}

TEST_CASE("Wrong values in several sections, and in the files that they name, are all reported") {
  std::string text = with(kScenario, "pue: 1.5", "pue: 0.5");
  text = with(text, "uplink: 100 Gbps", "uplink: 100");
  text = with(text, "ttft: 1 s", "ttft: 1");
  text = with(text, "    precision: bf16", "    tensor_parallel: 3\n    precision: bf16");
  text = with(text, "max_sequences: 64", "max_sequences: 100000");
  const std::vector<std::string> lines = lines_of(error_of(text, {}, with(kWorkload, "20 /s", "20")));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("s.yaml:3:56: `ttft`"));
  CHECK(lines[1].starts_with("s.yaml:4:13: `pue`"));
  CHECK(lines[2].starts_with("s.yaml:6:40: `uplink`"));
  CHECK(lines[3].starts_with("s.yaml:14:51: `max_sequences`"));
  // What an entry names is read once the entry itself is right.
  const std::vector<std::string> deeper =
      lines_of(error_of(with(with(kScenario, "    precision: bf16", "    tensor_parallel: 3\n    precision: bf16"),
                             "pue: 1.5", "pue: 0.5"),
                        {}, with(with(kWorkload, "20 /s", "20"), "decay: 2 min", "decay: 0 s")));
  REQUIRE(deeper.size() == 4);
  CHECK(deeper[0].starts_with("s.yaml:4:13: `pue`"));
  CHECK(deeper[1].starts_with("s.yaml:10:22: `tensor_parallel` is 3"));
  CHECK(deeper[2].starts_with("chat.yaml:3:12: `mean_rate`"));
  CHECK(deeper[3].starts_with("chat.yaml:4:46: `decay`"));
}

TEST_CASE("A consequence of a mistake is no mistake of its own") {
  // No pool can be read, so none serves the model of the traffic; no rack, so none holds the pool's servers.
  CHECK(lines_of(error_with("    precision: bf16", "    precision: bf61")).size() == 1);
  CHECK(lines_of(error_with("1 x hgx-a100-80", "1 x hgx-a100-8")).size() == 1);
  CHECK(lines_of(error_with("pools:", "poools:")).size() == 1);
  CHECK(lines_of(error_with("source: chat.yaml", "source: chatt.yaml")).size() == 1);
  // Without its additions the catalogue lacks the model.
  CHECK(lines_of(error_of(std::string(with(kScenario, "model: llama-3-8b\n", "model: mine\n")) +
                          "catalgo: {models: {mine: {like: llama-3-8b}}}\n"))
            .size() == 1);
}

TEST_CASE("Variants report their own mistakes, and those of the common part once") {
  const std::string variants =
      "variants:\n"
      "  a: {pools.chat.precision: fp7}\n"
      "  b: {pools.chat.replicas.max: 0}\n"
      "  c: {}\n";
  const std::vector<std::string> lines = lines_of(error_of(with(kScenario, "pue: 1.5", "pue: 0.5") + variants));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("s.yaml:4:13: `pue`"));
  CHECK(lines[1].starts_with("s.yaml:15:29: variant `a`: unknown precision"));
  CHECK(lines[2].starts_with("s.yaml:16:32: variant `b`: `max`"));
}

TEST_CASE("Twenty lines at the most, and how many more there are") {
  std::string text = kScenario;
  for (int i = 0; i < 25; ++i) {
    text += "wrong" + std::to_string(i) + ": 1\n";
  }
  const std::vector<std::string> lines = lines_of(error_of(text));
  REQUIRE(lines.size() == kMostProblems);
  CHECK(lines.back().ends_with("(and 5 more problems)"));
}

}  // namespace
}  // namespace idlewatt::test
