// The fleets among which a search chooses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenario/scenario_source.hpp"
#include "scenario/sweep/sweep_file.hpp"
#include "sweep/search.hpp"

namespace idlewatt {

/// One choice on each axis. The search finds the number of replicas, and with it the number of servers.
struct Candidate {
  std::string name;                 ///< "servers=l4-8 precision=int8"
  std::vector<std::string> labels;  ///< label on each axis
  std::string variant;              ///< variant of the scenario that it corresponds to; empty where there is none
  Rack rack;                        ///< rack to use: its uplink, switch and ownership
  Scenario scenario;                ///< scenario without suitable racks; at() makes it ready to run
  int groups_per_server = 1;        ///< groups of accelerators (Parallelism::groups) that fit on a server
  int groups = 1;                   ///< groups of a replica
  bool is_static = true;            ///< true: no autoscaler
};

/// The candidates of a search as scenarios.
class SearchSpace {
 public:
  /// Makes the candidates. `pool` names the pool that is sized; it may be empty when the scenario has only one.
  /// Candidates that do not fit the hardware are left out. Throws InputError.
  SearchSpace(ScenarioSource& source, const std::string& pool, std::vector<SweepAxis> axes);

  const std::vector<SweepAxis>& axes() const { return axes_; }
  const std::vector<Candidate>& candidates() const { return candidates_; }
  const std::vector<std::pair<std::string, std::string>>& impossible() const { return impossible_; }
  const std::string& pool() const { return pool_; }

  /// The number of servers that the candidate needs for `replicas` replicas.
  int servers(const Candidate& candidate, int replicas) const;
  /// The candidate with `replicas` replicas (the maximum, if it is autoscaled), the servers that they need in one rack
  /// like the scenario's first, the first `share` of the horizon, and `seed`.
  Scenario at(const Candidate& candidate, int replicas, double share, std::uint64_t seed) const;
  /// The candidate with `replicas` replicas as overrides for `idlewatt run --set`.
  std::vector<std::string> overrides(const Candidate& candidate, int replicas) const;

 private:
  void add(ScenarioSource& source, const std::vector<std::size_t>& choices, const Override& room);
  Racks racks_for(const Candidate& candidate, int replicas) const;

  std::vector<SweepAxis> axes_;
  std::string pool_;
  PoolId pool_id_;
  Scenario base_;
  std::vector<Candidate> candidates_;
  std::vector<std::pair<std::string, std::string>> impossible_;
};

}  // namespace idlewatt
