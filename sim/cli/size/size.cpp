// `idlewatt size`: the fleet that meets an SLO at the least cost.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "base/ticks.hpp"
#include "cli/commands.hpp"
#include "cli/files/new_scenario_file.hpp"
#include "cli/options/select.hpp"
#include "cli/run/progress_line.hpp"
#include "cli/size/max_rate.hpp"
#include "cli/size/report.hpp"
#include "cli/text/text.hpp"
#include "scenario/site/cost_notes.hpp"
#include "scenario/sweep/read_axes.hpp"
#include "sweep/recorded_run.hpp"
#include "sweep/stop_signal.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

namespace {

struct Objective {
  const char* word;
  const char* measure;
};
constexpr Objective kObjectives[] = {{"cost", "cost_usd"}, {"energy", "facility_energy_kwh"}, {"carbon", "carbon_kg"}};

std::string read_objective(const CommandLine& line) {
  const std::string word = line.value("minimize").value_or("cost");
  std::vector<std::string> words;
  for (const Objective& one : kObjectives) {
    words.emplace_back(one.word);
    if (word == one.word) {
      return one.measure;
    }
  }
  throw InputError("--minimize: unknown objective `" + word + "` (" + suggestion(word, words) + ")");
}

/// "1-64" or "64".
std::pair<int, int> read_replicas(const CommandLine& line) {
  constexpr int most = 100'000;
  const std::string text = line.value("replicas").value_or("1-64");
  int low = 1;
  int high = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, low);
  high = low;
  if (error == std::errc() && at != end && *at == '-') {
    const auto second = std::from_chars(at + 1, end, high);
    at = second.ptr;
    error = second.ec;
  }
  if (error != std::errc() || at != end || low < 1 || high < low || high > most) {
    throw InputError("--replicas: `" + text + "` is no range; expected one such as `1-64`, at most " +
                     std::to_string(most));
  }
  return {low, high};
}

/// The scenario, or the first of its variants.
Scenario first_of(ScenarioSource& source) {
  return source.variants().empty() ? source.read("", {}) : source.read_variant(source.variants().front());
}

/// All servers with one of these accelerators.
std::string servers_with(const std::string& accelerators, const Catalog& catalog) {
  std::string servers;
  std::vector<std::string> names;
  for (const auto& [name, accelerator] : catalog.accelerators) {
    names.push_back(name);
  }
  for (const std::string& wanted : words_of(accelerators)) {
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      throw InputError("--accelerators: unknown accelerator `" + wanted + "` (" + suggestion(wanted, names) + ")");
    }
    for (const auto& [name, server] : catalog.servers) {
      servers += server.accelerator == wanted ? (servers.empty() ? "" : ",") + name : "";
    }
  }
  return servers;
}

/// The questions whose options `size` does not have anyway.
std::vector<Question> own_questions() {
  std::vector<Question> questions = new_scenario_questions();
  std::erase_if(questions, [](const Question& one) { return one.option == "slo" || one.option == "servers"; });
  return questions;
}

/// The scenario's `search:` section, then what the command line adds; where there is neither, the scenario's variants.
std::vector<SweepAxis> read_space(const CommandLine& line, ScenarioSource& source) {
  std::vector<SweepAxis> axes;
  if (!source.search().is_null()) {
    axes = read_axes(source.search(), source.variants());
  }
  const Scenario base = first_of(source);
  require_us_dollars(base, "size");
  const std::string pool = "pools." + line.value("pool").value_or(base.pools.front().name) + ".";
  const auto add = [&](const std::string& option, const std::string& text) {
    axes.push_back(parse_axis("--" + option, text, source.variants()));
  };
  if (const auto accelerators = line.value("accelerators")) {
    add("accelerators", pool + "servers=" + servers_with(*accelerators, *base.catalog));
  }
  for (const auto& [option, field] : {std::pair{"servers", "servers"},
                                      {"precision", "precision"},
                                      {"kv-cache-dtype", "kv_cache_dtype"},
                                      {"tensor-parallel", "tensor_parallel"},
                                      {"max-sequences", "batching.max_sequences"}}) {
    if (const auto values = line.value(option)) {
      add(option, pool + field + "=" + *values);
    }
  }
  for (const std::string& axis : line.values("axis")) {
    add("axis", axis);
  }
  if (axes.empty() && !source.variants().empty()) {
    add("axis", "variant=all");
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (axes[i].name == axes[j].name) {
        throw InputError("axis `" + axes[i].name + "` is given twice; expected each field once");
      }
    }
  }
  return axes;
}

