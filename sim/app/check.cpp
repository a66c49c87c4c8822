#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <map>

#include "app/commands.hpp"
#include "app/description.hpp"
#include "app/select.hpp"
#include "app/text.hpp"
#include "scenario/provenance.hpp"
#include "units/ticks.hpp"
#include "workload/open.hpp"

namespace idlewatt {

namespace {

/// What a scenario's traffic amounts to, found by reading all of it.
struct TrafficTotals {
  std::int64_t queries = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t busiest_minute = 0;
};

TrafficTotals count_traffic(const Scenario& scenario) {
  std::vector<TrafficSource> sources;
  for (const Traffic& traffic : scenario.traffic) {
    sources.push_back({traffic.name, traffic.file, traffic.generated, traffic.scale});
  }
  const auto reader = open_traffic(sources, scenario.seed);
  TrafficTotals totals;
  Ticks minute = -1;
  std::int64_t in_minute = 0;
  for (Query query; reader->next(query) && query.arrival < scenario.horizon;) {
    ++totals.queries;
    totals.prompt_tokens += query.prompt_tokens;
    totals.output_tokens += query.output_tokens;
    const Ticks this_minute = query.arrival / (60 * kTicksPerSecond);
    in_minute = this_minute == minute ? in_minute + 1 : 1;
    minute = this_minute;
    totals.busiest_minute = std::max(totals.busiest_minute, in_minute);
  }
  return totals;
}

std::string describe(const TrafficTotals& totals, double horizon_s) {
  std::string text = counted(totals.queries, "query", "queries");
  if (totals.queries == 0) {
    return text;
  }
  const auto queries = static_cast<double>(totals.queries);
  text += " (" + rounded(queries / horizon_s, 3) + " per second, " +
          rounded(static_cast<double>(totals.busiest_minute) / 60.0, 3) + " in the busiest minute), " +
          grouped(std::llround(static_cast<double>(totals.prompt_tokens) / queries)) + " prompt and " +
          grouped(std::llround(static_cast<double>(totals.output_tokens) / queries)) + " output tokens each";
  return text;
}

/// "of 61 figures 20 are measured, 25 published, 12 derived, 4 assumed".
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

ExitStatus execute(const CommandLine& line) {
  const Selection selection = select(line);
  const Scenario& first = selection.scenarios.front();
  std::cout << first.title << "\n"
            << "  " << duration(to_seconds(first.horizon)) << ", seed " << first.seed << "\n";
  std::vector<std::string> traffic;
  std::string fleet;
  for (const Scenario& scenario : selection.scenarios) {
    const bool alone = scenario.variant.empty();
    if (!alone) {
      std::cout << "variant " << scenario.variant << "\n";
    }
    // Variants mostly share traffic and fleet: say again only what is new.
    std::vector<std::string> lines = describe_traffic(scenario);
    lines.push_back(describe(count_traffic(scenario), to_seconds(scenario.horizon)));
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
    std::cout << "  rests on " << describe_figures(figures_used(scenario)) << "\n";
  }
  std::cout << "ok: `idlewatt run` would write " << listed(selection.files) << " and " << kIndexFile << " to "
            << selection.directory << "/\n";
  return ExitStatus::ok;
}

}  // namespace

Command check_command() {
  return {{.name = "check",
           .summary = "Read a scenario, check it, and say what would run; write nothing.",
           .positional = "SCENARIO",
           .options = selection_options(),
           .example = "idlewatt check scenarios/quickstart.yaml --variant \"l4 hpa\""},
          execute};
}

}  // namespace idlewatt
