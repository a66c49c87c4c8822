#include <algorithm>
#include <initializer_list>
#include <iostream>
#include <utility>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/number_list.hpp"
#include "cli/physics/text.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/catalog/read_hardware.hpp"
#include "scenario/huggingface/huggingface.hpp"
#include "scenario/pool/physics_answer.hpp"

namespace idlewatt {

namespace {

constexpr std::int64_t kMostBatch = 65536;
constexpr const char* kDefaultBatches = "1..256";
constexpr const char* kDefaultContexts = "1024";
constexpr const char* kDefaultComputed = "0";
constexpr const char* kDefaultPrompts = "128,512,2048,8192";
/// Of an accelerator that no server of the catalogue holds: as many in one as a replica may want.
constexpr int kAccelerators = 64;

/// An option's value as the scenario reader knows values: where it comes from, and text.
YamlNode node_of(const std::string& option, const std::string& value) {
  return {.kind = YamlNode::Kind::scalar,
          .place = {.origin = "--" + option + " " + value, .layer = Layer::command_line},
          .scalar = value};
}

void set(YamlNode& map, const std::string& key, YamlNode value) {
  const Place place = value.place;
  map.entries.push_back({key, place, std::move(value)});
}

Catalog read_catalog(const CommandLine& line) {
  Catalog catalog = read_platforms(platforms_directory(line));
  for (const std::string& file : line.values("catalog")) {
    add_to_catalog(catalog, parse_yaml(read_text_file(file), file));
  }
  return catalog;
}

/// The server around the accelerator, which decides how many of them work together and what lies between stages: of
/// the catalogue's the one that holds most; else one with nothing but the accelerators.
std::string server_around(const std::string& accelerator, bool stages, Catalog& catalog, const Place& place) {
  const Server* largest = nullptr;
  for (const auto& [name, server] : catalog.servers) {
    if (server.accelerator == accelerator && (largest == nullptr || server.accelerators > largest->accelerators)) {
      largest = &server;
    }
  }
  if (largest != nullptr) {
    return largest->name;
  }
  if (stages) {
    fail(place, "no server of the catalogue holds a `" + accelerator +
                    "`, so nothing is known of the network between its parts; expected `--server`, described in a "
                    "`--catalog` file");
  }
  std::string name = "server-of-" + accelerator;
  Server& server = catalog.servers[name];
  server.name = name;
  server.accelerator = accelerator;
  server.accelerators = kAccelerators;
  return name;
}

/// A model may be the path of a config.json of Hugging Face: an entry of the catalogue from here on, by that path.
void add_model_file(const std::string& model, Catalog& catalog) {
  if (model.ends_with(".json") && !catalog.models.contains(model)) {
    catalog.models[model] = read_huggingface_config(model);
  }
}

/// `parallelism:` from the options for what no other key says; without them nothing.
void set_parallelism(YamlNode& map, const CommandLine& line) {
  YamlNode layout{.kind = YamlNode::Kind::map, .place = map.place};
  for (const auto& [option, key] :
       std::initializer_list<std::pair<const char*, const char*>>{{"data-attention", "data_attention"},
                                                                  {"expert-parallel", "expert"},
                                                                  {"expert-imbalance", "expert_imbalance"},
                                                                  {"redundant-experts", "redundant_experts"}}) {
    if (const std::optional<std::string> value = line.value(option)) {
      set(layout, key, node_of(option, *value));
    }
  }
  if (!layout.entries.empty()) {
    set(map, "parallelism", layout);
  }
}

/// What the options say of the replica, as a pool of a scenario would.
Pool read_replica(const CommandLine& line, Catalog& catalog) {
  const auto given = [&](const char* option) { return node_of(option, line.value(option).value_or("")); };
  if (!line.has("model")) {
    throw InputError("idlewatt physics: --model is missing; expected a config.json, or one of " +
                     list_text(keys_of(catalog.models)));
  }
  add_model_file(*line.value("model"), catalog);
  if (line.has("accelerator") == line.has("server")) {
    throw InputError(
        "idlewatt physics: " +
        std::string(line.has("server") ? "both --accelerator and --server are given" : "--accelerator is missing") +
        "; expected either `--accelerator` with one of " + list_text(keys_of(catalog.accelerators)) +
        ", or `--server` with one of " + list_text(keys_of(catalog.servers)));
  }
  YamlNode map{.kind = YamlNode::Kind::map, .place = {.origin = "idlewatt physics", .layer = Layer::command_line}};
  set(map, "model", given("model"));
  YamlNode server = given("server");
  if (line.has("accelerator")) {
    server = given("accelerator");
    const std::string name = read_name(server, "accelerator", keys_of(catalog.accelerators));
    server.scalar =
        server_around(name, line.has("pipeline-parallel") || line.has("data-attention"), catalog, server.place);
  }
  set(map, "servers", server);
  const std::string server_name = read_name(server, "server", keys_of(catalog.servers));
  const Accelerator& accelerator = catalog.accelerators.at(catalog.servers.at(server_name).accelerator);
  const auto model = catalog.models.find(*line.value("model"));
  const bool has_own = model != catalog.models.end() && model->second.checkpoint;
  if (line.has("precision")) {
    set(map, "precision", given("precision"));
  } else if (!has_own) {
    set(map, "precision",
        node_of("precision", to_string(accelerator.arithmetic(Precision::bf16) ? Precision::bf16 : Precision::fp16)));
  }
  for (const char* option : {"kv-cache-dtype", "memory-utilisation", "tensor-parallel", "pipeline-parallel", "engine",
                             "power-cap", "clock-limit", "step-times"}) {
    if (line.has(option)) {
      std::string key = option;
      std::replace(key.begin(), key.end(), '-', '_');
      set(map, key, given(option));
    }
  }
  set_parallelism(map, line);
  Pool pool = read_hardware(Section(map, "the replica", hardware_keys()), catalog, ScenarioFiles("", ""));
  check_memory(pool, map, catalog, Wording::options);
  return pool;
}

std::int64_t read_together(const CommandLine& line) {
  const std::vector<std::int64_t> numbers =
      parse_number_list("--together", line.value("together").value_or("1"), 1, kMostBatch);
  if (numbers.size() > 1) {
    throw InputError("--together " + *line.value("together") + ": several numbers; expected one number of prompts");
  }
  return numbers.front();
}

PhysicsQuestion read_question(const CommandLine& line, const Model& model) {
  const auto list = [&](const char* option, const char* otherwise, std::int64_t least, std::int64_t most) {
    if (const std::optional<std::string> text = line.value(option)) {
      return parse_number_list("--" + std::string(option), *text, least, most);
    }
    std::vector<std::int64_t> numbers = parse_number_list(option, otherwise, least, kMostBatch);
    std::erase_if(numbers, [&](std::int64_t number) { return number > most; });
    return numbers;
  };
  const int longest = model.context_tokens;
  return {.batches = list("batch", kDefaultBatches, 1, kMostBatch),
          .contexts = list("context", kDefaultContexts, 1, longest),
          .prompts = list("prompt", kDefaultPrompts, 1, longest),
          .computed = list("computed", kDefaultComputed, 0, longest),
          .together = read_together(line)};
}

ExitStatus execute(const CommandLine& line) {
  if (line.has("json") && line.has("csv")) {
    throw InputError("idlewatt physics: both --json and --csv are given; expected one of them");
  }
  if (line.has("together") && line.has("csv")) {
    throw InputError(
        "idlewatt physics: a table of step times has one prompt a step; expected no --together with --csv");
  }
  Catalog catalog = read_catalog(line);
  const Pool pool = read_replica(line, catalog);
  const PhysicsAnswer answer = answer_physics(pool, catalog, read_question(line, catalog.models.at(pool.model)));
  std::cout << (line.has("json")  ? physics_json(answer)
                : line.has("csv") ? physics_csv(answer)
                                  : physics_text(answer, style_of_stdout()));
  return ExitStatus::ok;
}

}  // namespace

Command physics_command() {
  return {
      {.name = "physics",
       .summary = "Show what batch steps of a model on an accelerator take: time, power, memory.",
       .options = {{.name = "model",
                    .argument = "MODEL",
                    .help = "a model of the catalogue, or the path of a Hugging Face config.json"},
                   {.name = "accelerator",
                    .argument = "NAME",
                    .help = "an accelerator, in the largest server of the catalogue that holds it"},
                   {.name = "server", .argument = "NAME", .help = "or a server: its accelerator and its network"},
                   {.name = "precision",
                    .argument = "WORD",
                    .help = "default: the checkpoint's, else bf16, or fp16 where there is none"},
                   {.name = "kv-cache-dtype",
                    .argument = "WORD",
                    .help = "of keys and values: auto, fp16, bf16, fp8 or int8 (default: auto, which is 16 bits)"},
                   {.name = "engine", .argument = "NAME", .help = "serving engine (default: vllm-2025)"},
                   {.name = "memory-utilisation",
                    .argument = "SHARE",
                    .help = "of each accelerator's memory that the engine takes, such as 85% (default: the engine's)"},
                   {.name = "tensor-parallel", .argument = "N", .help = "accelerators of a stage (default: 1)"},
                   {.name = "pipeline-parallel", .argument = "N", .help = "stages, a server each (default: 1)"},
                   {.name = "data-attention",
                    .argument = "N",
                    .help = "ranks of a stage, each with a part of the sequences (default: 1)"},
                   {.name = "expert-parallel",
                    .argument = "N",
                    .help = "ranks that routed experts are spread over (default: 1)"},
                   {.name = "expert-imbalance",
                    .argument = "NUMBER",
                    .help = "tokens of the busiest of these ranks over the mean (default: 1)"},
                   {.name = "redundant-experts",
                    .argument = "N",
                    .help = "second copies of routed experts in each layer (default: 0)"},
                   {.name = "power-cap", .argument = "POWER", .help = "of each accelerator, such as 250W"},
                   {.name = "clock-limit", .argument = "FREQUENCY", .help = "of their cores, such as 1005MHz"},
                   {.name = "step-times",
                    .argument = "FILE",
                    .help = "a table of measured steps (CSV) in place of the catalogue's physics"},
                   {.name = "batch",
                    .argument = "LIST",
                    .help = "sequences of decode steps: 1,2,4 or 1..64 (doubled) or 8..64+8 (default: " +
                            std::string(kDefaultBatches) + ")"},
                   {.name = "context",
                    .argument = "LIST",
                    .help = "tokens that each of them reads (default: " + std::string(kDefaultContexts) + ")"},
                   {.name = "prompt",
                    .argument = "LIST",
                    .help = "tokens of prompts (default: " + std::string(kDefaultPrompts) + ")"},
                   {.name = "computed",
                    .argument = "LIST",
                    .help =
                        "tokens of them that are computed already (default: " + std::string(kDefaultComputed) + ")"},
                   {.name = "together", .argument = "N", .help = "prompts that a step computes together (default: 1)"},
                   {.name = "catalog",
                    .argument = "FILE",
                    .help = "a catalogue file of your own; may be repeated",
                    .repeatable = true},
                   {.name = "json", .help = "print it as JSON, in SI units"},
                   {.name = "csv", .help = "print the steps as a table for `step_times:` of a pool"},
                   platforms_option()},
       .example = "idlewatt physics --model llama-3-8b --accelerator l4 --batch 1..64"},
      execute};
}

}  // namespace idlewatt
