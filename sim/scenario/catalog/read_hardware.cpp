#include "scenario/catalog/read_hardware.hpp"

#include <algorithm>

#include "scenario/catalog/read_step_times.hpp"
#include "scenario/pool/pool_physics.hpp"
#include "scenario/pool/read_parallelism.hpp"
#include "scenario/pool/read_speculation.hpp"

namespace idlewatt {
namespace {

/// Of data-parallel attention, in one replica.
constexpr int kMostRanks = 1024;

std::string gigabytes(double bytes) {
  return number_text(static_cast<double>(static_cast<std::int64_t>(bytes / 1e8)) / 10.0) + " GB";
}

/// Whether engines serve the model at that precision: a checkpoint has one, and its 8-bit floats are widened where the
/// hardware does not multiply them.
bool runs_at(const Model& model, Precision precision) {
  return !model.checkpoint || model.checkpoint->precision == precision ||
         (model.checkpoint->precision == Precision::fp8 && precision == Precision::int8_weights);
}

/// What a pool is served in that names no precision: as its checkpoint is stored, else in 16 bits.
Precision precision_of(const Model& model, const Accelerator& accelerator) {
  if (model.checkpoint) {
    return model.checkpoint->precision;
  }
  return accelerator.arithmetic(Precision::bf16) ? Precision::bf16 : Precision::fp16;
}

Precision read_precision(const Section& fields, const Accelerator& accelerator, const Model& model) {
  const YamlNode& node = fields.node();
  const Precision precision =
      fields.has("precision") ? kPrecisions[fields.choice("precision")] : precision_of(model, accelerator);
  const std::string word = to_string(precision);
  if (!accelerator.arithmetic(precision)) {
    fail_to_fit(blame(node, {"precision", "servers"}), "accelerator `" + accelerator.name + "` cannot compute in `" +
                                                           word + "`; expected one of " +
                                                           list_text(precisions_of(accelerator)));
  }
  if (!runs_at(model, precision)) {
    fail(blame(node, {"precision", "model"}),
         "`precision` is `" + word + "`, and the weights of `" + model.name + "` are stored as `" +
             to_string(model.checkpoint->precision) + "` (" + model.checkpoint->method +
             ", by its quantization_config); expected `" + to_string(model.checkpoint->precision) +
             "`, or a config.json without it");
  }
  return precision;
}

KvFormat read_kv_format(const Section& fields, const Accelerator& accelerator) {
  const KvFormat format = kKvFormats[fields.choice("kv_cache_dtype")];
  if (!accelerator.reads(format)) {
    const std::string word = to_string(format);
    std::vector<std::string> readable;
    for (const KvFormat other : kKvFormats) {
      if (accelerator.reads(other)) {
        readable.emplace_back(to_string(other));
      }
    }
    fail_to_fit(blame(fields.node(), {"kv_cache_dtype", "servers"}),
                "accelerator `" + accelerator.name + "` has no arithmetic in `" + word +
                    "`, so its attention cannot read a KV cache in it; expected one of " + list_text(readable));
  }
  return format;
}

void read_clocks(const Section& fields, const Accelerator& accelerator, Pool& pool) {
  if (const YamlNode* cap = fields.find("power_cap")) {
    const double watts = fields.quantity("power_cap");
    if (watts < accelerator.least_cap_w.value || watts > accelerator.board_limit_w.value) {
      fail(cap->place,
           "`power_cap` is " + number_text(watts) + " W; expected " + number_text(accelerator.least_cap_w.value) +
               " to " + number_text(accelerator.board_limit_w.value) + " W, what a `" + accelerator.name + "` takes");
    }
    pool.power_cap_w = watts;
  }
  if (const YamlNode* limit = fields.find("clock_limit")) {
    const double hertz = fields.quantity("clock_limit");
    if (hertz < accelerator.clock_min_hz.value || hertz > accelerator.clock_max_hz.value) {
      fail(limit->place, "`clock_limit` is " + number_text(hertz / 1e6) + " MHz; expected " +
                             number_text(accelerator.clock_min_hz.value / 1e6) + " to " +
                             number_text(accelerator.clock_max_hz.value / 1e6) + " MHz, what a `" + accelerator.name +
                             "` runs at");
    }
    pool.clock_limit_hz = hertz;
  }
}

// A setting as the reader of the message writes it; `key` as YAML has it.
std::string setting(const std::string& key, const std::string& value, Wording wording) {
  if (wording == Wording::yaml) {
    return "`" + key + ": " + value + "`";
  }
  std::string option = key;
  std::replace(option.begin(), option.end(), '_', '-');
  return "`--" + option + " " + value + "`";
}

std::string counted_servers(int count) {
  return count == 1 ? "1 server" : std::to_string(count) + " servers";
}

/// The layout with the fewest ranks, twice or four times... as many, of which each holds few enough routed experts.
std::optional<Parallelism> wide_enough(const Pool& pool, const Catalog& catalog) {
  Pool wider = pool;
  for (int ranks = 2 * pool.parallel.data_attention; ranks <= kMostRanks; ranks *= 2) {
    wider.parallel = widened(pool.parallel, ranks);
    if (experts_divide(catalog.models.at(pool.model), wider.parallel) && memory_of(wider, catalog).fits()) {
      return wider.parallel;
    }
  }
  return std::nullopt;
}

// What would fit instead: more accelerators at this precision, in one server or else in several; fewer bits.
std::string what_would_fit(const Pool& pool, const YamlNode& node, const Catalog& catalog, Wording wording) {
  const Accelerator& accelerator = catalog.accelerators.at(pool.accelerator);
  const Model& model = catalog.models.at(pool.model);
  const Server& server = catalog.servers.at(pool.server);
  std::vector<std::string> remedies;
  // A pool with a map `parallelism` takes its degrees there alone.
  const bool in_map = wording == Wording::yaml && node.find("parallelism") != nullptr;
  const auto tensor_parallel = [&](int degree) {
    return setting(in_map ? "tensor" : "tensor_parallel", std::to_string(degree), wording);
  };
  const auto fits = [&](Precision precision, int tensor, int pipeline) {
    Pool other = pool;
    other.precision = precision;
    other.parallel.tensor = tensor;
    other.parallel.pipeline = pipeline;
    return experts_divide(model, other.parallel) && memory_of(other, catalog).fits();
  };
  const auto smallest = [&](Precision precision, int from) {
    for (int degree = from; degree <= server.accelerators; ++degree) {
      if (model.heads % degree == 0 && fits(precision, degree, pool.parallel.pipeline)) {
        return degree;
      }
    }
    return 0;
  };
  if (pool.parallel.data_attention > 1) {
    if (const std::optional<Parallelism> wider = wide_enough(pool, catalog)) {
      remedies.push_back(
          setting("data_attention", std::to_string(wider->data_attention), wording) + " with " +
          setting(wording == Wording::yaml ? "expert" : "expert_parallel", std::to_string(wider->expert), wording));
    }
  } else if (const int degree = smallest(pool.precision, pool.parallel.tensor); degree > 0) {
    remedies.push_back(tensor_parallel(degree));
  } else {
    int most = server.accelerators;
    while (model.heads % most != 0) {
      --most;
    }
    for (int stages = pool.parallel.pipeline + 1; stages <= model.layers && remedies.empty(); ++stages) {
      if (fits(pool.precision, most, stages)) {
        const int a_server = server.accelerators / most;
        remedies.push_back(tensor_parallel(most) + " with " +
                           setting(in_map ? "pipeline" : "pipeline_parallel", std::to_string(stages), wording) +
                           ", over " + counted_servers((stages + a_server - 1) / a_server));
      }
    }
  }
  for (const Precision fewer : {Precision::fp8, Precision::int8, Precision::int4}) {
    if (pool.parallel.data_attention == 1 && weight_bytes(fewer) < weight_bytes(pool.precision) &&
        accelerator.arithmetic(fewer) && runs_at(model, fewer)) {
      if (const int degree = smallest(fewer, pool.parallel.tensor); degree > 0) {
        remedies.push_back(setting("precision", to_string(fewer), wording) +
                           (degree == pool.parallel.tensor ? std::string() : " with " + tensor_parallel(degree)));
        break;
      }
    }
  }
  if (remedies.empty()) {
    return pool.parallel.data_attention > 1
               ? "more accelerators for `tensor`, or servers with more memory than `" + server.name + "`"
               : "servers with more memory: no number of stages fits on `" + server.name + "`";
  }
  return remedies.size() == 1 ? remedies[0] : remedies[0] + " or " + remedies[1];
}

}  // namespace

void check_memory(const Pool& pool, const YamlNode& node, const Catalog& catalog, Wording wording) {
  const MemoryPlan plan = memory_of(pool, catalog);
  if (plan.fits()) {
    return;
  }
  fail_to_fit(
      blame(node, {"model", "precision", "servers", "tensor_parallel", "parallelism", "engine", "memory_utilisation"}),
      "model `" + pool.model + "` in " + to_string(pool.precision) + " does not fit: " + gigabytes(plan.weight_bytes) +
          " of weights and " + gigabytes(plan.activation_bytes + plan.reserve_bytes) +
          " of activations and reserve in " + gigabytes(plan.usable_bytes) + " usable on each `" + pool.accelerator +
          "`; expected " + what_would_fit(pool, node, catalog, wording));
}

const Place& blame(const YamlNode& node, std::initializer_list<const char*> keys) {
  const Place* worst = nullptr;
  for (const char* key : keys) {
    const YamlNode* value = node.find(key);
    if (value != nullptr && (worst == nullptr || value->place.layer > worst->layer)) {
      worst = &value->place;
    }
  }
  return worst == nullptr ? node.place : *worst;
}

std::vector<std::string> precisions_of(const Accelerator& accelerator) {
  std::vector<std::string> names;
  for (const Precision precision : kPrecisions) {
    if (accelerator.arithmetic(precision)) {
      names.emplace_back(to_string(precision));
    }
  }
  return names;
}

namespace {

std::vector<std::string> kv_format_names() {
  std::vector<std::string> names;
  for (const KvFormat format : kKvFormats) {
    names.emplace_back(to_string(format));
  }
  return names;
}

std::vector<std::string> precision_names() {
  std::vector<std::string> names;
  for (const Precision precision : kPrecisions) {
    names.emplace_back(to_string(precision));
  }
  return names;
}

}  // namespace

const KeyTable& hardware_keys() {
  static const KeyTable table{
      "Replicas",
      "What a replica is: a model on accelerators. A model that does not fit is refused with what would fit.",
      "{model: llama-3-8b, precision: bf16, servers: hgx-a100-80}",
      {{.name = "model", .form = entry_form("model"), .must = true, .help = "the model that it serves"},
       {.name = "precision",
        .form = word_form("precision", precision_names()),
        .without = "as the model's checkpoint is stored; else `bf16`, or `fp16` where the accelerator has no `bf16`",
        .help = "precision of weights and arithmetic ([more](#precisions))"},
       {.name = "kv_cache_dtype",
        .form = word_form("KV cache format", kv_format_names()),
        .otherwise = "auto",
        .help = "format of keys and values, whatever the `precision`; `auto` is 16 bits, and 8 bits halve memory, "
                "reads and transfers ([more](#precisions))"},
       {.name = "servers", .form = entry_form("server"), .must = true, .help = "the type of server that it runs on"},
       {.name = "engine",
        .form = entry_form("engine"),
        .otherwise = "vllm-2025",
        .help = "profile of the serving engine"},
       {.name = "memory_utilisation",
        .form = quantity_form(Dimension::share, {.maximum = 1.0, .above_zero = true}).of_its_map(),
        .without = "the engine's",
        .help = "share of the memory of each accelerator that the engine takes, weights and KV cache and all else "
                "(vLLM: gpu_memory_utilization)"},
       {.name = "tensor_parallel",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "accelerators of one server that share each stage; the number divides the model's attention heads"},
       {.name = "pipeline_parallel",
        .form = count_form(1, 1024),
        .otherwise = "1",
        .help = "stages, each on a server of its own, which send to each other over the servers' network"},
       {.name = "parallelism",
        .form = map_form_of_parent(parallelism_keys),
        .without = "the two degrees above",
        .help = "all degrees in one map, of which `tensor` and `pipeline` are the two above: also experts over "
                "accelerators, and attention by data"},
       {.name = "power_cap",
        .form = quantity_form(Dimension::power, kPositive).of_its_map(),
        .without = "the board limit",
        .help = "power limit of each accelerator; every step runs at the highest clock that keeps it"},
       {.name = "clock_limit",
        .form = quantity_form(Dimension::frequency, kPositive).of_its_map(),
        .without = "the highest there is",
        .help = "highest clock of the accelerators' cores"},
       {.name = "step_times",
        .form = text_form("the path of a table of step times"),
        .without = "the catalogue's physics",
        .help = "path of a table of measured steps ([more](#measured-step-times)); goes with no `power_cap`, "
                "`clock_limit` or `speculative`"},
       {.name = "speculative",
        .form = map_form_of_parent(speculation_keys),
        .without = "every token is a step of its own",
        .help = "speculative decoding"}}};
  return table;
}

Pool read_hardware(const Section& fields, const Catalog& catalog, const ScenarioFiles& files) {
  const YamlNode& node = fields.node();
  Pool pool;
  pool.model = fields.entry("model", keys_of(catalog.models));
  pool.server = fields.entry("servers", keys_of(catalog.servers));
  pool.engine = fields.entry("engine", keys_of(catalog.engines));
  const Server& server = catalog.servers.at(pool.server);
  pool.accelerator = server.accelerator;
  pool.precision = read_precision(fields, catalog.accelerators.at(pool.accelerator), catalog.models.at(pool.model));
  pool.kv_format = read_kv_format(fields, catalog.accelerators.at(pool.accelerator));
  if (fields.has("memory_utilisation")) {
    pool.memory_utilisation = fields.quantity("memory_utilisation");
  }
  pool.parallel = read_parallelism(fields, catalog.models.at(pool.model), server);
  read_clocks(fields, catalog.accelerators.at(pool.accelerator), pool);
  pool.speculation = read_speculation(fields, pool, catalog);
  if (const YamlNode* table = fields.find("step_times")) {
    for (const char* key : {"power_cap", "clock_limit", "speculative"}) {
      if (fields.has(key)) {
        fail(blame(node, {"step_times", key}), "`step_times` go with no `" + std::string(key) +
                                                   "`: they were measured as the replica ran; expected one of the two");
      }
    }
    pool.step_times = read_step_times(files.path(*table, "table of step times"));
  }
  return pool;
}

}  // namespace idlewatt
