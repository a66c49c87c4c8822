#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/ticks.hpp"
#include "cli/claims/run_claims.hpp"
#include "cli/commands.hpp"
#include "cli/options/description.hpp"
#include "cli/options/select.hpp"
#include "cli/text/text.hpp"
#include "scenario/provenance.hpp"
#include "scenario/site/cost_notes.hpp"
#include "scenario/traffic/traffic_source.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {

namespace {

constexpr std::int64_t kMostCounted = 10'000'000;  // some seconds

/// What a scenario's traffic amounts to, found by reading it: all of it, or the first kMostCounted requests.
struct TrafficTotals {
  std::int64_t requests = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t busiest_minute = 0;
  Ticks until = 0;  ///< the horizon, or where the counting ended
};

TrafficTotals count_traffic(const Scenario& scenario) {
  std::vector<TrafficSource> sources;
  for (const Traffic& traffic : scenario.traffic) {
    sources.push_back(source_of(traffic));
  }
  const auto reader = open_traffic(sources, scenario.seed);
  TrafficTotals totals;
  totals.until = scenario.horizon;
  Ticks minute = -1;
  std::int64_t in_minute = 0;
  for (Request request; reader->next(request) && request.arrival < scenario.horizon;) {
    ++totals.requests;
    totals.prompt_tokens += request.prompt_tokens;
    totals.output_tokens += request.output_tokens;
    const Ticks this_minute = request.arrival / (60 * kTicksPerSecond);
    in_minute = this_minute == minute ? in_minute + 1 : 1;
    minute = this_minute;
    totals.busiest_minute = std::max(totals.busiest_minute, in_minute);
    if (totals.requests == kMostCounted) {
      totals.until = std::max<Ticks>(request.arrival, 1);
      break;
    }
  }
  return totals;
}

std::string describe(const TrafficTotals& totals, Ticks horizon) {
  std::string text = counted(totals.requests, "request", "requests");
  if (totals.requests == 0) {
    return text;
  }
  if (totals.until < horizon) {
    text += " in the first " + duration(to_seconds(totals.until)) + ", not counted further";
  }
  const auto requests = static_cast<double>(totals.requests);
  constexpr int digits = 3;
  text += " (" + rounded(requests / to_seconds(totals.until), digits) + " per second, " +
          rounded(static_cast<double>(totals.busiest_minute) / 60.0, digits) + " in the busiest minute), on average " +
          grouped(std::llround(static_cast<double>(totals.prompt_tokens) / requests)) + " prompt and " +
          grouped(std::llround(static_cast<double>(totals.output_tokens) / requests)) + " output tokens";
  return text;
}

/// Whether two variants read the same requests.
bool same_traffic(const Scenario& a, const Scenario& b) {
  const auto same_source = [](const Traffic& x, const Traffic& y) {
    return x.name == y.name && x.scale == y.scale && x.transforms == y.transforms &&
           x.file.has_value() == y.file.has_value() && (!x.file || same_reading(*x.file, *y.file));
  };
  return a.seed == b.seed && a.horizon == b.horizon &&
         std::equal(a.traffic.begin(), a.traffic.end(), b.traffic.begin(), b.traffic.end(), same_source);
}

/// "61 figures: 20 measured, 25 published, 12 derived and 4 assumed".
std::string describe_figures(const std::vector<ProvenanceEntry>& figures) {
  std::map<std::string, std::int64_t> counts;
  for (const ProvenanceEntry& figure : figures) {
    ++counts[figure.status];
  }
  std::vector<std::string> parts;
  for (const char* status : {"measured", "published", "derived", "assumed", "scenario"}) {
    if (counts[status] > 0) {
      parts.push_back(grouped(counts[status]) + " " + (std::string(status) == "scenario" ? "of your own" : status));
    }
  }
  return counted(static_cast<std::int64_t>(figures.size()), "figure", "figures") + ": " + listed(parts);
}

/// Reads all that a check reads; says nothing. Throws InputError.
void read_all(const CommandLine& line) {
  if (const std::optional<ClaimList> claims = claims_of(line)) {
    read_claim_cases(line, *claims);
    return;
  }
  Problems problems;
  const Selection selection = select(line);
  for (const Scenario& scenario : selection.scenarios) {
    problems.note([&] { count_traffic(scenario); });
  }
  problems.note([&] { cost_notes(selection.scenarios); });
  problems.throw_any();
}

nlohmann::ordered_json json_of(const Problem& problem) {
  const auto number_or_null = [](int number) { return number > 0 ? nlohmann::ordered_json(number) : nullptr; };
  return {
      {"file", problem.place.origin.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(problem.place.origin)},
      {"line", number_or_null(problem.place.line)},
      {"column", number_or_null(problem.place.column)},
      {"variant",
       problem.place.variant.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(problem.place.variant)},
      {"message", problem.message}};
}

/// Prints what is wrong as JSON: the problems that a check would print.
ExitStatus check_json(const CommandLine& line) {
  auto list = nlohmann::ordered_json::array();
  try {
    read_all(line);
  } catch (const InputError& error) {
    for (const Problem& problem : problems_of(error)) {
      if (list.size() < kMostProblems) {
        list.push_back(json_of(problem));
      }
    }
  }
  std::cout << list.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  return list.empty() ? ExitStatus::ok : ExitStatus::bad_input;
}

ExitStatus execute(const CommandLine& line) {
  if (line.has("json")) {
    return check_json(line);
  }
  if (const std::optional<ClaimList> claims = claims_of(line)) {
    return check_claims(line, *claims);
  }
  const Selection selection = select(line);
  const Scenario& first = selection.scenarios.front();
  std::cout << first.title << "\n"
            << "  " << describe_time(first) << ", seed " << first.seed << "\n";
  std::vector<std::string> traffic;
  std::string total;
  std::string fleet;
  for (const Scenario& scenario : selection.scenarios) {
    const bool alone = scenario.variant.empty();
    if (!alone) {
      std::cout << "variant " << scenario.variant << "\n";
    }
    // Variants mostly share traffic and fleet: say again only what is new.
    std::vector<std::string> lines = describe_traffic(scenario);
    if (total.empty() || !same_traffic(scenario, first)) {
      total = describe(count_traffic(scenario), scenario.horizon);
    }
    for (const Traffic& entry : scenario.traffic) {
      if (entry.file && entry.file->notes && !entry.file->notes->recognised().empty()) {
        lines.push_back(entry.name + ": " + describe(*entry.file->notes));
      }
    }
    lines.push_back(total);
    if (lines != traffic) {
      for (const std::string& text : lines) {
        std::cout << "  traffic: " << text << "\n";
      }
      traffic = std::move(lines);
    }
    if (describe_fleet(scenario) != fleet) {
      fleet = describe_fleet(scenario);
      std::cout << "  fleet: " << fleet << "\n";
    }
    for (const std::string& pool : describe_pools(scenario)) {
      std::cout << "  pool " << pool << "\n";
    }
    std::cout << "  rests on " << describe_figures(figures_used(scenario));
    if (const AssumedNumbers assumed = assumed_numbers({scenario}); assumed.count > 0) {
      std::cout << "; assumed: " << assumed.where << ", as `idlewatt catalog NAME` lists them";
    }
    std::cout << "\n";
  }
  for (const std::string& note : cost_notes(selection.scenarios)) {
    std::cout << "  " << note << "\n";
  }
  std::cout << "ok: `idlewatt run` would write " << listed(selection.files) << ", with " << kIndexFile << ", to "
            << selection.directory << "/\n";
  return ExitStatus::ok;
}

}  // namespace

Command check_command() {
  std::vector<OptionSpec> options = selection_options();
  options.push_back({.name = "json", .help = "print what is wrong as JSON: a list of {file, line, column, message}"});
  return {{.name = "check",
           .summary = "Read a scenario, check it, and say what would run; write nothing.",
           .positional = "SCENARIO",
           .options = std::move(options),
           .example = "idlewatt check scenarios/quickstart.yaml --variant \"l4 hpa\""},
          execute};
}

}  // namespace idlewatt
