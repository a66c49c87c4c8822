#include "cli/reference/completion.hpp"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options/data_directory.hpp"
#include "cli/reference/schema_keys.hpp"
#include "cli/text/text.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/keys/key_paths.hpp"
#include "scenario/scenario_source.hpp"
#include "scenario/yaml/fields.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {
namespace {

using Names = std::vector<std::string>;

/// Looked up only when they are asked for: reading the catalogue takes longer than a key press should.
Names catalogue_names(const std::string& kind) {
  const Catalog catalog = read_platforms(data_directory() + "/platforms");
  return kind == "models"         ? keys_of(catalog.models)
         : kind == "servers"      ? keys_of(catalog.servers)
         : kind == "accelerators" ? keys_of(catalog.accelerators)
                                  : keys_of(catalog.engines);
}

Names kv_format_names() {
  Names names;
  for (const KvFormat format : kKvFormats) {
    names.emplace_back(to_string(format));
  }
  return names;
}

Names precision_names() {
  Names names;
  for (const Precision precision : kPrecisions) {
    names.emplace_back(to_string(precision));
  }
  return names;
}

const std::vector<std::string> kShells{"bash", "zsh", "fish"};

Names first_words() {
  Names words;
  for (const Command& command : commands()) {
    const std::string word = command.spec.name.substr(0, command.spec.name.find(' '));
    if (words.empty() || words.back() != word) {
      words.push_back(word);
    }
  }
  return words;
}

/// A command line up to the word that is being typed.
class TypedLine {
 public:
  explicit TypedLine(const Names& words) : words_(words) {}

  Names candidates() const {
    if (words_.size() <= 1) {
      return first_words();
    }
    const std::vector<Command> group = commands_in(words_.front());
    const bool nested = !group.empty() && group.front().spec.name != words_.front();
    if (nested && words_.size() == 2) {
      Names names;
      for (const Command& command : group) {
        names.push_back(command.spec.name.substr(words_.front().size() + 1));
      }
      return names;
    }
    const std::string name = words_.front() + (nested ? " " + words_[1] : "");
    const auto found =
        std::find_if(group.begin(), group.end(), [&](const Command& command) { return command.spec.name == name; });
    return found == group.end() ? Names() : candidates_of(found->spec, nested ? 2 : 1);
  }

 private:
  Names candidates_of(const CommandSpec& spec, std::size_t first) const {
    if (words_.back().starts_with("-")) {
      Names names{"--help"};
      for (const OptionSpec& option : spec.options) {
        names.push_back("--" + option.name);
      }
      return names;
    }
    if (words_.size() > first + 1) {
      if (const auto option = option_that_waits(spec, words_[words_.size() - 2])) {
        return values(spec, *option, first);
      }
    }
    if (spec.name == "catalog") {
      return words_.size() == first + 1 ? Names{"accelerators", "servers", "models", "engines", "policies", "units"}
                                        : catalogue_names(words_[first]);
    }
    if (spec.name == "schema") {
      return words_.size() == first + 1 ? schema_kinds() : Names();
    }
    return spec.name == "help" ? first_words() : spec.name == "completion" ? kShells : Names();
  }

  /// The option that takes the next word as its value.
  static std::optional<std::string> option_that_waits(const CommandSpec& spec, const std::string& word) {
    for (const OptionSpec& option : spec.options) {
      if (!option.argument.empty() && (word == "--" + option.name || word == "-" + option.short_name)) {
        return option.name;
      }
    }
    return std::nullopt;
  }

