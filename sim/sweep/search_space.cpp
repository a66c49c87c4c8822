#include "sweep/search_space.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kMostCandidates = 10'000;
constexpr int kPlenty = 10'000;  // servers of each type, while a candidate is read

PoolId find_pool(const Scenario& scenario, const std::string& name) {
  std::vector<std::string> names;
  for (const Pool& pool : scenario.pools) {
    names.push_back(pool.name);
  }
  std::string all;
  for (const std::string& one : names) {
    all += (all.empty() ? "`" : ", `") + one + "`";
  }
  if (name.empty()) {
    if (names.size() > 1) {
      throw InputError("the scenario has several pools; expected `--pool` with one of " + all);
    }
    return PoolId(0);
  }
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw InputError(fmt::format("--pool: the scenario has no pool `{}`; expected one of {}", name, all));
  }
  return PoolId(found - names.begin());
}

/// The part that all variants have in common; the first variant where that part alone is no scenario.
Scenario read_base(ScenarioSource& source) {
  if (source.variants().empty()) {
    return source.read("", {});
  }
  try {
    return source.read("", {});
  } catch (const InputError&) {
    return source.read_variant(source.variants().front());
  }
}

/// "100 Gbps", as networks are named; in bytes where that would not read back as the same number.
std::string bandwidth_text(double bytes_per_s) {
  const std::string text = number_text(bytes_per_s * 8.0 / 1e9) + " Gbps";
  std::string problem;
  return parse_quantity(text, Dimension::bandwidth, problem) == bytes_per_s
             ? text
             : quantity_text(bytes_per_s, Dimension::bandwidth);
}

bool is_variants(const SweepAxis& axis) {
  return axis.name == "variant";
}

/// Room for everything: the search finds out how many servers there should be.
Override plenty_of_room(const Scenario& base) {
  std::string servers;
  for (const auto& [name, server] : base.catalog->servers) {
    servers += fmt::format("{}{} x {}", servers.empty() ? "" : ", ", kPlenty, name);
  }
  return parse_set(fmt::format("racks=[{{servers: [{}], uplink: 100 Gbps}}]", servers));
}

}  // namespace

SearchSpace::SearchSpace(ScenarioSource& source, const std::string& pool, std::vector<SweepAxis> axes)
    : axes_(std::move(axes)), base_(read_base(source)) {
  // What a variant changes comes before what else is changed, as on the command line.
  std::stable_partition(axes_.begin(), axes_.end(), is_variants);
  pool_id_ = find_pool(base_, pool);
  pool_ = base_.pools[pool_id_].name;
  std::size_t count = 1;
  for (const SweepAxis& axis : axes_) {
    count *= axis.choices.size();
    if (count > kMostCandidates) {
      throw InputError(
          fmt::format("the space has more than {} candidates; expected fewer values on its axes", kMostCandidates));
    }
  }
  const Override room = plenty_of_room(base_);
  for (std::size_t number = 0; number < count; ++number) {
    std::vector<std::size_t> choices(axes_.size());
    std::size_t rest = number;
    for (std::size_t axis = axes_.size(); axis-- > 0;) {
      choices[axis] = rest % axes_[axis].choices.size();
      rest /= axes_[axis].choices.size();
    }
    add(source, choices, room);
  }
  if (candidates_.empty()) {
    throw InputError(fmt::format("no candidate can run the model; the first of them, {}: {}", impossible_.front().first,
                                 impossible_.front().second));
  }
}

