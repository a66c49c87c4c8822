#include "manifests/server_flags.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <iterator>
#include <sstream>

namespace idlewatt {
namespace {

// Sources: the engines' own lists of arguments: vLLM `vllm serve --help` (vllm/engine/arg_utils.py), SGLang
// (python/sglang/srt/server_args.py), TGI `text-generation-launcher --help`, TensorRT-LLM `trtllm-serve --help`.

const std::vector<Flag>& vllm_flags() {
  static const std::vector<Flag> flags{
      {"--model --model-id", Setting::model},
      {"--served-model-name --model-name", Setting::served_name},
      {"--tensor-parallel-size -tp", Setting::tensor},
      {"--pipeline-parallel-size -pp", Setting::pipeline},
      {"--data-parallel-size -dp", Setting::data},
      {"--prefill-context-parallel-size -pcp", Setting::context_ranks},
      {"--decode-context-parallel-size -dcp", Setting::kv_parts},
      {"--enable-expert-parallel -ep", Setting::expert, "on"},
      {"--max-num-seqs", Setting::max_sequences},
      {"--max-num-batched-tokens", Setting::token_budget},
      {"--max-model-len", Setting::context},
      {"--gpu-memory-utilization", Setting::memory_share},
      {"--quantization -q", Setting::quantization},
      {"--kv-cache-dtype", Setting::kv_precision},
      {"--dtype", Setting::dtype},
      {"--enable-prefix-caching", Setting::prefix_cache, "on"},
      {"--no-enable-prefix-caching --disable-prefix-caching", Setting::prefix_cache, "off"},
      {"--enable-chunked-prefill", Setting::chunked_prefill, "on"},
      {"--no-enable-chunked-prefill", Setting::chunked_prefill, "off"},
      {"--async-scheduling", Setting::scheduling, "on"},
      {"--no-async-scheduling", Setting::scheduling, "off"},
      {"--speculative-config -sc", Setting::drafting},
      {"--speculative-model", Setting::draft_model},
      {"--num-speculative-tokens", Setting::draft_tokens},
      {"--kv-transfer-config", Setting::kv_transfer},
      {"--disaggregation-mode", Setting::part},
      {"--is-prefill-worker", Setting::part, "prefill"},
      {"--is-decode-worker", Setting::part, "decode"},
      {"--config", Setting::config_file},
      {"--nnodes -n", Setting::nodes},
      {"--enforce-eager", Setting::unsimulated, "on"},
      {"--cpu-offload-gb", Setting::unsimulated},
      {"--enable-lora", Setting::unsimulated, "on"},
      {"--max-loras", Setting::unsimulated},
      {"--enable-dbo", Setting::unsimulated, "on"},
      {"--enable-eplb", Setting::unsimulated, "on"},
      {"--num-gpu-blocks-override", Setting::unsimulated},
      {"--kv-offloading-size", Setting::unsimulated},
      {"--swap-space", Setting::none},
      {"--block-size", Setting::none},
      {"--trust-remote-code", Setting::none, "on"},
      {"--disable-log-requests --disable-log-stats --no-enable-log-requests --enable-log-requests --disable-uvicorn-"
       "access-log --disable-access-log-for-endpoints",
       Setting::none, "on"},
      {"--enable-auto-tool-choice --enable-reasoning --headless --data-parallel-hybrid-lb --data-parallel-external-lb "
       "--disable-frontend-multiprocessing --enable-request-id-headers --enable-prompt-tokens-details "
       "--return-tokens-as-token-ids --enable-server-load-tracking --enable-sleep-mode --disable-fastapi-docs",
       Setting::none, "on"},
      {"--host --port --api-key --tokenizer --tokenizer-mode --download-dir --load-format --chat-template --seed "
       "--revision --tool-call-parser --reasoning-parser --uvicorn-log-level --distributed-executor-backend "
       "--data-parallel-size-local -dpl --data-parallel-address --data-parallel-rpc-port --data-parallel-start-rank "
       "--data-parallel-rank --data-parallel-backend --node-rank --master-addr --master-port --generation-config "
       "--root-path --ssl-keyfile --ssl-certfile --ssl-ca-certs --ssl-cert-reqs --kv-events-config "
       "--limit-mm-per-prompt --model-dir --allowed-origins --max-log-len --response-role --api-server-count "
       "--tokenizer-revision --code-revision --guided-decoding-backend --structured-outputs-config --hf-overrides "
       "--override-generation-config --default-chat-template-kwargs --worker-use-ray --connector --namespace "
       "--endpoint --numa-bind --prefix-caching-hash-algo",
       Setting::none},
  };
  return flags;
}

const std::vector<Flag>& sglang_flags() {
  static const std::vector<Flag> flags{
      {"--model-path --model", Setting::model},
      {"--served-model-name", Setting::served_name},
      {"--tensor-parallel-size --tp-size --tp", Setting::tensor},
      {"--pipeline-parallel-size --pp-size --pp", Setting::pipeline},
      {"--data-parallel-size --dp-size --dp", Setting::data},
      {"--expert-parallel-size --ep-size --ep", Setting::expert},
      {"--enable-ep-moe --enable-deepep-moe", Setting::expert, "on"},
      {"--enable-dp-attention", Setting::dp_attention, "on"},
      {"--max-running-requests", Setting::max_sequences},
      {"--chunked-prefill-size", Setting::token_budget},
      {"--context-length", Setting::context},
      {"--mem-fraction-static", Setting::memory_share},
      {"--quantization", Setting::quantization},
      {"--kv-cache-dtype", Setting::kv_precision},
      {"--dtype", Setting::dtype},
      {"--disable-radix-cache", Setting::prefix_cache, "off"},
      {"--disable-overlap-schedule", Setting::scheduling, "off"},
      {"--speculative-algorithm --speculative-algo", Setting::drafting},
      {"--speculative-draft-model-path", Setting::draft_model},
      {"--speculative-num-steps", Setting::draft_tokens},
      {"--disaggregation-mode", Setting::part},
      {"--nnodes", Setting::nodes},
      {"--config", Setting::config_file},
      {"--disable-cuda-graph", Setting::unsimulated, "on"},
      {"--enable-two-batch-overlap --enable-eplb --enable-hierarchical-cache --enable-mixed-chunk",
       Setting::unsimulated, "on"},
      {"--max-total-tokens --speculative-num-draft-tokens --speculative-eagle-topk --max-prefill-tokens "
       "--schedule-policy "
       "--schedule-conservativeness --moe-a2a-backend --deepep-mode --cpu-offload-gb --hicache-ratio --hicache-size",
       Setting::unsimulated},
      {"--trust-remote-code --log-requests --enable-metrics --skip-server-warmup --enable-cache-report "
       "--skip-tokenizer-init "
       "--disable-custom-all-reduce",
       Setting::none, "on"},
      {"--host --port --api-key --dist-init-addr --dist-timeout --nccl-init-addr --node-rank --tokenizer-path "
       "--load-format --revision --download-dir "
       "--chat-template --tool-call-parser --reasoning-parser --log-level --random-seed --page-size "
       "--attention-backend "
       "--disaggregation-transfer-backend --disaggregation-bootstrap-port --disaggregation-ib-device "
       "--watchdog-timeout "
       "--cuda-graph-max-bs --cuda-graph-bs --stream-interval --moe-runner-backend --base-gpu-id",
       Setting::none},
  };
  return flags;
}

const std::vector<Flag>& tgi_flags() {
  static const std::vector<Flag> flags{
      {"--model-id", Setting::model},
      {"--num-shard", Setting::tensor},
      {"--sharded", Setting::none},
      {"--max-concurrent-requests", Setting::max_requests},
      {"--max-batch-size", Setting::max_sequences},
      {"--max-total-tokens", Setting::context},
      {"--quantize", Setting::quantization},
      {"--kv-cache-dtype", Setting::kv_precision},
      {"--dtype", Setting::dtype},
      {"--cuda-memory-fraction", Setting::memory_share},
      {"--speculate", Setting::draft_tokens},
      {"--max-batch-prefill-tokens --max-batch-total-tokens --waiting-served-ratio --max-waiting-tokens",
       Setting::unsimulated},
      {"--trust-remote-code --json-output --disable-custom-kernels", Setting::none, "on"},
      {"--max-input-tokens --max-input-length --max-best-of --max-stop-sequences --port --hostname --revision "
       "--huggingface-hub-cache --weights-cache-override --otlp-endpoint --shard-uds-path --master-addr --master-port "
       "--validation-workers --cors-allow-origin --tokenizer-config-path --cuda-graphs --rope-scaling --rope-factor",
       Setting::none},
  };
  return flags;
}

const std::vector<Flag>& trtllm_flags() {
  static const std::vector<Flag> flags{
      {"--model --model-path", Setting::model},
      {"--tp-size --tp --tensor-parallel-size", Setting::tensor},
      {"--pp-size --pp --pipeline-parallel-size", Setting::pipeline},
      {"--ep-size --ep --expert-parallel-size", Setting::expert},
      {"--max-batch-size", Setting::max_sequences},
      {"--max-num-tokens", Setting::token_budget},
      {"--max-seq-len", Setting::context},
      {"--kv-cache-dtype", Setting::kv_precision},
      {"--disaggregation-mode", Setting::part},
      {"--served-model-name", Setting::served_name},
      // A share of the memory that the weights leave free.
      {"--kv-cache-free-gpu-memory-fraction --free-gpu-memory-fraction", Setting::unsimulated},
      {"--extra-llm-api-options --extra-engine-args --max-beam-width", Setting::unsimulated},
      {"--trust-remote-code", Setting::none, "on"},
      {"--host --port --tokenizer --backend --log-level --gpus-per-node --gpu-per-node --num-postprocess-workers "
       "--reasoning-parser --metadata-server-config-file --model-type",
       Setting::none},
  };
  return flags;
}

const std::vector<Flag>& triton_flags() {
  static const std::vector<Flag> flags{
      {"--model-repository --model-store --model-control-mode --http-port --grpc-port --metrics-port --log-verbose "
       "--grpc-infer-allocation-pool-size --backend-config --load-model --disable-auto-complete-config",
       Setting::none},
  };
  return flags;
}

const std::vector<Flag>& unknown_flags() {
  static const std::vector<Flag> flags{
      {"--model --model-path --model-id", Setting::model},
      {"--tp --tp-size --tensor-parallel-size", Setting::tensor},
      {"--pp --pp-size --pipeline-parallel-size", Setting::pipeline},
      {"--dp --dp-size --data-parallel-size", Setting::data},
      {"--gpu-per-node --gpus-per-node --port --host", Setting::none},
  };
  return flags;
}

bool holds(std::string_view words, std::string_view word) {
  std::istringstream stream{std::string(words)};
  for (std::string one; stream >> one;) {
    if (one == word) {
      return true;
    }
  }
  return false;
}

/// vLLM takes `_` for `-` in flags, and TensorRT-LLM writes them with `_`.
std::string with_dashes(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

const Flag* flag_of(const std::string& name, const ServingEngine& engine) {
  const std::vector<Flag>& flags = engine.flags();
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& f) { return holds(f.names, name); });
  return found == flags.end() ? nullptr : &*found;
}

bool is_flag(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9') && word[1] != '.';
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return text;
}

/// Flags such as `--enable-chunked-prefill` may have a word of truth behind them.
std::optional<bool> truth(const std::string& word) {
  const std::string small = lower(word);
  if (small == "true" || small == "1") {
    return true;
  }
  if (small == "false" || small == "0") {
    return false;
  }
  return std::nullopt;
}

void set(const Flag& flag, const Stated& value, ServerArguments& arguments) {
  const bool off = !flag.value.empty() && value.text != flag.value;
  if (flag.setting == Setting::unsimulated) {
    if (!off) {
      arguments.unsimulated.push_back(value);
    }
  } else if (flag.setting != Setting::none) {
    arguments.values[flag.setting] = value;
  }
}

bool is_python(const std::string& program) {
  return program == "python" || program.starts_with("python3") || program.starts_with("python2");
}

/// The words of a command whose program is not known, without the program where that is plain: a shell or Python, with
/// its options and its script, and the program of a line of a script.
Words arguments_behind(const Words& words, bool of_script) {
  const std::string program = program_name(words.front().text);
  if (!is_shell(program) && !is_python(program)) {
    return {words.begin() + (of_script ? 1 : 0), words.end()};
  }
  const auto script = std::find_if(words.begin() + 1, words.end(), [](const Stated& w) { return !is_flag(w.text); });
  return {script == words.end() ? script : script + 1, words.end()};
}

/// Whether a word without a flag may name a model: not a script that starts the engine.
bool may_be_model(const std::string& word) {
  return !word.empty() && !word.ends_with(".sh") && !word.ends_with(".py") && !word.starts_with("$");
}

std::string opposite(std::string_view value) {
  return value == "on" ? "off" : "on";
}

/// The server that a command starts: `vllm serve MODEL`, `python -m module ...`. A value such as `--runtime vllm` is
/// none.
std::optional<RecognisedServer> started_by(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string program = program_name(words[i].text);
    for (const ServingEngine& engine : serving_engines()) {
      if (engine.programs.empty() || !holds(engine.programs, program) || (i > 0 && is_flag(words[i].text))) {
        continue;
      }
      const bool starts = i == 0 || words[i - 1].text == "-m" || words[0].text.find("python") != std::string::npos;
      if (!starts) {
        continue;
      }
      std::size_t from = i + 1;
      from += from < words.size() && (words[from].text == "serve") ? 1 : 0;
      return RecognisedServer{.engine = &engine,
                              .words = {words.begin() + static_cast<std::ptrdiff_t>(from), words.end()},
                              .by_command = true};
    }
  }
  return std::nullopt;
}

