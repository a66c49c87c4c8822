#include "manifests/export_fleet.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <string_view>

#include "base/error.hpp"
#include "manifests/server_flags.hpp"
#include "manifests/settle_hardware.hpp"
#include "manifests/yaml_writer.hpp"
#include "policy/table.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// How the engine of a profile is run.
struct EngineOut {
  std::string_view prefix;  ///< of the profile's name
  EngineName engine;
  std::string_view image;
  std::string_view command;  ///< as YAML writes the list; empty: the image's own
};

constexpr std::array<EngineOut, 3> kEngines{{
    {"vllm", EngineName::vllm, "vllm/vllm-openai:latest", ""},
    {"sglang", EngineName::sglang, "lmsysorg/sglang:latest", "[python3, -m, sglang.launch_server]"},
    {"tensorrt-llm", EngineName::trtllm, "nvcr.io/nvidia/tensorrt-llm/release:latest", "[trtllm-serve]"},
}};

/// Vendors' resources and the labels of their nodes, by the beginning of what nodes say.
struct VendorOut {
  std::string_view beginning;
  std::string_view resource;
  std::string_view label;
};

constexpr std::array<VendorOut, 4> kVendors{{
    {"NVIDIA-", "nvidia.com/gpu", "nvidia.com/gpu.product"},
    {"Tesla-", "nvidia.com/gpu", "nvidia.com/gpu.product"},
    {"AMD", "amd.com/gpu", "amd.com/gpu.product-name"},
    {"tpu-", "google.com/tpu", "cloud.google.com/gke-tpu-accelerator"},
}};

class PoolWriter {
 public:
  PoolWriter(const Pool& pool, const Scenario& scenario, const ExportAnswers& answers, const ClusterNames& names)
      : pool_(&pool), scenario_(&scenario), answers_(&answers), names_(&names) {
    const auto engine = std::find_if(kEngines.begin(), kEngines.end(),
                                     [&](const EngineOut& e) { return pool.engine.starts_with(e.prefix); });
    if (engine == kEngines.end()) {
      throw InputError(
          fmt::format("pool `{}`: nobody runs the engine `{}`; expected a profile of vLLM, SGLang or TensorRT-LLM",
                      pool.name, pool.engine));
    }
    engine_ = &*engine;
  }

  std::string text(std::vector<std::string>& left_out) {
    check();
    const std::string scaler = scaler_manifest(*pool_);
    write_deployment();
    note_rest();
    for (const std::string& sentence : notes_) {
      left_out.push_back(fmt::format("pool `{}`: {}", pool_->name, sentence));
    }
    YamlWriter head;
    head.comment(0, fmt::format("Pool `{}` of {}{}, by `idlewatt export`.", pool_->name, scenario_->title,
                                scenario_->variant.empty() ? "" : fmt::format(", variant `{}`", scenario_->variant)));
    for (const std::string& sentence : notes_) {
      head.comment(0, "- not in here: " + sentence);
    }
    return head.text() + out_.text() + scaler;
  }

 private:
  void check() const {
    const Server& server = scenario_->catalog->servers.at(pool_->server);
    if (pool_->parallel.accelerators() > server.accelerators) {
      throw InputError(
          fmt::format("pool `{}`: a replica stands on several servers, which a Deployment cannot; expected at most {} "
                      "accelerators a replica",
                      pool_->name, server.accelerators));
    }
    if (pool_->batching.name != "continuous") {
      throw InputError(fmt::format("pool `{}`: no engine batches as `{}` does; expected continuous", pool_->name,
                                   pool_->batching.name));
    }
    if (!pool_->group.empty()) {
      throw InputError(
          fmt::format("pool `{}`: pools with a `count` share their accelerators in turn, and no Kubernetes "
                      "manifest can say so; expected pools without `count`",
                      pool_->group));
    }
  }

  std::string repository() const {
    std::string given;
    if (answer_for(answers_->repositories, {pool_->name, pool_->model}, given) != nullptr) {
      return given;
    }
    const std::string known = names_->repository_of(pool_->model);
    if (known.empty()) {
      throw InputError(
          fmt::format("pool `{}`: no repository of the model `{}` is known; --model {}=ORGANISATION/NAME names it",
                      pool_->name, pool_->model, pool_->name));
    }
    return known;
  }

