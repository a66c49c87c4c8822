#include "cli/run/choice.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/text/text.hpp"

namespace idlewatt {
namespace {

double answered(const Summary& summary) {
  return summary.requests_served + summary.requests_cached;
}

/// Whether totals of the runs may be compared: the same requests over the same time.
bool same_traffic(const std::vector<AskedRun>& runs) {
  const Summary& first = runs.front().summary;
  return std::all_of(runs.begin(), runs.end(), [&](const AskedRun& run) {
    return run.summary.requests_in == first.requests_in && run.summary.horizon_s == first.horizon_s;
  });
}

using Get = std::function<double(const Summary&)>;

std::optional<std::size_t> least(const std::vector<AskedRun>& runs, const std::vector<bool>& among, const Get& get,
                                 std::optional<std::size_t> but = std::nullopt) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!among[i] || i == but) {
      continue;
    }
    const auto rank = [&](std::size_t run) {
      return std::pair(get(runs[run].summary), runs[run].summary.facility_energy_kwh);
    };
    if (!found || rank(i) < rank(*found)) {
      found = i;
    }
  }
  return found;
}

/// "ttft p99 is 1.874 s", for each condition that is missed.
std::vector<std::string> missed(const AskedRun& run) {
  std::vector<std::string> texts;
  for (const SloCondition& condition : run.slo) {
    if (condition.ratio(run.summary) > 1.0) {
      const double value = condition.value(run.summary);
      texts.push_back(condition.name() + (std::isnan(value) ? " has no value" : " " + amount(value, condition.unit)));
    }
  }
  return texts;
}

std::string conditions(const std::vector<SloCondition>& slo) {
  std::vector<std::string> texts;
  for (const SloCondition& condition : slo) {
    texts.push_back(condition.text);
  }
  return listed(texts, ", ");
}

bool same_slo(const std::vector<AskedRun>& runs) {
  return std::all_of(runs.begin(), runs.end(),
                     [&](const AskedRun& run) { return conditions(run.slo) == conditions(runs.front().slo); });
}

/// "met", "missed: ttft p99 1.874 s; overloaded".
std::string verdict(const AskedRun& run, bool show_slo) {
  std::string text;
  if (!run.slo.empty()) {
    const std::vector<std::string> texts = missed(run);
    text = texts.empty() ? "✓ met" : "✗ missed: " + listed(texts, ", ");
    text += show_slo ? " (of " + conditions(run.slo) + ")" : "";
  }
  if (const LoadState state = load_state(run.summary); state != LoadState::stable) {
    text += (text.empty() ? "" : "; ") + std::string(to_string(state));
  }
  return text;
}

std::string money(double value, const Summary& summary) {
  return rounded(value, 4) + " " + summary.currency;
}

/// The sentence that names the run to take.
std::string recommendation(const std::vector<AskedRun>& runs, const Choice& choice) {
  const auto met = static_cast<std::int64_t>(std::count(choice.meets.begin(), choice.meets.end(), true));
  if (met == 0) {
    return runs.size() == 1 ? "" : "None meets the SLO.\n";
  }
  if (runs.size() == 1) {
    return "";
  }
  const std::string& name = runs[*choice.cheapest].name;
  std::string text = "Choose " + name + ": ";
  if (met == 1) {
    return text + "the only one that meets the SLO.\n";
  }
  std::vector<std::string> merits{"cheapest"};
  if (choice.most_frugal == choice.cheapest) {
    merits.emplace_back("most frugal");
  }
  if (choice.cleanest == choice.cheapest) {
    merits.emplace_back("cleanest");
  }
  text += "of the " + grouped(met) + " that meet the SLO the " + listed(merits) + ".";
  const double more = cost_a_month(runs[*choice.second].summary) / cost_a_month(runs[*choice.cheapest].summary) - 1.0;
  if (std::isfinite(more)) {
    text += " " + runs[*choice.second].name + ", the next, costs " +
            (more < 5e-4 ? "as much." : compact(100.0 * more, 3) + " % more.");
  }
  if (choice.most_frugal != choice.cheapest && choice.most_frugal == choice.cleanest) {
    text += " The most frugal and the cleanest is " + runs[*choice.most_frugal].name + ".";
  } else {
    text += choice.most_frugal == choice.cheapest ? "" : " The most frugal is " + runs[*choice.most_frugal].name + ".";
    text += choice.cleanest == choice.cheapest ? "" : " The cleanest is " + runs[*choice.cleanest].name + ".";
  }
  return text + "\n";
}

}  // namespace

const char* to_string(LoadState state) {
  return state == LoadState::stable ? "stable" : state == LoadState::backlogged ? "backlogged" : "overloaded";
}

