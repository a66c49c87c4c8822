#include "sweep/sweep.hpp"

#include <algorithm>

#include "base/fingerprint.hpp"
#include "base/slug.hpp"
#include "base/ticks.hpp"
#include "scenario/site/cost_notes.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kIdDigits = 12;  // 100,000 points: one chance in 50,000 that two have the same

/// The last part of each path, where that tells the axes apart.
std::vector<std::string> shortened(const std::vector<SweepAxis>& axes) {
  std::vector<std::string> result;
  for (const SweepAxis& axis : axes) {
    result.push_back(axis.name.substr(axis.name.rfind('.') + 1));
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::string last = axes[i].name.substr(axes[i].name.rfind('.') + 1);
    const auto alike = std::count_if(axes.begin(), axes.end(), [&](const SweepAxis& other) {
      return other.name.substr(other.name.rfind('.') + 1) == last;
    });
    if (alike > 1) {
      result[i] = axes[i].name;
    }
  }
  return result;
}

std::uint64_t combinations(const SweepFile& file) {
  constexpr std::uint64_t many = 1'000'000'000'000'000;
  std::uint64_t count = std::max<std::size_t>(1, file.seeds.size());
  for (const SweepAxis& axis : file.axes) {
    count *= axis.choices.size();
    if (count > many) {
      return many;
    }
  }
  return count;
}

/// Steps to the next combination, the last axis fastest. False after the last one.
bool advance(std::vector<std::size_t>& choices, const std::vector<SweepAxis>& axes) {
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (++choices[i] < axes[i].choices.size()) {
      return true;
    }
    choices[i] = 0;
  }
  return false;
}

}  // namespace

/// What is wrong with points, for one line about it.
struct Sweep::Errors {
  std::string first;
  std::string first_point;
  bool first_does_not_fit = false;
  std::size_t count = 0;

  void add(const InputError& error, const std::string& point, bool does_not_fit) {
    if (count++ == 0) {
      first = problems_of(error).front().text();
      first_point = point;
      first_does_not_fit = does_not_fit;
    }
  }
};

Sweep::Sweep(SweepFile file, std::unique_ptr<ScenarioSource> source, const std::string& version,
             const SweepLimits& limits)
    : file_(std::move(file)), source_(std::move(source)), version_(version), short_names_(shortened(file_.axes)) {
  const std::uint64_t count = combinations(file_);
  if (count > limits.max_points) {
    throw InputError(file_.path + ": the grid has " + std::to_string(count) + " points, more than " +
                     std::to_string(limits.max_points) + "; expected fewer values or seeds, or `--max-points " +
                     std::to_string(count) + "` to say that you mean it");
  }
  Errors errors;
  std::vector<std::size_t> choices(file_.axes.size(), 0);
  do {
    if (is_excluded(choices)) {
      ++excluded_;
      continue;
    }
    const std::size_t before = points_.size();
    if (file_.seeds.empty()) {
      check(make(choices, std::nullopt), errors);
    }
    for (const std::uint64_t seed : file_.seeds) {
      check(make(choices, seed), errors);
    }
    configurations_ += points_.size() > before ? 1 : 0;
  } while (advance(choices, file_.axes));

  if (errors.count > 0) {
    const std::size_t all = points_.size() + impossible_.size() + errors.count;
    const std::string which = all == 1 ? ""
                              : errors.count == all
                                  ? " (all " + std::to_string(all) + " points)"
                                  : " (" + std::to_string(errors.count) + " of " + std::to_string(all) +
                                        " points, the first `" + errors.first_point + "`)";
    throw InputError(errors.first + which +
                     (errors.first_does_not_fit ? "; `exclude: [impossible]` leaves out what does not fit" : ""));
  }
  if (points_.empty()) {
    throw InputError(file_.path + ": the grid has no points: all " + std::to_string(count) + " are excluded" +
                     (impossible_.empty() ? "" : " or do not fit, such as: " + impossible_.front().second));
  }
}

void Sweep::check(SweepPoint point, Errors& errors) {
  try {
    const Scenario read = scenario(point);
    point.fingerprint = read.fingerprint;
    point.horizon_s = to_seconds(read.horizon);
    point.run_seed = read.seed;
    points_.push_back(std::move(point));
  } catch (const InputError& error) {
    const std::optional<std::string> misfit = misfit_of(error);
    if (misfit && file_.exclude_impossible) {
      impossible_.emplace_back(point.name, *misfit);
    } else {
      errors.add(error, point.name, misfit.has_value());
    }
  }
}

SweepPoint Sweep::make(const std::vector<std::size_t>& choices, std::optional<std::uint64_t> seed) const {
  SweepPoint point;
  point.choices = choices;
  point.seed = seed;
  point.configuration = configurations_;
  Fingerprint identity;
  std::string labels;
  const auto add = [&](const std::string& axis, const std::string& short_name, const std::string& label) {
    identity.add(axis).add(label);
    point.name += (point.name.empty() ? "" : " ") + short_name + "=" + label;
    labels += "-" + label;
  };
  for (std::size_t i = 0; i < choices.size(); ++i) {
    add(file_.axes[i].name, short_names_[i], file_.axes[i].choices[choices[i]].label);
  }
  if (seed) {
    add("seed", "seed", std::to_string(*seed));
  }
  point.id = identity.text().substr(0, kIdDigits);
  constexpr std::size_t longest = 80;
  point.file = slug(labels).substr(0, longest) + "-" + point.id + ".h5";
  return point;
}

bool Sweep::is_excluded(const std::vector<std::size_t>& choices) const {
  return std::any_of(file_.exclude.begin(), file_.exclude.end(), [&](const SweepExclusion& exclusion) {
    return std::all_of(
        exclusion.conditions.begin(), exclusion.conditions.end(), [&](const SweepExclusion::Condition& condition) {
          return std::find(condition.choices.begin(), condition.choices.end(), choices[condition.axis]) !=
                 condition.choices.end();
        });
  });
}

Scenario Sweep::scenario(const SweepPoint& point) {
  std::vector<Override> changes = file_.set;
  for (std::size_t i = 0; i < point.choices.size(); ++i) {
    const std::vector<Override>& more = file_.axes[i].choices[point.choices[i]].changes;
    changes.insert(changes.end(), more.begin(), more.end());
  }
  if (point.seed) {
    changes.push_back({"seed", {.kind = YamlNode::Kind::scalar, .scalar = std::to_string(*point.seed)}, {}});
  }
  Scenario scenario = source_->read(point.name, changes);
  require_us_dollars(scenario, "grid");
  scenario.fingerprint = Fingerprint().add(scenario.fingerprint).add(version_).text();
  return scenario;
}

}  // namespace idlewatt