  void argument(Setting setting, const std::string& value) {
    const ServingEngine& engine = serving_engine(engine_->engine);
    const auto& flags = engine.flags();
    const auto flag = std::find_if(flags.begin(), flags.end(), [&](const Flag& f) {
      return f.setting == setting && (f.value.empty() || f.value == value);
    });
    if (flag == flags.end()) {
      notes_.push_back(fmt::format("{} has no argument for {} {}", engine.title, word_of(setting), value));
      return;
    }
    const std::string name(flag->names.substr(0, flag->names.find(' ')));
    const std::string word = flag->value.empty() ? name + "=" + value : name;
    out_.line("            - " + (word.find_first_of("{\"' ") == std::string::npos ? word : fmt::format("'{}'", word)));
  }

  static std::string word_of(Setting setting) {
    switch (setting) {
      case Setting::prefix_cache:
        return "the prefix cache";
      case Setting::chunked_prefill:
        return "chunked prefill";
      case Setting::dtype:
        return "the type of weights";
      case Setting::kv_precision:
        return "the format of KV caches";
      case Setting::memory_share:
        return "the share of memory";
      case Setting::quantization:
        return "the quantisation";
      case Setting::kv_transfer:
        return "the transfer of KV caches";
      default:
        return "a setting,";
    }
  }

  void write_arguments() {
    out_.line("          args:");
    argument(Setting::model, repository());
    write_parallelism();
    const Parameters& batching = pool_->batching.parameters;
    // Of each rank in vLLM, of all in the others.
    const int ranks = engine_->engine == EngineName::vllm ? pool_->parallel.data_attention : 1;
    for (const auto& [parameter, setting] :
         {std::pair{"max_sequences", Setting::max_sequences}, std::pair{"token_budget", Setting::token_budget}}) {
      const int all = batching.get_int(parameter);
      if (all % ranks != 0) {
        throw InputError(fmt::format("pool `{}`: `{}` is {}, which its {} ranks cannot share; expected a multiple",
                                     pool_->name, parameter, all, ranks));
      }
      argument(setting, std::to_string(all / ranks));
    }
    if (engine_->engine == EngineName::vllm) {
      argument(Setting::chunked_prefill, batching.get_int("prefill") == 0 ? "on" : "off");
    } else if (batching.get_int("prefill") != 0) {
      notes_.push_back("whole prompts before answers (`prefill: first`)");
    }
    argument(Setting::context, std::to_string(scenario_->catalog->models.at(pool_->model).context_tokens));
    write_precision();
    write_memory();
    const bool cached = pool_->prefix_cache.name == "lru";
    if (pool_->role != PoolRole::decode && !(cached && engine_->engine != EngineName::vllm)) {
      argument(Setting::prefix_cache, cached ? "on" : "off");
    }
    if (pool_->role != PoolRole::both) {
      argument(engine_->engine == EngineName::vllm ? Setting::kv_transfer : Setting::part,
               engine_->engine == EngineName::vllm
                   ? std::string(R"({"kv_connector":"NixlConnector","kv_role":")") +
                         (pool_->role == PoolRole::prefill ? "kv_producer" : "kv_consumer") + "\"}"
                   : std::string(pool_->role == PoolRole::prefill ? "prefill" : "decode"));
    }
  }

  void write_memory() {
    if (pool_->kv_format != KvFormat::automatic) {
      const bool of_weights = pool_->kv_format == KvFormat::bf16 || pool_->kv_format == KvFormat::fp16;
      const std::string word = pool_->kv_format == KvFormat::bf16 ? "bfloat16" : "float16";
      argument(Setting::kv_precision, of_weights ? word : to_string(pool_->kv_format));
    }
    if (pool_->memory_utilisation) {
      argument(Setting::memory_share, number_text(*pool_->memory_utilisation));
    }
  }

