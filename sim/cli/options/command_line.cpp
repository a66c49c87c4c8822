#include "cli/options/command_line.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <iterator>
#include <sstream>

#include "base/error.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace po = boost::program_options;

namespace {

constexpr const char* kPositional = "positional argument";

po::options_description describe(const CommandSpec& spec) {
  po::options_description description("Options");
  for (const OptionSpec& option : spec.options) {
    const std::string names = option.short_name.empty() ? option.name : option.name + "," + option.short_name;
    if (option.argument.empty()) {
      description.add_options()(names.c_str(), option.help.c_str());
    } else if (option.repeatable) {
      auto* values = po::value<std::vector<std::string>>()->composing()->value_name(option.argument);
      description.add_options()(names.c_str(), values, option.help.c_str());
    } else {
      description.add_options()(names.c_str(), po::value<std::string>()->value_name(option.argument),
                                option.help.c_str());
    }
  }
  description.add_options()("help,h", "print this and end");
  return description;
}

/// "IN OUT" -> {"IN", "OUT"}.
std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

[[noreturn]] void fail(const CommandSpec& spec, const std::string& problem) {
  throw InputError("idlewatt " + spec.name + ": " + problem);
}

std::string usage(const CommandSpec& spec) {
  return "idlewatt " + spec.name + (spec.positional.empty() ? "" : " " + spec.positional) + " [options]" +
         (spec.simgrid_arguments ? " [-- SimGrid options]" : "");
}

std::vector<std::string> option_names(const CommandSpec& spec) {
  std::vector<std::string> names;
  for (const OptionSpec& option : spec.options) {
    names.push_back("--" + option.name);
  }
  names.emplace_back("--help");
  return names;
}

/// What an option wants behind it, for a command line that gave something else.
std::string argument_of(const CommandSpec& spec, std::string name) {
  name.erase(0, name.find_first_not_of('-'));
  for (const OptionSpec& option : spec.options) {
    if ((name == option.name || name == option.short_name) && !option.argument.empty()) {
      return "needs a value: " + option.argument;
    }
  }
  return "takes no value";
}

/// Boost's findings in our words.
po::parsed_options parse(const CommandSpec& spec, const std::vector<std::string>& arguments) {
  po::options_description description = describe(spec);
  description.add_options()(kPositional, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(kPositional, -1);
  namespace style = po::command_line_style;
  constexpr int no_guessing = style::default_style & ~style::allow_guessing;
  try {
    return po::command_line_parser(arguments).options(description).positional(positional).style(no_guessing).run();
  } catch (const po::unknown_option& error) {
    const std::string& name = error.get_option_name();
    fail(spec, "unknown option `" + name + "` (" + suggestion(name, option_names(spec)) + ")");
  } catch (const po::error_with_option_name& error) {
    fail(spec, "option `" + error.get_option_name() + "` " + argument_of(spec, error.get_option_name()));
  } catch (const po::error& error) {
    fail(spec, std::string(error.what()) + "; see `idlewatt " + spec.name + " --help`");
  }
}

}  // namespace

bool CommandLine::has(std::string_view option) const {
  return std::any_of(given_.begin(), given_.end(), [&](const Given& given) { return given.name == option; });
}

std::optional<std::string> CommandLine::value(std::string_view option) const {
  std::optional<std::string> last;
  for (const Given& given : given_) {
    if (given.name == option) {
      last = given.value;
    }
  }
  return last;
}

std::vector<std::string> CommandLine::values(std::string_view option) const {
  std::vector<std::string> result;
  for (const Given& given : given_) {
    if (given.name == option) {
      result.push_back(given.value);
    }
  }
  return result;
}

std::optional<std::uint64_t> CommandLine::number(std::string_view option, std::uint64_t minimum) const {
  const auto text = value(option);
  if (!text) {
    return std::nullopt;
  }
  std::uint64_t result = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), result);
  if (error != std::errc() || end != text->data() + text->size() || result < minimum) {
    throw InputError("--" + std::string(option) + ": `" + *text + "` is not a whole number from " +
                     std::to_string(minimum) + " on");
  }
  return result;
}

CommandLine parse_command_line(const CommandSpec& spec, const std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  const po::parsed_options parsed = parse(spec, {arguments.begin(), dashes});
  std::vector<std::string> after;
  if (dashes != arguments.end()) {
    after.assign(std::next(dashes), arguments.end());
    if (!spec.simgrid_arguments && !after.empty()) {
      fail(spec, "takes nothing after `--`, but got `" + after.front() + "`");
    }
  }

  const std::vector<std::string> wanted = words(spec.positional);
  const bool any_number = !wanted.empty() && wanted.back().ends_with("...");
  std::vector<std::string> positionals;
  std::vector<CommandLine::Given> given;
  for (const po::option& option : parsed.options) {
    if (option.string_key != kPositional) {
      given.push_back({option.string_key, option.value.empty() ? "" : option.value.front()});
      continue;
    }
    for (const std::string& value : option.value) {
      if (positionals.size() == wanted.size() && !any_number) {
        fail(spec, "unexpected argument `" + value + "` (usage: " + usage(spec) + ")");
      }
      positionals.push_back(value);
    }
  }
  for (const OptionSpec& option : spec.options) {
    const auto times = std::count_if(given.begin(), given.end(), [&](const auto& g) { return g.name == option.name; });
    if (times > 1 && !option.repeatable) {
      fail(spec, "option `--" + option.name + "` is given " + std::to_string(times) + " times; expected it once");
    }
  }
  CommandLine result(std::move(positionals), std::move(given), std::move(after));
  for (std::size_t i = 0; i < wanted.size() && !result.has("help"); ++i) {
    if (!wanted[i].starts_with("[") && result.positional(i).empty()) {
      fail(spec, wanted[i].substr(0, wanted[i].find("...")) + " is missing (usage: " + usage(spec) + ")");
    }
  }
  return result;
}

std::string help_text(const CommandSpec& spec) {
  std::ostringstream text;
  text << spec.summary << "\n\nUsage: " << usage(spec) << "\n\n"
       << describe(spec) << "\nExample: " << spec.example << "\n";
  return text.str();
}

}  // namespace idlewatt
