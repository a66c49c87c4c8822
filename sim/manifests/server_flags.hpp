// The arguments of serving engines, with their meaning: a table of flags for each engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/command_words.hpp"

namespace idlewatt {

/// The setting that an argument changes, independent of the engine's name for it.
enum class Setting : std::uint8_t {
  none,  ///< no effect on the simulation: addresses, names, logs
  model,
  served_name,
  tensor,         ///< degree of tensor parallelism
  pipeline,       ///< degree of pipeline parallelism
  data,           ///< degree of data parallelism
  context_ranks,  ///< degree of context parallelism of prompts
  kv_parts,       ///< degree of context parallelism of decoding
  expert,         ///< degree of expert parallelism, or "on"
  dp_attention,   ///< "on": attention is divided by requests, not by heads
  max_sequences,  ///< most sequences in a batch
  max_requests,   ///< most requests that a server accepts
  token_budget,   ///< most tokens in a step
  context,        ///< longest prompt and output together
  memory_share,   ///< share of the accelerator's memory that the server takes in all
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
  nodes,        ///< number of pods over which one server is spread
  unsimulated,  ///< changes speed or memory, but cannot be simulated
};

/// The serving engines whose arguments are known.
enum class EngineName : std::uint8_t { vllm, sglang, tgi, trtllm, triton, ollama, unknown };

/// A flag of an engine.
struct Flag {
  std::string_view names;  ///< names with a space between: "--tensor-parallel-size -tp"
  Setting setting = Setting::none;
  std::string_view value = {};  ///< value of the flag itself; empty: the next word is the value
};

/// A serving engine, with the marks by which its containers are recognised.
struct ServingEngine {
  EngineName name = EngineName::unknown;
  std::string_view title;     ///< "vLLM"
  std::string_view profile;   ///< engine of the catalogue that is used for it
  std::string_view note;      ///< difference between the engine and its profile; empty where the profile fits
  std::string_view programs;  ///< words of commands that start it, with a space between
  std::string_view images;    ///< parts of image names, with a space between
  const std::vector<Flag>& (*flags)();
  bool model_first = false;  ///< true: the first word that is no flag is the model
};

/// All engines. The last one is for commands that no other engine claims.
const std::vector<ServingEngine>& serving_engines();
const ServingEngine& serving_engine(EngineName name);

/// The arguments with which a server is started.
struct ServerArguments {
  EngineName engine = EngineName::unknown;
  std::map<Setting, Stated> values = {};  ///< last value of each setting
  std::vector<Stated> unsimulated = {};   ///< flags that change something and cannot be simulated
  std::vector<Stated> unknown = {};       ///< unknown flags

  /// The argument that sets `setting`; null when none does.
  const Stated* find(Setting setting) const;
  /// Sets `setting`, unless it is set already.
  void add(Setting setting, const Stated& stated) { values.try_emplace(setting, stated); }
  /// Adds the settings of `others` that are not set already, and all their other flags.
  void take(ServerArguments others);
};

/// Reads the words after the program that starts an engine.
void read_arguments(const Words& words, const ServingEngine& engine, ServerArguments& arguments);

/// The argument of that name without dashes, as in configuration files and values of charts.
ServerArguments argument_of(const std::string& name, const Stated& value, const ServingEngine& engine);

/// The arguments in a map of them by their names. A map or a list as a value is taken as JSON.
ServerArguments arguments_of(const YamlNode& map, const ServingEngine& engine);

/// The engine that a container runs, with the words of its arguments. It is recognised by the commands, otherwise by
/// the image; nothing for an unknown engine. Throws InputError for commands that start two servers side by side.
struct RecognisedServer {
  const ServingEngine* engine = nullptr;
  Words words = {};
  bool by_command = false;  ///< false: only by the image, or by an argument
};
std::optional<RecognisedServer> recognise_server(const std::vector<ShellCommand>& commands, const std::string& image);

}  // namespace idlewatt
