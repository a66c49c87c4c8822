#include "cli/files/new_scenario.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "cli/options/data_directory.hpp"
#include "cli/text/text.hpp"
#include "scenario/yaml/yaml_tree.hpp"
#include "sweep/slo.hpp"

namespace idlewatt {
namespace {

constexpr const char* kDay = "/workloads/chat-spiky-day.yaml";

double number_of(const Answers& answers, const std::string& option) {
  std::string problem;
  const std::optional<double> value = parse_quantity(answers.at(option), Dimension::number, problem);
  if (!value || !(*value > 0.0)) {
    throw InputError("--" + option + ": `" + answers.at(option) +
                     "` is no number above 0; expected one such as `40000`");
  }
  return *value;
}

/// The limits of an SLO as a scenario has them: of the 99th percentiles of TTFT and TPOT.
std::string limits_of(const std::string& slo) {
  std::string text;
  for (const SloCondition& condition : parse_slo(slo)) {
    const bool ttft = condition.measure == "ttft_s_p99";
    if (condition.at_most && (ttft || condition.measure == "tpot_s_p99")) {
      text += (text.empty() ? "" : ", ") + std::string(ttft ? "ttft: " : "tpot: ") +
              quantity_text(condition.limit, Dimension::time);
    }
  }
  if (text.empty()) {
    throw InputError(
        "--slo: `" + slo +
        "` limits neither; expected limits of `ttft p99` or `tpot p99` such as `ttft p99 < 1.5 s, tpot p99 < "
        "100 ms`");
  }
  return text;
}

/// The part of a workload from a key on.
std::string lines_from(const std::string& text, const std::string& key, const std::string& until) {
  const std::size_t start = text.find("\n" + key + ":") + 1;
  return text.substr(start, until.empty() ? std::string::npos : text.find("\n" + until, start) + 1 - start);
}

/// Lengths of a stated mean. A lognormal of median m and sigma s has the mean m exp(s^2 / 2).
std::string lengths(const std::string& key, double mean, double sigma) {
  const double median = mean / std::exp(sigma * sigma / 2.0);
  return key + ": {lognormal: {median: " + compact(std::max(1.0, median), 4) + ", sigma: " + number_text(sigma) +
         ", clip: [1, " + number_text(std::ceil(mean * 12.0)) + "]}, source: \"a mean of " + number_text(mean) +
         ", as given to idlewatt init; its spread is assumed\"}\n";
}

std::string workload_text(const Answers& answers) {
  const std::string day = read_text_file(data_directory() + kDay);
  std::string text =
      "# A day of requests with the clock of people at work. Made by `idlewatt init`; change what you know better.\n"
      "name: traffic\n"
      "duration: 24 h\n"
      "mean_rate: " +
      number_text(number_of(answers, "requests-per-day")) +
      " /day\n\n"
      "# Relative rate by hour of day, from midnight, of the site's clock: that of workloads/chat-spiky-day.yaml.\n" +
      lines_from(day, "hour_profile", "\n") +
      "\n# Sudden bursts, on top of the rate; remove the `#` to have them.\n"
      "# spikes: {per_day: 12, height: [2, 5], decay: 2 min}\n\n";
  const std::string azure = "# As recorded, in Azure's conversation trace of 2023.\n";
  constexpr double prompt_sigma = 0.8;  // about what the quantiles of that trace have
  constexpr double output_sigma = 0.6;
  text += answers.contains("prompt-tokens")
              ? lengths("prompt_tokens", number_of(answers, "prompt-tokens"), prompt_sigma)
              : azure + lines_from(day, "prompt_tokens", "output_tokens");
  text += answers.contains("output-tokens")
              ? lengths("output_tokens", number_of(answers, "output-tokens"), output_sigma)
              : azure + lines_from(day, "output_tokens", "");
  return text;
}

/// The name of a model, with the line that adds it where it is a file.
std::pair<std::string, std::string> model_of(const std::string& given) {
  if (!given.ends_with(".json")) {
    return {given, ""};
  }
  const std::size_t slash = given.find_last_of('/');
  const std::string file = slash == std::string::npos ? given : given.substr(slash + 1);
  std::string name = file.substr(0, file.size() - std::string(".json").size());
  if (file == "config.json" && slash != std::string::npos) {
    const std::string folder = given.substr(0, slash);
    name = folder.substr(folder.find_last_of('/') + 1);
  }
  return {name, "catalog: [" + given + "]   # the model's shape, as Hugging Face has it\n"};
}

}  // namespace

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    std::string word = list.substr(start, end - start);
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
    if (!word.empty()) {
      words.push_back(word);
    }
    start = end + 1;
  }
  return words;
}