/// The first server that the commands start. Throws InputError for a second one beside it: one that runs while the
/// first, in the background, does. Another may be the other branch of a condition.
std::optional<RecognisedServer> started_server(const std::vector<ShellCommand>& commands) {
  std::optional<RecognisedServer> server;
  bool beside = false;
  for (const ShellCommand& command : commands) {
    auto started = started_by(command.words);
    if (started && beside) {
      fail(command.words.front().place,
           fmt::format("a second server, beside `{}`; expected one server a pod", server->engine->title));
    }
    if (started && !server) {
      server = std::move(started);
      beside = command.background;
    }
  }
  return server;
}

}  // namespace

const std::vector<ServingEngine>& serving_engines() {
  static const std::vector<ServingEngine> engines{
      {EngineName::vllm, "vLLM", "vllm-2025", "", "vllm vllm.entrypoints.openai.api_server dynamo.vllm api_server",
       "vllm llm-d huggingfaceserver ray-llm", vllm_flags, true},
      {EngineName::sglang, "SGLang", "sglang-2026", "", "sglang.launch_server dynamo.sglang sglang", "sglang",
       sglang_flags},
      {EngineName::tgi, "TGI", "vllm-2025", "no profile of TGI is in the catalogue: vLLM's stands in",
       "text-generation-launcher", "text-generation-inference", tgi_flags},
      {EngineName::trtllm, "TensorRT-LLM", "tensorrt-llm-2026", "", "trtllm-serve dynamo.trtllm",
       "tensorrt-llm trtllm-serve", trtllm_flags, true},
      {EngineName::triton, "Triton", "tensorrt-llm-2026", "", "tritonserver", "tritonserver", triton_flags},
      {EngineName::ollama, "Ollama", "vllm-2025", "no profile of Ollama is in the catalogue", "ollama", "ollama",
       triton_flags},
      {EngineName::unknown, "an unknown server", "vllm-2025",
       "which engine it is is not known: idlewatt's default stands in", "", "", unknown_flags},
  };
  return engines;
}