/// --slo, or what the scenario's traffic asks for: the strictest limit of each latency, for 99 % of the requests.
std::vector<SloCondition> read_slo(const CommandLine& line, ScenarioSource& source) {
  if (const auto slo = line.value("slo")) {
    return parse_slo(*slo);
  }
  std::vector<SloCondition> slo = own_slo(first_of(source));
  if (slo.empty()) {
    throw InputError(
        "idlewatt size: no SLO to meet: the scenario's traffic has none (expected --slo \"ttft p99 < 1 s, "
        "tpot p99 < 100 ms\")");
  }
  return slo;
}

SearchPlan make_plan(const CommandLine& line, const SearchSpace& space, int at_once) {
  SearchPlan plan;
  plan.candidates = space.candidates().size();
  for (const Candidate& candidate : space.candidates()) {
    plan.static_fleet.push_back(candidate.is_static);
  }
  std::tie(plan.fewest, plan.most) = read_replicas(line);
  // The start says where to begin with the whole. A shorter one says little: what is unfinished at its end weighs too
  // much.
  constexpr double shortest_s = 600.0;
  constexpr double start = 1.0 / 16.0;
  const double horizon_s = to_seconds(space.candidates().front().scenario.horizon);
  plan.rungs = start * horizon_s >= shortest_s ? std::vector<double>{start, 1.0} : std::vector<double>{1.0};
  plan.seeds = static_cast<std::size_t>(line.number("seeds", 1).value_or(3));
  plan.at_once = static_cast<std::size_t>(at_once);
  plan.exhaustive = line.has("exhaustive");
  return plan;
}

/// Runs trials in worker processes and keeps their summaries.
class Evaluator {
 public:
  Evaluator(SizeReport& report, const RunSetting& setting, int at_once)
      : report_(&report), setting_(setting), at_once_(at_once), shown_(stderr_is_terminal()) {}
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;
  ~Evaluator() {
    if (shown_) {
      std::cerr << "\r\033[K";
    }
  }

  std::vector<Verdict> operator()(const std::vector<Trial>& trials) {
    std::vector<Job> jobs;
    for (const Trial& trial : trials) {
      jobs.emplace_back(
          [this, trial](const auto& report) { return run_recorded(report_->scenario(trial), "", setting_, report); });
    }
    if (shown_) {
      const Candidate& first = report_->space->candidates()[trials.front().candidate];
      std::cerr << "\r" << report_->summaries.size() << " runs done; trying " << first.name << " with "
                << counted(trials.front().replicas, "replica", "replicas") << (trials.size() > 1 ? " and others" : "")
                << "\033[K" << std::flush;
    }
    const std::vector<JobReport> reports = run_jobs(jobs, at_once_, [](const auto&) {});
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      if (stop_requests() > 0) {
        throw Interrupted();
      }
      if (reports[i].state != JobReport::State::done) {
        const std::string message = report_->space->candidates()[trials[i].candidate].name + ": " + reports[i].message;
        if (reports[i].status == ExitStatus::bad_input) {
          throw InputError(message);
        }
        throw Error(message);
      }
      report_->summaries[trials[i]] = reports[i].result.summary;
      verdicts.push_back(report_->judge(reports[i].result.summary));
    }
    return verdicts;
  }

  /// Ctrl-C: nothing to keep.
  struct Interrupted {};

 private:
  SizeReport* report_;
  RunSetting setting_;
  int at_once_;
  bool shown_;
};

/// The scenario that is named; without one a new one, of the options that make one, in a folder of its own.
std::string scenario_file(const CommandLine& line) {
  const std::string file = line.positional();
  if (file.empty()) {
    const Answers answers = answers_of(line);
    const std::string folder = "out/size-" + slug(answers.at("model"));
    const std::string path = folder + "/scenario.yaml";
    std::filesystem::create_directories(folder);
    write_new_scenario(answers, path, load_options(line));
    return path;
  }
  for (const Question& question : own_questions()) {
    if (line.has(question.option)) {
      throw InputError(
          "--" + question.option +
          ": the scenario states this already; leave the option out, or override the scenario with `--set`");
    }
  }
  return file;
}

