// The arguments of serving engines: which flags there are, and what they mean. A table of flags for each engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/command_words.hpp"

namespace idlewatt {

/// What an argument sets, whatever an engine calls it.
enum class Setting : std::uint8_t {
  none,  ///< nothing that matters here: addresses, names, logs
  model,
  served_name,
  tensor,         ///< degree of tensor parallelism
  pipeline,       ///< degree of pipeline parallelism
  data,           ///< degree of data parallelism
  expert,         ///< degree of expert parallelism, or "on"
  dp_attention,   ///< "on": attention is divided by requests, not by heads
  max_sequences,  ///< most sequences in a batch
  max_requests,   ///< most requests that a server lets in
  token_budget,   ///< most tokens in a step
  context,        ///< longest prompt and output together
  memory_share,   ///< of the accelerator's memory, for all
  quantization,
  kv_precision,
  dtype,
  prefix_cache,     ///< "on" or "off"
  chunked_prefill,  ///< "on", "off" or a number of tokens
  scheduling,       ///< "on": asynchronous
  drafting,         ///< speculative decoding: a method, or JSON
  draft_model,
  draft_tokens,
  part,         ///< "prefill" or "decode"
  kv_transfer,  ///< JSON of vLLM's connectors
  config_file,  ///< a file with more arguments
  nodes,        ///< over how many pods one server stands
  unsimulated,  ///< changes speed or memory, and cannot be simulated
};

enum class EngineName : std::uint8_t { vllm, sglang, tgi, trtllm, triton, ollama, unknown };

/// A flag of an engine.
struct Flag {
  std::string_view names;  ///< with a space between: "--tensor-parallel-size -tp"
  Setting setting = Setting::none;
  std::string_view value = {};  ///< what it says by itself; empty: the word behind it
};

/// A serving engine, and how its containers are known.
struct ServingEngine {
  EngineName name = EngineName::unknown;
  std::string_view title;     ///< "vLLM"
  std::string_view profile;   ///< engine of the catalogue that stands for it
  std::string_view note;      ///< what the profile is not; empty where it fits
  std::string_view programs;  ///< words of commands that start it, with a space between
  std::string_view images;    ///< parts of names of images, with a space between
  const std::vector<Flag>& (*flags)();
  bool model_first = false;  ///< the first word that is no flag is the model
};

/// All of them. The last one is for commands that no other engine claims.
const std::vector<ServingEngine>& serving_engines();
const ServingEngine& serving_engine(EngineName name);

/// What a server is started with.
struct ServerArguments {
  EngineName engine = EngineName::unknown;
  std::map<Setting, Stated> values = {};  ///< the last of each
  std::vector<Stated> unsimulated = {};   ///< flags that change something and cannot be simulated
  std::vector<Stated> unknown = {};       ///< flags of which nothing is known here

  /// What sets it; null where nothing does.
  const Stated* find(Setting setting) const;
  /// The same where nothing has set it yet.
  void add(Setting setting, const Stated& stated) { values.try_emplace(setting, stated); }
};

/// Reads the words behind the program that starts an engine.
void read_arguments(const Words& words, const ServingEngine& engine, ServerArguments& arguments);

/// Reads one argument by its name without dashes, as configuration files and values of charts have it.
void read_argument(const std::string& name, const Stated& value, const ServingEngine& engine,
                   ServerArguments& arguments);

/// The engine that a container runs, by its commands or else its image, with the words of its arguments; nothing where
/// none is known.
struct RecognisedServer {
  const ServingEngine* engine = nullptr;
  Words words = {};
};
std::optional<RecognisedServer> recognise_server(const std::vector<Words>& commands, const std::string& image);

}  // namespace idlewatt