void SearchSpace::add(ScenarioSource& source, const std::vector<std::size_t>& choices, const Override& room) {
  Candidate candidate;
  candidate.rack = base_.racks.front();
  std::vector<Override> changes;
  std::size_t of_variant = 0;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const SweepChoice& choice = axes_[axis].choices[choices[axis]];
    changes.insert(changes.end(), choice.changes.begin(), choice.changes.end());
    const std::string name = axes_[axis].name.substr(axes_[axis].name.rfind('.') + 1);
    candidate.name += (candidate.name.empty() ? "" : " ") + name + "=" + choice.label;
    candidate.labels.push_back(choice.label);
    if (is_variants(axes_[axis])) {
      candidate.variant = choice.label;
      of_variant = changes.size();
    }
  }
  if (std::any_of(changes.begin(), changes.end(),
                  [](const Override& change) { return change.text().starts_with("racks"); })) {
    try {
      candidate.rack = source.read(candidate.name, changes).racks.front();
    } catch (const InputError& error) {
      if (!misfit_of(error)) {
        throw;
      }
      // It is as large as needed below; then the racks of the base say what it is like.
    }
  }
  changes.push_back(room);
  changes.push_back(parse_set(fmt::format("pools.{}.replicas={{start: 1, min: 0, max: 1}}", pool_)));
  try {
    candidate.scenario = source.read(candidate.name, changes);
  } catch (const InputError& error) {
    if (const std::optional<std::string> misfit = misfit_of(error)) {
      impossible_.emplace_back(candidate.name, *misfit);
      return;
    }
    throw InputError(problems_of(error).front().text() +
                     (candidate.name.empty() ? "" : fmt::format(" (candidate `{}`)", candidate.name)));
  }
  // What the axes say, without what only made room for reading.
  candidate.scenario.overrides.clear();
  for (std::size_t i = of_variant; i + 2 < changes.size(); ++i) {
    if (!changes[i].text().starts_with("racks")) {
      candidate.scenario.overrides.push_back(changes[i].text());
    }
  }
  const Pool& pool = candidate.scenario.pools[pool_id_];
  candidate.groups_per_server =
      std::max(1, candidate.scenario.catalog->servers.at(pool.server).accelerators / pool.parallel.of_group());
  candidate.groups = pool.parallel.groups();
  candidate.is_static = pool.autoscaling.name == "static";
  candidates_.push_back(std::move(candidate));
}

int SearchSpace::servers(const Candidate& candidate, int replicas) const {
  const int groups = replicas * candidate.groups;  // of all replicas; a server holds as many as it has room for
  return (groups + candidate.groups_per_server - 1) / candidate.groups_per_server;
}

Racks SearchSpace::racks_for(const Candidate& candidate, int replicas) const {
  // Servers of other pools stay as they are.
  Racks racks;
  for (const Rack& rack : base_.racks) {
    Rack kept = rack;
    std::erase_if(kept.servers, [&](const ServerGroup& group) {
      return std::none_of(base_.pools.begin(), base_.pools.end(),
                          [&](const Pool& pool) { return pool.name != pool_ && pool.server == group.server; });
    });
    if (!kept.servers.empty()) {
      racks.add(std::move(kept));
    }
  }
  Rack own = candidate.rack;
  own.servers = {{servers(candidate, replicas), candidate.scenario.pools[pool_id_].server}};
  racks.add(std::move(own));
  return racks;
}

Scenario SearchSpace::at(const Candidate& candidate, int replicas, double share, std::uint64_t seed) const {
  Scenario scenario = candidate.scenario;
  scenario.racks = racks_for(candidate, replicas);
  const ReplicaCounts& wanted = base_.pools[pool_id_].replicas;
  scenario.pools[pool_id_].replicas = {
      .start = replicas, .minimum = std::min(wanted.minimum, replicas), .maximum = replicas};
  scenario.seed = seed;
  const auto end = static_cast<Ticks>(std::ceil(static_cast<double>(scenario.horizon) * share));
  scenario.horizon = std::min(scenario.horizon, std::max(end, scenario.warm_up + scenario.sample_every));
  return scenario;
}

std::vector<std::string> SearchSpace::overrides(const Candidate& candidate, int replicas) const {
  std::vector<std::string> texts = candidate.scenario.overrides;
  const int minimum = std::min(base_.pools[pool_id_].replicas.minimum, replicas);
  const std::string counts = minimum == replicas
                                 ? std::to_string(replicas)
                                 : fmt::format("{{start: {}, min: {}, max: {}}}", replicas, minimum, replicas);
  if (base_.racks_as_needed && base_.pools.size() == 1) {
    texts.push_back(fmt::format("pools.{}.replicas={}", pool_, counts));
    return texts;
  }
  std::string racks;
  for (const Rack& rack : racks_for(candidate, replicas)) {
    std::string servers;
    for (const ServerGroup& group : rack.servers) {
      servers += fmt::format("{}{} x {}", servers.empty() ? "" : ", ", group.count, group.server);
    }
    racks += fmt::format("{}{}], uplink: {}, switch: {}{}", racks.empty() ? "{servers: [" : ", {servers: [", servers,
                         bandwidth_text(rack.uplink_bytes_per_s), quantity_text(rack.switch_w, Dimension::power),
                         rack.ownership == Ownership::owned ? ", ownership: owned}" : "}");
  }
  texts.push_back(fmt::format("racks=[{}]", racks));
  texts.push_back(fmt::format("pools.{}.replicas={}", pool_, counts));
  return texts;
}

}  // namespace idlewatt