const ServingEngine& serving_engine(EngineName name) {
  const auto& engines = serving_engines();
  return *std::find_if(engines.begin(), engines.end(), [&](const ServingEngine& e) { return e.name == name; });
}

const Stated* ServerArguments::find(Setting setting) const {
  const auto found = values.find(setting);
  return found == values.end() ? nullptr : &found->second;
}

void ServerArguments::take(ServerArguments others) {
  values.merge(others.values);
  std::move(others.unsimulated.begin(), others.unsimulated.end(), std::back_inserter(unsimulated));
  std::move(others.unknown.begin(), others.unknown.end(), std::back_inserter(unknown));
}

void read_arguments(const Words& words, const ServingEngine& engine, ServerArguments& arguments) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Stated& word = words[i];
    if (!is_flag(word.text)) {
      // Only the first word names the model: behind flags stand further values, as of --served-model-name.
      if (i == 0 && engine.model_first && may_be_model(word.text)) {
        arguments.add(Setting::model, {word.text, word.place, word.text});
      }
      continue;
    }
    const std::size_t equals = word.text.find('=');
    const std::string name = with_dashes(word.text.substr(0, equals));
    const Flag* flag = flag_of(name, engine);
    const bool behind = i + 1 < words.size() && !is_flag(words[i + 1].text);
    if (flag == nullptr) {
      const bool value = equals == std::string::npos && behind;
      arguments.unknown.push_back({word.text, word.place, word.text + (value ? " " + words[i + 1].text : "")});
      i += value ? 1 : 0;
      continue;
    }
    Stated value{.text = {}, .place = word.place, .said = word.text};
    if (equals != std::string::npos) {
      value.text = word.text.substr(equals + 1);
    }
    if (!flag->value.empty()) {
      // A flag that stands alone; a word of truth may follow it.
      const std::optional<bool> said = equals != std::string::npos ? truth(value.text)
                                       : behind                    ? truth(words[i + 1].text)
                                                                   : std::nullopt;
      i += equals == std::string::npos && behind && said ? 1 : 0;
      value.text = said.value_or(true) ? std::string(flag->value) : opposite(flag->value);
    } else if (equals == std::string::npos) {
      if (i + 1 >= words.size()) {
        fail(word.place, fmt::format("`{}` has no value behind it; expected one", word.text));
      }
      value.text = words[i + 1].text;
      value.said += " " + value.text;
      ++i;
    }
    set(*flag, value, arguments);
  }
}