  void write_parallelism() {
    const Parallelism& parallel = pool_->parallel;
    const bool all_experts = parallel.expert == parallel.of_stage();
    const bool apart = parallel.data_attention > 1;
    if (parallel.tensor_servers > 1) {
      refuse_layout("a pod has the accelerators of one server");
    }
    if (parallel.token_parts() > 1 && engine_->engine != EngineName::vllm) {
      refuse_layout("only vLLM's arguments divide the tokens of sequences");
    }
    switch (engine_->engine) {
      case EngineName::vllm:
        if ((apart || parallel.expert > 1) && !all_experts) {
          refuse_layout("vLLM spreads experts over all accelerators of a stage");
        }
        argument(Setting::tensor, std::to_string(parallel.tensor));
        if (apart) {
          argument(Setting::data, std::to_string(parallel.data_attention));
        }
        if (parallel.context > 1) {
          argument(Setting::context_ranks, std::to_string(parallel.context));
        }
        if (parallel.kv_split > 1) {
          argument(Setting::kv_parts, std::to_string(parallel.kv_split));
        }
        if (parallel.expert > 1) {
          argument(Setting::expert, "on");
        }
        break;
      case EngineName::sglang:
        argument(Setting::tensor, std::to_string(parallel.of_stage()));
        if (apart) {
          argument(Setting::data, std::to_string(parallel.data_attention));
          argument(Setting::dp_attention, "on");
        }
        if (parallel.expert > 1) {
          argument(Setting::expert, std::to_string(parallel.expert));
        }
        break;
      default:
        if (apart) {
          refuse_layout("attention by data is a matter of its file of options");
        }
        argument(Setting::tensor, std::to_string(parallel.tensor));
        if (parallel.expert > 1) {
          argument(Setting::expert, std::to_string(parallel.expert));
        }
    }
    if (parallel.pipeline > 1) {
      argument(Setting::pipeline, std::to_string(parallel.pipeline));
    }
    if (parallel.redundant_experts > 0) {
      notes_.push_back(fmt::format("second copies of experts, {} a layer", parallel.redundant_experts));
    }
  }

  [[noreturn]] void refuse_layout(const std::string& why) const {
    throw InputError(
        fmt::format("pool `{}`: its `parallelism` cannot be exported: {}; expected another one, or another engine",
                    pool_->name, why));
  }

  void write_precision() {
    const Model& model = scenario_->catalog->models.at(pool_->model);
    if (model.checkpoint) {
      return;  // as it is stored
    }
    switch (pool_->precision) {
      case Precision::bf16:
        argument(Setting::dtype, "bfloat16");
        break;
      case Precision::fp16:
        argument(Setting::dtype, "float16");
        break;
      case Precision::fp8:
        argument(Setting::quantization, "fp8");
        break;
      default:
        notes_.push_back(fmt::format("weights in {}: the repository must hold them (--model {}=REPOSITORY)",
                                     to_string(pool_->precision), pool_->name));
    }
  }

  void write_deployment() {
    const std::string name = scalar_text(object_name(*pool_));
    out_.entry(0, "apiVersion", "apps/v1");
    out_.entry(0, "kind", "Deployment");
    out_.line("metadata:");
    out_.entry(2, "name", name);
    write_annotations();
    out_.line("spec:");
    out_.entry(2, "replicas", std::to_string(pool_->replicas.start));
    out_.entry(2, "selector", fmt::format("{{matchLabels: {{app: {}}}}}", name));
    out_.line("  template:");
    out_.entry(4, "metadata", fmt::format("{{labels: {{app: {}}}}}", name));
    out_.line("    spec:");
    const VendorOut* vendor = write_nodes();
    out_.line("      containers:");
    out_.line("        - name: server");
    out_.entry(10, "image", std::string(engine_->image), "pin the version that you run");
    if (!engine_->command.empty()) {
      out_.entry(10, "command", std::string(engine_->command));
    }
    write_arguments();
    out_.entry(10, "resources",
               fmt::format("{{limits: {{{}: \"{}\"}}}}", vendor->resource, pool_->accelerators_per_replica()));
  }

  void annotation(const std::string& key, const std::string& value) {
    out_.entry(4, "idlewatt/" + key, scalar_text(value));
  }

  void write_annotations() {
    out_.line("  annotations:   # for idlewatt import");
    if (object_name(*pool_) != pool_->name) {
      annotation("pool", pool_->name);
    }
    annotation("model", pool_->model);
    annotation("servers", pool_->server);
    annotation("engine", pool_->engine);
    annotation("precision", std::string(to_string(pool_->precision)));
    const ReplicaCounts& replicas = pool_->replicas;
    if (pool_->autoscaling.name == "static" && replicas.minimum != replicas.maximum) {
      annotation("min_replicas", std::to_string(replicas.minimum));
      annotation("max_replicas", std::to_string(replicas.maximum));
    }
    if (pool_->request_overhead_s) {
      annotation("request_overhead", number_text(*pool_->request_overhead_s) + " s");
    }
    if (pool_->request_overhead_per_token_s) {
      annotation("request_overhead_per_token", number_text(*pool_->request_overhead_per_token_s) + " s");
    }
    if (pool_->steps_in_flight) {
      annotation("steps_in_flight", std::to_string(*pool_->steps_in_flight));
    }
  }