const std::vector<Question>& new_scenario_questions() {
  static const std::vector<Question> questions{
      {"model", "NAME", "Which model? (`idlewatt catalog models` lists them; or the path of a config.json)",
       "a model of the catalogue, or the path of a Hugging Face config.json", ""},
      {"requests-per-day", "N", "How many requests a day?", "requests a day", ""},
      {"slo", "CONDITIONS", "What must an answer keep to?", "limits of 99 % of the requests",
       "ttft p99 < 1.5 s, tpot p99 < 100 ms"},
      {"servers", "A,B", "Which servers may it run on, divided by commas? (`idlewatt catalog servers` lists them)",
       "types of server to choose from", "l4-1, a100-80-1"},
      {"prompt-tokens", "N", "Tokens of a prompt, in the mean? (Enter: as in Azure's conversations, 1,155)",
       "mean tokens of a prompt (default: as in Azure's conversation trace)", ""},
      {"output-tokens", "N", "Tokens of an answer, in the mean? (Enter: as there, 211)",
       "mean tokens of an answer (default: as there)", ""},
      {"electricity", "PRICE", "What does electricity cost?", "price of electricity", "0.15 USD/kWh"},
      {"carbon", "INTENSITY", "How clean is it?", "carbon intensity of the electricity", "400 g/kWh"},
      {"pue", "NUMBER", "What is the site's PUE?", "energy of the site over that of its computers", "1.4"},
  };
  return questions;
}

std::vector<OptionSpec> new_scenario_options() {
  std::vector<OptionSpec> options;
  for (const Question& question : new_scenario_questions()) {
    options.push_back(
        {.name = question.option,
         .argument = question.argument,
         .help = question.help + (question.otherwise.empty() ? "" : " (default: " + question.otherwise + ")")});
  }
  return options;
}

Answers answers_of(const CommandLine& line) {
  Answers answers;
  for (const Question& question : new_scenario_questions()) {
    if (const auto value = line.value(question.option)) {
      answers[question.option] = *value;
    } else if (!question.otherwise.empty()) {
      answers[question.option] = question.otherwise;
    }
  }
  for (const char* needed : {"model", "requests-per-day"}) {
    if (!answers.contains(needed)) {
      throw InputError("--" + std::string(needed) + " is missing; expected it, or a terminal to ask for it");
    }
  }
  return answers;
}

NewScenario new_scenario(const Answers& answers, const std::string& workload_file) {
  const auto [model, catalog] = model_of(answers.at("model"));
  const std::vector<std::string> servers = words_of(answers.at("servers"));
  if (servers.empty()) {
    throw InputError("--servers: no server is named; expected some such as `l4-1, a100-80-1`");
  }
  std::string text = "title: " +
                     flow_text({.kind = YamlNode::Kind::scalar,
                                .scalar = model + ", " + answers.at("requests-per-day") + " requests a day"}) +
                     "\nseed: 1\n" + catalog +
                     "traffic:\n"
                     "  - source: " +
                     workload_file +
                     "   # or a trace of your own: `idlewatt trace formats` lists what can be read\n"
                     "    model: " +
                     model +
                     "\n"
                     "    slo: {" +
                     limits_of(answers.at("slo")) +
                     "}\n"
                     "site: {pue: " +
                     answers.at("pue") + ", electricity: " + answers.at("electricity") +
                     ", carbon: " + answers.at("carbon") +
                     "}\n"
                     "pools:\n"
                     "  chat:\n"
                     "    model: " +
                     model +
                     "   # in the precision that it comes in; `precision: int8` and others say so\n"
                     "    servers: " +
                     servers.front() +
                     "\n"
                     "    replicas: 2   # `idlewatt size` finds how many; there are as many servers as they need\n";
  if (servers.size() > 1) {
    text += "variants:   # side by side in `idlewatt run`; the candidates of `idlewatt size`\n";
    for (const std::string& server : servers) {
      text += "  " + server + ": {pools.chat.servers: " + server + "}\n";
    }
  }
  return {.scenario = std::move(text), .workload = workload_text(answers)};
}

}  // namespace idlewatt
