// The command line of a subcommand. Its options are declared once, for parsing and for --help.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

/// One option of a subcommand.
struct OptionSpec {
  std::string name;             ///< "seed", without dashes
  std::string short_name = {};  ///< "o"; may be empty
  std::string argument = {};    ///< "N"; empty for a flag
  std::string help;
  bool repeatable = false;
};

/// The declaration of a subcommand, for `idlewatt help` and the parser.
struct CommandSpec {
  std::string name;     ///< "run", "trace stats"
  std::string summary;  ///< one line
  /// The arguments without an option. "SCENARIO" or "IN OUT": each word is required; "[KIND] [NAME]": each is optional;
  /// "RUN.h5...": one or more; empty: none.
  std::string positional = {};
  std::vector<OptionSpec> options = {};
  std::string example;             ///< one command line
  bool simgrid_arguments = false;  ///< true: `-- ...` may follow
};

/// The parsed command line.
class CommandLine {
 public:
  struct Given {
    std::string name;
    std::string value;  ///< empty for a flag
  };

  CommandLine(std::vector<std::string> positionals, std::vector<Given> given, std::vector<std::string> after_dashes)
      : positionals_(std::move(positionals)), given_(std::move(given)), after_dashes_(std::move(after_dashes)) {}

  /// The argument at `index` that belongs to no option; empty when it was not given.
  std::string positional(std::size_t index = 0) const { return index < positionals_.size() ? positionals_[index] : ""; }
  const std::vector<std::string>& positionals() const { return positionals_; }
  bool has(std::string_view option) const;
  /// The last value of an option; nothing when it was not given.
  std::optional<std::string> value(std::string_view option) const;
  std::vector<std::string> values(std::string_view option) const;
  /// The value of an option as a whole number of at least `minimum`. Throws InputError for any other value.
  std::optional<std::uint64_t> number(std::string_view option, std::uint64_t minimum) const;
  /// The arguments after `--`.
  const std::vector<std::string>& after_dashes() const { return after_dashes_; }

 private:
  std::vector<std::string> positionals_;
  std::vector<Given> given_;
  std::vector<std::string> after_dashes_;
};

/// Parses the arguments after the subcommand's name. With `--help`, positional arguments may be missing. Throws
/// InputError with one line and the nearest known name.
CommandLine parse_command_line(const CommandSpec& spec, const std::vector<std::string>& arguments);

/// The text of `idlewatt <command> --help`.
std::string help_text(const CommandSpec& spec);

}  // namespace idlewatt