LoadState load_state(const Summary& summary) {
  constexpr double few = 20.0;
  constexpr double many_times = 4.0;
  const double in_service_s = summary.e2e_s.p50 - summary.queue_s.p50;
  const double expected = summary.requests_in / summary.horizon_s * in_service_s;
  // NaN where nothing was served.
  if (summary.requests_unfinished >= few && !(summary.requests_unfinished <= many_times * expected)) {
    return LoadState::overloaded;
  }
  return summary.queue_s.p99 > summary.e2e_s.p50 ? LoadState::backlogged : LoadState::stable;
}

double cost_a_month(const Summary& summary) {
  return summary.cost_usd * kMonthS / summary.horizon_s;
}

Choice choose(const std::vector<AskedRun>& runs) {
  Choice choice;
  for (const AskedRun& run : runs) {
    choice.meets.push_back(!run.slo.empty() && worst_ratio(run.slo, run.summary) <= 1.0 &&
                           load_state(run.summary) != LoadState::overloaded);
  }
  if (runs.empty()) {
    return choice;
  }
  const bool totals = same_traffic(runs);
  const auto each = [&](double Summary::*amount) {
    return [totals, amount](const Summary& summary) {
      return totals ? summary.*amount : summary.*amount / answered(summary);
    };
  };
  choice.cheapest = least(runs, choice.meets, each(&Summary::cost_usd));
  choice.second = least(runs, choice.meets, each(&Summary::cost_usd), choice.cheapest);
  choice.most_frugal = least(runs, choice.meets, each(&Summary::facility_energy_kwh));
  choice.cleanest = least(runs, choice.meets, each(&Summary::carbon_kg));
  return choice;
}

nlohmann::ordered_json choice_json(const std::vector<AskedRun>& runs) {
  const Choice choice = choose(runs);
  nlohmann::ordered_json json;
  json["runs"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const AskedRun& run = runs[i];
    nlohmann::ordered_json one{{"name", run.name}, {"state", to_string(load_state(run.summary))}};
    one["cost_a_month"] = cost_a_month(run.summary);
    one["slo"] = nlohmann::ordered_json::array();
    one["missed"] = nlohmann::ordered_json::array();
    for (const SloCondition& condition : run.slo) {
      one["slo"].push_back(condition.text);
      if (condition.ratio(run.summary) > 1.0) {
        one["missed"].push_back(condition.text);
      }
    }
    one["meets"] = run.slo.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(bool{choice.meets[i]});
    json["runs"].push_back(std::move(one));
  }
  const auto name = [&](std::optional<std::size_t> at) {
    return at ? nlohmann::ordered_json(runs[*at].name) : nlohmann::ordered_json();
  };
  json["cheapest"] = name(choice.cheapest);
  json["next"] = name(choice.second);
  json["most_frugal"] = name(choice.most_frugal);
  json["cleanest"] = name(choice.cleanest);
  return json;
}

std::string choice_text(const std::vector<AskedRun>& runs, std::size_t width) {
  const bool asked = std::any_of(runs.begin(), runs.end(), [](const AskedRun& run) { return !run.slo.empty(); });
  const bool strained = std::any_of(runs.begin(), runs.end(),
                                    [](const AskedRun& run) { return load_state(run.summary) != LoadState::stable; });
  if (!asked && !strained) {
    return "";
  }
  const bool one_slo = same_slo(runs);
  std::string text;
  if (asked && one_slo) {
    text += paragraph("SLO: " + conditions(runs.front().slo), width);
  }
  std::size_t name_width = 0;
  std::size_t cost_width = 0;
  for (const AskedRun& run : runs) {
    name_width = std::max(name_width, display_width(run.name));
    cost_width = std::max(cost_width, display_width(money(cost_a_month(run.summary), run.summary)));
  }
  for (const AskedRun& run : runs) {
    std::string line = "  " + (runs.size() > 1 ? left_aligned(run.name, name_width) + "  " : "") +
                       right_aligned(money(cost_a_month(run.summary), run.summary), cost_width) + " a month";
    const std::string said = verdict(run, !one_slo);
    text += line + (said.empty() ? "" : "  " + said) + "\n";
  }
  std::vector<std::string> overloaded;
  for (const AskedRun& run : runs) {
    if (load_state(run.summary) == LoadState::overloaded) {
      overloaded.push_back(run.name);
    }
  }
  if (!overloaded.empty()) {
    text += paragraph("Overloaded: the queue" +
                          (runs.size() > 1 ? " of " + listed(overloaded) : std::string(" of requests")) +
                          " had not drained at the end, so latencies would grow with a longer run.",
                      width);
  }
  if (asked) {
    const std::string said = recommendation(runs, choose(runs));
    text += said.empty() ? "" : paragraph(said.substr(0, said.size() - 1), width);
  }
  return text;
}

}  // namespace idlewatt