ServerArguments argument_of(const std::string& name, const Stated& value, const ServingEngine& engine) {
  ServerArguments arguments{.engine = engine.name};
  std::string dashed = with_dashes(name);
  dashed.erase(0, dashed.find_first_not_of('-'));
  const Flag* flag = flag_of("--" + dashed, engine);
  Stated stated = value;
  if (stated.said.empty()) {
    stated.said = name + ": " + value.text;
  }
  if (flag == nullptr) {
    arguments.unknown.push_back(stated);
    return arguments;
  }
  if (!flag->value.empty()) {
    stated.text = truth(value.text).value_or(true) ? std::string(flag->value) : opposite(flag->value);
  }
  set(*flag, stated, arguments);
  return arguments;
}

ServerArguments arguments_of(const YamlNode& map, const ServingEngine& engine) {
  ServerArguments arguments{.engine = engine.name};
  for (const YamlEntry& entry : map.entries) {
    const std::string text = entry.value.is_scalar() ? entry.value.scalar : flow_text(entry.value);
    arguments.take(argument_of(entry.key, {.text = text, .place = entry.value.place}, engine));
  }
  return arguments;
}

std::optional<RecognisedServer> recognise_server(const std::vector<ShellCommand>& commands, const std::string& image) {
  const auto& engines = serving_engines();
  if (auto started = started_server(commands)) {
    return started;
  }
  const std::string small = lower(image);
  for (const ServingEngine& engine : engines) {
    std::istringstream names{std::string(engine.images)};
    for (std::string name; names >> name;) {
      if (small.find(name) != std::string::npos) {
        Words words;
        for (const ShellCommand& command : commands) {
          const Words behind = arguments_behind(command.words, commands.size() > 1);
          words.insert(words.end(), behind.begin(), behind.end());
        }
        return RecognisedServer{.engine = &engine, .words = std::move(words)};
      }
    }
  }
  for (const ShellCommand& command : commands) {
    for (const Stated& word : command.words) {
      if (word.text == "--model" || word.text.starts_with("--model=") || word.text.starts_with("--model-path")) {
        return RecognisedServer{.engine = &engines.back(), .words = {command.words.begin() + 1, command.words.end()}};
      }
    }
  }
  return std::nullopt;
}

}  // namespace idlewatt