  const VendorOut* write_nodes() {
    const std::string label = names_->label_of(pool_->accelerator);
    const auto vendor = std::find_if(kVendors.begin(), kVendors.end(),
                                     [&](const VendorOut& v) { return label.starts_with(v.beginning); });
    if (vendor == kVendors.end()) {
      throw InputError(
          fmt::format("pool `{}`: no label by which nodes say that they have `{}` is known; expected accelerators of "
                      "NVIDIA, AMD or Google",
                      pool_->name, pool_->accelerator));
    }
    out_.line("      nodeSelector:");
    out_.entry(8, std::string(vendor->label), scalar_text(label));
    return &*vendor;
  }

  void note_rest() {
    const auto other = [&](const PolicyChoice& choice, const PolicyFamily& family, const char* what) {
      if (choice.name != family.policies.front().name) {
        notes_.push_back(fmt::format("{} `{}`", what, choice.name));
      }
    };
    other(pool_->queue, family_of<QueueFamily>(), "the queue");
    other(pool_->idle, family_of<IdleFamily>(), "the idle policy");
    other(pool_->admission, family_of<AdmissionFamily>(), "the admission");
    other(pool_->routing, family_of<RouteFamily>(), "the routing among replicas");
    if (pool_->power_cap_w) {
      notes_.push_back(fmt::format("the power cap of {} (`nvidia-smi -pl` on the nodes)",
                                   quantity_text(*pool_->power_cap_w, Dimension::power)));
    }
    if (pool_->clock_limit_hz) {
      notes_.push_back("the limit of the clock, " + quantity_text(*pool_->clock_limit_hz, Dimension::frequency));
    }
    if (pool_->speculation) {
      notes_.push_back(fmt::format("speculative decoding with `{}`", pool_->speculation->draft));
    }
    if (pool_->placement == PlacementOrder::spread) {
      notes_.push_back("that replicas spread over nodes (topologySpreadConstraints)");
    }
    if (pool_->role == PoolRole::prefill && pool_->kv_transfer == KvTransfer::layer_wise) {
      notes_.push_back("that KV caches are sent layer by layer, which is the connector's own doing");
    }
    if (pool_->step_times) {
      notes_.push_back("the table of measured step times");
    }
    const int a_server = scenario_->catalog->servers.at(pool_->server).accelerators / pool_->accelerators_per_replica();
    notes_.push_back(fmt::format("the nodes: {} x {} hold all of its replicas",
                                 (pool_->replicas.maximum + a_server - 1) / a_server, pool_->server));
  }

  const Pool* pool_;
  const Scenario* scenario_;
  const ExportAnswers* answers_;
  const ClusterNames* names_;
  const EngineOut* engine_ = nullptr;
  YamlWriter out_;
  std::vector<std::string> notes_;
};

}  // namespace

std::string object_name(const Pool& pool) {
  constexpr std::size_t kLongest = 63;
  std::string name = plain_name(pool.name).substr(0, kLongest);
  while (name.ends_with('-')) {
    name.pop_back();
  }
  name.erase(0, name.find_first_not_of('-'));
  return name.empty() ? "pool" : name;
}

ExportedFleet export_fleet(const Scenario& scenario, const ExportAnswers& answers, const ClusterNames& names,
                           const std::string& folder) {
  ExportedFleet exported;
  if (scenario.swapping.name != "none") {
    throw InputError(
        "`swapping`: models that take turns on accelerators are nothing that Kubernetes can say; expected a "
        "scenario without it");
  }
  if (scenario.cache.policy.name != "none") {
    exported.left_out.push_back("the semantic cache");
  }
  std::map<std::string, std::string> pools;
  for (const Pool& pool : scenario.pools) {
    const auto [other, is_new] = pools.try_emplace(object_name(pool), pool.name);
    if (!is_new) {
      throw InputError(
          fmt::format("pool `{}` and pool `{}` would both be `{}` in Kubernetes; expected names that differ in more "
                      "than capitals and `_`",
                      pool.name, other->second, other->first));
    }
    const std::string path = (std::filesystem::path(folder) / (pool.name + ".yaml")).string();
    exported.files.push_back({path, PoolWriter(pool, scenario, answers, names).text(exported.left_out)});
  }
  return exported;
}

}  // namespace idlewatt