ExitStatus execute(const CommandLine& line) {
  SizeReport report;
  report.objective = read_objective(line);
  const int at_once = processes_at_once(line);
  const std::string file = scenario_file(line);
  ScenarioSource source(file, load_options(line));
  report.slo = read_slo(line, source);
  if (line.has("max-rate")) {
    return find_max_rates(line, source, line.has("slo") ? report.slo : std::vector<SloCondition>());
  }
  const SearchSpace space(source, line.value("pool").value_or(""), read_space(line, source));
  report.space = &space;
  report.scenario_path = file;
  report.has_variants = !source.variants().empty();
  for (const std::string& change : line.values("set")) {
    report.changes.push_back(change);
  }
  report.directory = line.positional().empty() ? std::filesystem::path(file).parent_path().string()
                                               : "out/" + std::filesystem::path(file).stem().string() + "-size";
  report.plan = make_plan(line, space, at_once);
  for (std::size_t i = 0; i < report.plan.seeds; ++i) {
    report.seeds.push_back(space.candidates().front().scenario.seed + i);
  }
  try {
    Evaluator evaluator(report, {program_version(), {}}, at_once);
    report.result = search(report.plan, [&](const std::vector<Trial>& trials) { return evaluator(trials); });
  } catch (const Evaluator::Interrupted&) {
    std::cerr << "interrupted after " << counted(static_cast<std::int64_t>(report.summaries.size()), "run", "runs")
              << "\n";
    return ExitStatus::interrupted;
  }
  std::cout << (line.has("json") ? size_json(report) : size_text(report));
  return report.result.best ? ExitStatus::ok : ExitStatus::no;
}

}  // namespace

Command size_command() {
  CommandSpec spec{
      .name = "size",
      .summary = "Find the fleet that meets an SLO at the least cost, energy or carbon.",
      .positional = "[SCENARIO]",
      .options =
          {{.name = "slo",
            .argument = "CONDITIONS",
            .help = "what must hold, such as \"ttft p99 < 1 s, tpot p99 < 100 ms\"; `answered > 99 %` goes "
                    "without saying (default: the scenario's own limits, for 99 % of the requests)"},
           {.name = "minimize", .argument = "WHAT", .help = "cost, energy or carbon (default: cost)"},
           {.name = "pool", .argument = "NAME", .help = "the pool to size (default: the only one)"},
           {.name = "replicas", .argument = "LOW-HIGH", .help = "how many to consider (default: 1-64)"},
           {.name = "servers", .argument = "A,B", .help = "types of server to choose from"},
           {.name = "accelerators", .argument = "A,B", .help = "the same: all servers with these accelerators"},
           {.name = "precision", .argument = "A,B", .help = "precisions to choose from"},
           {.name = "kv-cache-dtype", .argument = "A,B", .help = "formats of the KV cache to choose from"},
           {.name = "tensor-parallel", .argument = "A,B", .help = "accelerators a replica to choose from"},
           {.name = "max-sequences", .argument = "A,B", .help = "batch sizes to choose from"},
           {.name = "axis",
            .argument = "PATH=VALUES",
            .help = "any field and its values, as in a grid: pools.chat.autoscaling.target=4,8; may be repeated",
            .repeatable = true},
           {.name = "seeds", .argument = "N", .help = "confirm the answer with so many seeds (default: 3)"},
           {.name = "max-rate",
            .help = "instead: how much traffic the scenario's fleet, or each variant's, takes within the SLO"},
           {.name = "exhaustive", .help = "try everything at full length: slow, for comparison"},
           {.name = "set",
            .argument = "PATH=VALUE",
            .help = "set a value of the scenario; may be repeated",
            .repeatable = true},
           {.name = "json", .help = "print the answer as JSON, and nothing else"},
           {.name = "jobs", .short_name = "j", .argument = "N", .help = "runs at a time (default: one per core)"},
           platforms_option()},
      .example =
          "idlewatt size scenarios/quickstart.yaml --slo \"ttft p99 < 1 s, tpot p99 < 100 ms\" "
          "--servers hgx-a100-80,l4-8 --minimize energy"};
  for (const OptionSpec& option : new_scenario_options()) {
    const auto is_own = [&](const Question& question) { return question.option == option.name; };
    const std::vector<Question> own = own_questions();
    if (std::any_of(own.begin(), own.end(), is_own)) {
      spec.options.push_back(option);
      spec.options.back().help = "without a scenario: " + option.help;
    }
  }
  return {std::move(spec), execute};
}

}  // namespace idlewatt