  Names values(const CommandSpec& spec, const std::string& option, std::size_t first) const {
    static const std::map<std::string, std::function<Names()>> kinds{
        {"model", [] { return catalogue_names("models"); }},
        {"servers", [] { return catalogue_names("servers"); }},
        {"server", [] { return catalogue_names("servers"); }},
        {"to", [] { return Names{"kubernetes"}; }},
        {"accelerator", [] { return catalogue_names("accelerators"); }},
        {"accelerators", [] { return catalogue_names("accelerators"); }},
        {"engine", [] { return catalogue_names("engines"); }},
        {"precision", precision_names},
        {"kv-cache-dtype", kv_format_names},
        {"format", trace_format_names},
        {"minimize", [] {
           return Names{"cost", "energy", "carbon"};
         }}};
    if (option == "variant") {
      return variants(spec, first);
    }
    if (option == "set") {
      return paths(spec, first);
    }
    const auto found = kinds.find(option);
    return found == kinds.end() ? Names() : found->second();
  }

  /// Those of the scenario, which is the first word that is no option and no option's value.
  Names variants(const CommandSpec& spec, std::size_t first) const {
    Names names;
    if (const std::optional<std::string> file = scenario(spec, first)) {
      const ScenarioSource source(*file, {});
      for (const YamlEntry& variant : source.variants()) {
        names.push_back(variant.key);
      }
    }
    return names;
  }

  /// What `--set` may name, with the `=` behind it.
  Names paths(const CommandSpec& spec, std::size_t first) const {
    Names names;
    if (const std::optional<std::string> file = scenario(spec, first)) {
      const YamlNode root = parse_yaml(read_text_file(*file), *file);
      for (const std::string& path : key_paths(scenario_keys(), &root)) {
        names.push_back(path + "=");
      }
    }
    return names;
  }

  std::optional<std::string> scenario(const CommandSpec& spec, std::size_t first) const {
    for (std::size_t i = first; i + 1 < words_.size(); ++i) {
      if (!words_[i].starts_with("-") && !(i > first && option_that_waits(spec, words_[i - 1]))) {
        return words_[i];
      }
    }
    return std::nullopt;
  }

  const Names& words_;
};

constexpr const char* kBash =
    R"SCRIPT(# Completion of idlewatt for bash: source it, or put it into share/bash-completion/completions/.
_idlewatt() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$(printf '%q' "$candidate")")
  done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -o default -F _idlewatt idlewatt
)SCRIPT";

constexpr const char* kZsh = R"SCRIPT(#compdef idlewatt
# Completion of idlewatt for zsh: put it into a folder of $fpath as _idlewatt.
_idlewatt() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ -n "${candidates[*]}" ]]; then
    compadd -- "${candidates[@]}"
  else
    _files
  fi
}
compdef _idlewatt idlewatt
)SCRIPT";

constexpr const char* kFish =
    R"SCRIPT(# Completion of idlewatt for fish: put it into a folder of $fish_complete_path as idlewatt.fish.
complete -c idlewatt -a '(set -l typed (commandline -opc); $typed[1] complete -- $typed[2..] (commandline -ct) 2> /dev/null)'
)SCRIPT";

ExitStatus print_script(const CommandLine& line) {
  const std::string shell = line.positional();
  if (std::find(kShells.begin(), kShells.end(), shell) == kShells.end()) {
    throw InputError("idlewatt completion: unknown shell `" + shell + "` (" + suggestion(shell, kShells) + ")");
  }
  std::cout << (shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return ExitStatus::ok;
}

}  // namespace

std::vector<std::string> completions(const std::vector<std::string>& words) {
  const std::string typed = words.empty() ? "" : words.back();
  const std::size_t comma = typed.rfind(',');
  const std::string before = comma == std::string::npos || typed.starts_with("-") ? "" : typed.substr(0, comma + 1);
  std::vector<std::string> found;
  try {
    for (const std::string& candidate : TypedLine(words).candidates()) {
      if ((before + candidate).starts_with(typed)) {
        found.push_back(before + candidate);
      }
    }
  } catch (const std::exception&) {  // a scenario that cannot be read has no variants to offer
    return {};
  }
  return found;
}

Command completion_command() {
  return {{.name = "completion",
           .summary = "Print a script that completes commands, options and names in bash, zsh or fish.",
           .positional = "SHELL",
           .example = "idlewatt completion bash"},
          print_script};
}

}  // namespace idlewatt
