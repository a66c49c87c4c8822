// `idlewatt init`: a first scenario from a few answers.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <unistd.h>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/files/new_scenario_file.hpp"
#include "cli/options/select.hpp"
#include "cli/text/text.hpp"
#include "scenario/catalog/read_catalog.hpp"
#include "scenario/yaml/fields.hpp"
#include "sweep/shell_command.hpp"

namespace idlewatt {
namespace {

/// Asks what the command line does not say. What cannot be is said at once, and asked again.
class Interview {
 public:
  explicit Interview(const Catalog& catalog) : catalog_(&catalog) {}

  Answers operator()(const CommandLine& line) {
    Answers answers;
    for (const Question& question : new_scenario_questions()) {
      const auto given = line.value(question.option);
      const std::string answer = given ? *given : ask(question);
      if (!answer.empty()) {
        answers[question.option] = answer;
      }
    }
    return answers;
  }

 private:
  std::string ask(const Question& question) const {
    for (;;) {
      std::cout << question.asks << (question.otherwise.empty() ? " " : " [" + question.otherwise + "] ") << std::flush;
      std::string answer;
      if (!std::getline(std::cin, answer)) {
        throw InputError("--" + question.option + ": no answer; nothing was written");
      }
      answer.erase(0, answer.find_first_not_of(" \t"));
      answer.erase(answer.find_last_not_of(" \t") + 1);
      answer = answer.empty() ? question.otherwise : answer;
      const std::string problem = problem_with(question, answer);
      if (problem.empty()) {
        return answer;
      }
      std::cout << "  " << problem << "\n";
    }
  }

  /// What is wrong with an answer; empty if nothing is.
  std::string problem_with(const Question& question, const std::string& answer) const {
    if (question.option == "model") {
      return answer.ends_with(".json") ? "" : unknown(answer, keys_of(catalog_->models));
    }
    if (question.option == "servers") {
      for (const std::string& server : words_of(answer)) {
        if (const std::string problem = unknown(server, keys_of(catalog_->servers)); !problem.empty()) {
          return problem;
        }
      }
      return "";
    }
    try {
      Answers trial = {{"model", catalog_->models.begin()->first}, {"requests-per-day", "1"}};
      for (const Question& other : new_scenario_questions()) {
        if (!other.otherwise.empty()) {
          trial[other.option] = other.otherwise;
        }
      }
      if (!answer.empty()) {
        trial[question.option] = answer;
      } else if (question.option == "requests-per-day") {
        return "a number is needed, such as 40000";
      }
      new_scenario(trial, "traffic.yaml");
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

  /// Names that have the word in them, where it is none itself.
  static std::string unknown(const std::string& word, const std::vector<std::string>& names) {
    if (std::find(names.begin(), names.end(), word) != names.end()) {
      return "";
    }
    std::vector<std::string> like;
    std::copy_if(names.begin(), names.end(), std::back_inserter(like),
                 [&](const std::string& name) { return !word.empty() && name.find(word) != std::string::npos; });
    return like.empty() ? "`" + word + "` is unknown (" + suggestion(word, names) + ")"
                        : "`" + word + "` is not one of " + listed(like, " or ");
  }

  const Catalog* catalog_;
};

ExitStatus execute(const CommandLine& line) {
  const std::string file = line.positional().empty() ? "my-fleet.yaml" : line.positional();
  const std::string workload_path = workload_beside(file);
  for (const std::string& one : {file, workload_path}) {
    std::error_code error;
    if (!line.has("force") && std::filesystem::exists(std::filesystem::symlink_status(one, error))) {
      throw InputError(one + ": is there already (expected a new name, or --force to replace it)");
    }
  }
  const LoadOptions options = load_options(line);
  const Catalog catalog = read_platforms(options.platforms_dir);
  const Answers answers = isatty(STDIN_FILENO) == 1 ? Interview(catalog)(line) : answers_of(line);
  for (const std::string& left_out : write_new_scenario(answers, file, options)) {
    std::cout << "Left out: " << left_out << "\n";
  }
  const std::string word = shell_quoted(file);
  std::cout << "Written: " << file << " and " << workload_path << "\n"
            << "Next: idlewatt size " << word << "    which fleet, and how large\n"
            << "      idlewatt run " << word << "     what each costs\n";
  return ExitStatus::ok;
}

}  // namespace

Command init_command() {
  CommandSpec spec{.name = "init",
                   .summary = "Write a first scenario: asks for model, traffic, SLO and servers, or takes them.",
                   .positional = "[FILE.yaml]",
                   .options = new_scenario_options(),
                   .example =
                       "idlewatt init chatbot.yaml --model llama-3-8b --requests-per-day 40000 --slo \"ttft p99 < "
                       "1.5 s\" --servers l4-1,t4-1,a100-80-1"};
  spec.options.push_back({.name = "force", .help = "replace files that are there already"});
  spec.options.push_back(platforms_option());
  return {std::move(spec), execute};
}

}  // namespace idlewatt
