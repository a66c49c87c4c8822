#include "cli/compare/groups.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/core.h>
#include <limits>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {
namespace {

/// What was set, but for the seed.
std::vector<std::string> settings(const Result& result) {
  std::vector<std::string> kept;
  for (const std::string& text : result.overrides) {
    if (!text.starts_with("seed=")) {
      kept.push_back(text);
    }
  }
  return kept;
}

/// Names that differ: the variant's, else with what was set, else with the folder.
void name_apart(std::vector<RunGroup>& groups, const std::vector<std::string>& sets) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::map<std::string, int> times;
    for (const RunGroup& group : groups) {
      ++times[group.name];
    }
    std::set<std::string> more;  // would the next addition tell anything?
    for (std::size_t i = 0; i < groups.size(); ++i) {
      more.insert(attempt == 0 ? sets[i] : groups[i].files.front());
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (times[groups[i].name] > 1 && more.size() > 1) {
        const std::string folder = std::filesystem::path(groups[i].files.front()).parent_path().string();
        const std::string addition = attempt == 0 ? sets[i] : folder.empty() ? groups[i].files.front() : folder;
        groups[i].name += addition.empty() ? "" : fmt::format(" ({})", addition);
      }
    }
  }
}

}  // namespace

std::vector<RunGroup> grouped_by_seed(const std::vector<ComparedFile>& files) {
  using Key = std::tuple<std::string, std::string, std::vector<std::string>>;
  std::map<Key, std::vector<std::size_t>> found;  // key -> its groups, one after another
  std::vector<RunGroup> groups;
  std::vector<std::string> sets;
  for (const ComparedFile& file : files) {
    const Result& result = file.result;
    std::vector<std::size_t>& candidates = found[{result.title, result.variant, settings(result)}];
    const auto free = std::find_if(candidates.begin(), candidates.end(),
                                   [&](std::size_t i) { return !groups[i].seeds.contains(result.seed); });
    if (free == candidates.end()) {
      candidates.push_back(groups.size());
      groups.push_back({.name = result.variant.empty() ? result.title : result.variant,
                        .title = result.title,
                        .files = {file.path},
                        .seeds = {{result.seed, result.summary}}});
      sets.push_back(listed(settings(result), ", "));
    } else {
      groups[*free].files.push_back(file.path);
      groups[*free].seeds.emplace(result.seed, result.summary);
    }
  }
  name_apart(groups, sets);
  return groups;
}

std::string currency_of(const std::vector<RunGroup>& groups) {
  const std::string& currency = groups.front().seeds.begin()->second.currency;
  for (const RunGroup& group : groups) {
    for (const auto& [seed, summary] : group.seeds) {
      if (summary.currency != currency) {
        throw InputError(fmt::format(
            "{}: prices are in {}, but the prices of {} are in {}; expected one currency in all runs that are "
            "compared, since idlewatt does not convert money",
            group.files.front(), summary.currency, groups.front().files.front(), currency));
      }
    }
  }
  return currency;
}

Estimate value_of(const RunGroup& group, const Measure& measure) {
  std::vector<double> values;
  for (const auto& [seed, summary] : group.seeds) {
    values.push_back(measure.get(summary));
  }
  return estimate(values);
}

bool Difference::is_certain() const {
  return std::isfinite(estimate.ci95) && std::abs(estimate.mean) > estimate.ci95;
}

Difference difference(const RunGroup& baseline, const RunGroup& other, const Measure& measure) {
  std::vector<double> differences;
  double sum = 0.0;
  for (const auto& [seed, summary] : baseline.seeds) {
    const auto twin = other.seeds.find(seed);
    if (twin != other.seeds.end()) {
      differences.push_back(measure.get(twin->second) - measure.get(summary));
      sum += measure.get(summary);
    }
  }
  Difference result{.estimate = estimate(differences), .pairs = static_cast<int>(differences.size())};
  const double mean = sum / static_cast<double>(differences.size());
  result.share = mean != 0.0 ? result.estimate.mean / mean : std::numeric_limits<double>::quiet_NaN();
  return result;
}

}  // namespace idlewatt
