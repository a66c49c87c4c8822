#include "manifests/settle_arguments.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "manifests/found_kinds.hpp"
#include "scenario/pool/read_pool.hpp"

namespace idlewatt {
namespace {

struct PrecisionWord {
  std::string_view word;
  std::string_view precision;  ///< empty: as the model's checkpoint
};

// Words of `--quantization` and `--quantize`. What is not here has a format that is not simulated.
constexpr std::array<PrecisionWord, 20> kQuantizations{{{"fp8", "fp8"},
                                                        {"w8a8-fp8", "fp8"},
                                                        {"ptpc-fp8", "fp8"},
                                                        {"fbgemm-fp8", "fp8"},
                                                        {"modelopt", "fp8"},
                                                        {"awq", "int4"},
                                                        {"awq-marlin", "int4"},
                                                        {"gptq", "int4"},
                                                        {"gptq-marlin", "int4"},
                                                        {"marlin", "int4"},
                                                        {"eetq", "int8-weights"},
                                                        {"w8a8-int8", "int8"},
                                                        {"int8", "int8"},
                                                        {"modelopt-fp4", "nvfp4"},
                                                        {"nvfp4", "nvfp4"},
                                                        {"mxfp4", "mxfp4"},
                                                        {"compressed-tensors", ""},
                                                        {"experts-int8", "int8-weights"},
                                                        {"auto", ""},
                                                        {"none", ""}}};

constexpr std::array<PrecisionWord, 7> kTypes{{{"bfloat16", "bf16"},
                                               {"float16", "fp16"},
                                               {"half", "fp16"},
                                               {"fp16", "fp16"},
                                               {"bf16", "bf16"},
                                               {"auto", ""},
                                               {"none", ""}}};

constexpr std::array<PrecisionWord, 10> kKvWords{{{"fp8", "fp8"},
                                                  {"fp8-e4m3", "fp8"},
                                                  {"fp8-e5m2", "fp8"},
                                                  {"fp8-inc", "fp8"},
                                                  {"fp8-ds-mla", "fp8"},
                                                  {"bfloat16", "bf16"},
                                                  {"bf16", "bf16"},
                                                  {"float16", "fp16"},
                                                  {"half", "fp16"},
                                                  {"int8", "int8"}}};

template <std::size_t N>
const PrecisionWord* word_in(const std::array<PrecisionWord, N>& words, const std::string& text) {
  const std::string name = plain_name(text);
  const auto found = std::find_if(words.begin(), words.end(), [&](const PrecisionWord& w) { return w.word == name; });
  return found == words.end() ? nullptr : &*found;
}

/// The version of an image of vLLM, minor number alone: 10 of "v0.10.2"; -1 where the tag has none.
int vllm_minor(const std::string& image) {
  const std::size_t at = image.rfind(":v0.");
  return at == std::string::npos ? -1 : std::atoi(image.c_str() + at + 4);
}

}  // namespace

int context_tokens(const Stated& stated) {
  std::string text = stated.text;
  int factor = 1;
  if (!text.empty() && (text.back() == 'k' || text.back() == 'K')) {
    factor = text.back() == 'k' ? 1000 : 1024;  // as vLLM reads them
    text.pop_back();
  }
  if (text == "auto" || text == "-1") {
    return 0;
  }
  return count_of({text, stated.place, stated.said}, 1, 100'000'000) * factor;
}

int ArgumentSettler::degree(Setting setting) const {
  const Stated* stated = pool_->arguments.find(setting);
  return stated == nullptr ? 1 : count_of(*stated, 1, 1024);
}

std::string ArgumentSettler::from(Setting setting) const {
  const Stated* stated = pool_->arguments.find(setting);
  return short_place(stated->place) + " (" + stated->said + ")";
}

void ArgumentSettler::note(const Stated& stated, const std::string& sentence) const {
  fleet_->unsimulated.push_back(sentence_at(stated.place, "`" + stated.said + "`: " + sentence));
}

bool ArgumentSettler::is_on(Setting setting) const {
  const Stated* stated = pool_->arguments.find(setting);
  return stated != nullptr && stated->text != "off" && stated->text != "1";
}

/// Engines that share routed experts, or divide attention by requests, are one replica; others are replicas of their own.
void ArgumentSettler::divide(SettledParallelism& parallel) const {
  const bool mixture = model_ == nullptr || model_->mixture.has_value();
  const int data = degree(Setting::data);
  const bool experts = is_on(Setting::expert) && mixture;
  const Stated* expert = pool_->arguments.find(Setting::expert);
  if (is_on(Setting::dp_attention) && data > 1) {
    if (parallel.tensor % data != 0) {
      fail(pool_->arguments.find(Setting::data)->place,
           pool_->object + ": data-parallel attention over " + std::to_string(data) + " ranks does not divide the " +
               std::to_string(parallel.tensor) + " accelerators of the server; expected a divisor");
    }
    parallel.tensor /= data;  // SGLang counts all accelerators as tensor-parallel ones
    parallel.data_attention = data;
  } else if (experts && data > 1) {
    parallel.data_attention = data;
  } else {
    parallel.data = data;
  }
  if (experts) {
    parallel.expert = expert->text == "on" ? parallel.tensor * parallel.data_attention : count_of(*expert, 1, 1024);
  }
}

SettledParallelism ArgumentSettler::parallelism(const std::function<int()>& by_instance) const {
  SettledParallelism parallel{.tensor = degree(Setting::tensor), .pipeline = degree(Setting::pipeline)};
  const int pods = pool_->pods;
  divide(parallel);
  if (pool_->accelerators) {
    parallel.per_pod = count_of(*pool_->accelerators, 1, 1024);
  } else if (const int of_type = by_instance(); of_type > 0) {
    parallel.per_pod = of_type;
  } else {
    const int all = parallel.accelerators();
    parallel.per_pod = std::max(1, (all + pods - 1) / pods);
  }
  const int all = parallel.per_pod * pods;
  const bool takes_all = pool_->arguments.engine == EngineName::tgi || (!pool_->accelerators && by_instance() > 0);
  if (takes_all && pool_->arguments.find(Setting::tensor) == nullptr) {
    parallel.tensor = all;  // its default: every accelerator that it sees
  }
  if (pool_->resource.starts_with("aws.amazon.com/neuron") && parallel.tensor > all && parallel.tensor % all == 0) {
    parallel.tensor = all;  // its degree counts cores, of which a device has several
  }
  const int used = parallel.accelerators();
  if (used > all) {
    const Stated* blamed = pool_->arguments.find(Setting::tensor);
    for (const Setting setting : {Setting::pipeline, Setting::data}) {
      blamed = blamed == nullptr ? pool_->arguments.find(setting) : blamed;
    }
    fail(blamed == nullptr ? pool_->place : blamed->place,
         pool_->object + ": " + std::to_string(parallel.tensor) + "-way tensor parallelism" +
             (parallel.pipeline > 1 ? " in " + std::to_string(parallel.pipeline) + " stages" : "") +
             (parallel.data > 1 ? " of " + std::to_string(parallel.data) + " data-parallel engines" : "") + " takes " +
             std::to_string(used) + " accelerators, and a server has " + std::to_string(all) + " (" +
             (pool_->accelerators ? pool_->accelerators->said : std::string("its instance type")) +
             (pods > 1 ? ", " + std::to_string(pods) + " pods" : "") + "); expected at most as many");
  }
  if (used < all) {
    const Stated at{.text = {},
                    .place = pool_->accelerators ? pool_->accelerators->place : pool_->place,
                    .said = pool_->accelerators ? pool_->accelerators->said : "accelerators"};
    note(at, "a server uses " + std::to_string(used) + " of its " + std::to_string(all) +
                 " accelerators by its arguments: the others are free here, and idle in the cluster");
  }
  return parallel;
}

void ArgumentSettler::check_server(const SettledParallelism& parallel, int accelerators,
                                   const std::string& server) const {
  const bool crosses = parallel.tensor > parallel.per_pod && pool_->pods > 1;
  if (parallel.tensor <= accelerators && !crosses) {
    return;
  }
  const Stated* tensor = pool_->arguments.find(Setting::tensor);
  fail(tensor == nullptr ? pool_->place : tensor->place,
       pool_->object + ": tensor parallelism of " + std::to_string(parallel.tensor) + " over pods of " +
           std::to_string(parallel.per_pod) + " accelerators, on `" + server +
           "`, goes from node to node without NVLink, which is not simulated; expected at most " +
           std::to_string(crosses ? parallel.per_pod : accelerators) + ", with pipeline parallelism between nodes");
}

void ArgumentSettler::write_parallelism(const SettledParallelism& parallel, std::vector<SettledKey>& keys) const {
  if (parallel.data_attention > 1 || parallel.expert > 1) {
    std::string comment;
    Place source = pool_->place;
    for (const Setting setting :
         {Setting::tensor, Setting::pipeline, Setting::data, Setting::dp_attention, Setting::expert}) {
      if (pool_->arguments.find(setting) != nullptr) {
        comment += (comment.empty() ? "" : ", ") + from(setting);
        source = pool_->arguments.find(setting)->place;
      }
    }
    keys.push_back({"parallelism",
                    "{tensor: " + std::to_string(parallel.tensor) + ", pipeline: " + std::to_string(parallel.pipeline) +
                        ", data_attention: " + std::to_string(parallel.data_attention) +
                        ", expert: " + std::to_string(parallel.expert) + "}",
                    comment, source});
    return;
  }
  if (const Stated* tensor = pool_->arguments.find(Setting::tensor); tensor != nullptr || parallel.tensor > 1) {
    keys.push_back({"tensor_parallel", std::to_string(parallel.tensor),
                    tensor == nullptr ? "all accelerators of a pod: the engine's default" : from(Setting::tensor),
                    tensor == nullptr ? pool_->place : tensor->place});
  }
  if (const Stated* stages = pool_->arguments.find(Setting::pipeline); stages != nullptr && parallel.pipeline > 1) {
    keys.push_back({"pipeline_parallel", std::to_string(parallel.pipeline), from(Setting::pipeline), stages->place});
  }
}

void ArgumentSettler::memory(std::vector<SettledKey>& keys) const {
  const Stated* format = pool_->arguments.find(Setting::kv_precision);
  if (format != nullptr && plain_name(format->text) != "auto") {
    const PrecisionWord* word = word_in(kKvWords, format->text);
    if (word == nullptr) {
      note(*format, "the KV cache is kept in the precision of the engine profile");
    } else {
      keys.push_back({"kv_cache_dtype", std::string(word->precision), from(Setting::kv_precision), format->place});
    }
  }
  if (const Stated* share = pool_->arguments.find(Setting::memory_share)) {
    keys.push_back({"memory_utilisation", share->text, from(Setting::memory_share), share->place});
  }
}

void ArgumentSettler::precision(const std::string& named, std::vector<SettledKey>& keys) const {
  if (const auto annotated = pool_->annotations.find("precision"); annotated != pool_->annotations.end()) {
    keys.push_back({"precision", annotated->second, "its annotation idlewatt/precision", pool_->place});
    return;
  }
  const bool stored = model_ != nullptr && model_->checkpoint.has_value();
  if (const Stated* quantization = pool_->arguments.find(Setting::quantization)) {
    const PrecisionWord* word = word_in(kQuantizations, quantization->text);
    if (word == nullptr) {
      fail(quantization->place, pool_->object + ": the quantisation `" + quantization->text +
                                    "` is not simulated; expected fp8, awq, gptq, modelopt, nvfp4 or mxfp4");
    }
    if (!word->precision.empty() && !stored) {
      keys.push_back({"precision", std::string(word->precision), from(Setting::quantization), quantization->place});
      return;
    }
    if (!word->precision.empty()) {
      return;  // the checkpoint's
    }
    if (word->word == "compressed-tensors" && named.empty() && !stored && model_ != nullptr) {
      fail(quantization->place,
           pool_->object + ": which format `compressed-tensors` holds stands in the model's config.json; --model " +
               pool_->name + "=PATH names that file");
    }
  }
  if (!named.empty() && !stored) {
    const Stated* model = pool_->arguments.find(Setting::model);
    keys.push_back({"precision", named, "the format of its weights", model == nullptr ? pool_->place : model->place});
    return;
  }
  if (const Stated* type = pool_->arguments.find(Setting::dtype)) {
    const PrecisionWord* word = word_in(kTypes, type->text);
    if (word == nullptr) {
      fail(type->place, pool_->object + ": weights of the type `" + type->text +
                            "` are not simulated; expected bfloat16, float16 or auto");
    }
    if (!word->precision.empty() && !stored) {
      keys.push_back({"precision", std::string(word->precision), from(Setting::dtype), type->place});
    }
  }
}

SettledKey ArgumentSettler::engine() const {
  const ServingEngine& engine = serving_engine(pool_->arguments.engine);
  std::string profile(engine.profile);
  std::string comment = std::string(engine.title) + (engine.note.empty() ? "" : "; " + std::string(engine.note));
  if (const auto annotated = pool_->annotations.find("engine"); annotated != pool_->annotations.end()) {
    profile = annotated->second;
    comment = "its annotation idlewatt/engine";
  } else if (const Stated* asynchronous = pool_->arguments.find(Setting::scheduling);
             asynchronous != nullptr && asynchronous->text == "on" && engine.name == EngineName::vllm) {
    profile = "vllm-2026";
    comment = "the asynchronous engine: " + from(Setting::scheduling);
  } else if (!pool_->image.empty()) {
    comment += ", " + pool_->image;
  }
  return {"engine", profile, comment, pool_->place};
}

void ArgumentSettler::annotated(std::vector<SettledKey>& keys) const {
  for (const std::string_view key : kAnnotatedKeys) {
    const std::string name(key);
    if (const auto annotated = pool_->annotations.find(name); annotated != pool_->annotations.end()) {
      keys.push_back({name, annotated->second, "its annotation idlewatt/" + name, pool_->place});
    }
  }
}

void ArgumentSettler::batching(const SettledParallelism& parallel, std::vector<SettledKey>& keys) const {
  std::string text = "{policy: continuous";
  std::string comment;
  Place source;
  const auto add = [&](const std::string& key, const std::string& value, Setting setting) {
    text += ", " + key + ": " + value;
    comment += (comment.empty() ? "" : ", ") + from(setting);
    source = pool_->arguments.find(setting)->place;
  };
  // vLLM's limits are those of one rank, SGLang's those of all; a pool's are those of the replica.
  const int ranks = pool_->arguments.engine == EngineName::vllm ? parallel.data_attention : 1;
  const Stated* sequences = pool_->arguments.find(Setting::max_sequences);
  const Stated* requests = pool_->arguments.find(Setting::max_requests);
  if (sequences != nullptr) {
    add("max_sequences", std::to_string(count_of(*sequences, 1) * ranks), Setting::max_sequences);
  } else if (requests != nullptr) {
    add("max_sequences", std::to_string(count_of(*requests, 1)), Setting::max_requests);
    note(*requests, "requests beyond these wait here; the server turns them away");
  }
  if (const Stated* budget = pool_->arguments.find(Setting::token_budget); budget != nullptr && budget->text != "-1") {
    add("token_budget", std::to_string(count_of(*budget, 2) * ranks), Setting::token_budget);
  }
  if (const Stated* chunked = pool_->arguments.find(Setting::chunked_prefill); chunked != nullptr) {
    if (chunked->text == "off") {
      add("prefill", "first", Setting::chunked_prefill);
    } else {
      add("prefill", "chunked", Setting::chunked_prefill);
    }
  }
  keys.push_back(
      {"batching", text + "}", comment.empty() ? "no file says more: idlewatt's defaults" : comment, source});
}

void ArgumentSettler::prefix_cache(std::vector<SettledKey>& keys) const {
  if (pool_->part == ServerPart::decode) {
    return;  // it computes no prompts
  }
  const Stated* stated = pool_->arguments.find(Setting::prefix_cache);
  if (stated != nullptr) {
    keys.push_back({"prefix_cache", stated->text == "off" ? "{policy: none}" : "{policy: lru}",
                    from(Setting::prefix_cache), stated->place});
    return;
  }
  if (const auto profile = catalog_->engines.find(engine().value);
      profile != catalog_->engines.end() && profile->second.rules) {
    return;  // its rules say it
  }
  constexpr int kVllmWithCache = 8;  // V1, from vLLM 0.8 on, keeps prefixes unless told otherwise
  const int minor = vllm_minor(pool_->image);
  if (pool_->arguments.engine == EngineName::vllm && (minor < 0 || minor >= kVllmWithCache)) {
    keys.push_back({"prefix_cache", "{policy: lru}", "no file says it: the engine's default", {}});
  }
}

void ArgumentSettler::rest() const {
  struct Unsaid {
    Setting setting;
    const char* sentence;
  };
  static constexpr std::array<Unsaid, 3> kUnsaid{{
      {Setting::drafting,
       "speculative decoding needs the share of drafts that are accepted, which no file says "
       "(`speculative: {draft: NAME, tokens: N, acceptance: SHARE}`)"},
      {Setting::draft_model,
       "speculative decoding needs the share of drafts that are accepted, which no file says "
       "(`speculative: {draft: NAME, tokens: N, acceptance: SHARE}`)"},
      {Setting::draft_tokens, "goes with speculative decoding"},
  }};
  for (const Unsaid& unsaid : kUnsaid) {
    if (const Stated* stated = pool_->arguments.find(unsaid.setting); stated != nullptr && stated->text != "auto") {
      note(*stated, unsaid.sentence);
    }
  }
  if (const Stated* scheduling = pool_->arguments.find(Setting::scheduling);
      scheduling != nullptr && (scheduling->text == "off" || pool_->arguments.engine != EngineName::vllm)) {
    note(*scheduling, "scheduling is the engine profile's");
  }
  if (const Stated* nodes = pool_->arguments.find(Setting::nodes);
      nodes != nullptr && nodes->text != std::to_string(pool_->pods)) {
    note(*nodes, "not simulated: a server stands on " + std::to_string(pool_->pods) +
                     (pool_->pods == 1 ? " pod here" : " pods here"));
  }
  for (const Stated& stated : pool_->arguments.unsimulated) {
    note(stated, "not simulated");
  }
  for (const Stated& stated : pool_->arguments.unknown) {
    note(stated, "not known here");
  }
}

}  // namespace idlewatt
