// The fleets that a search chooses from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenario/scenario_source.hpp"
#include "scenario/sweep_file.hpp"
#include "sweep/search.hpp"

namespace idlewatt {

/// One choice on each axis; the number of replicas, and of the servers that they need, is for the search to find.
struct Candidate {
  std::string name;                 ///< "servers=l4-8 precision=int8"
  std::vector<std::string> labels;  ///< per axis
  std::string variant;              ///< of the scenario's variants, the one that it is; empty where it is none
  Rack rack;                        ///< what its racks are like: uplink, switch, who owns them
  Scenario scenario;                ///< with room for nothing in particular: at() makes it one to run
  int stages_per_server = 1;        ///< a stage never spans servers
  int stages = 1;                   ///< of a replica
  bool is_static = true;            ///< no autoscaler
};

class SearchSpace {
 public:
  /// `pool` names the pool that is sized; empty where the scenario has only one. Candidates that do not fit the
  /// hardware are left out. Throws InputError.
  SearchSpace(ScenarioSource& source, const std::string& pool, std::vector<SweepAxis> axes);

  const std::vector<SweepAxis>& axes() const { return axes_; }
  const std::vector<Candidate>& candidates() const { return candidates_; }
  const std::vector<std::pair<std::string, std::string>>& impossible() const { return impossible_; }
  const std::string& pool() const { return pool_; }

  /// How many servers the candidate needs for so many replicas.
  int servers(const Candidate& candidate, int replicas) const;
  /// The candidate with so many replicas (at most, if it is autoscaled), as many servers of its type as these need in
  /// one rack like the scenario's first, the first `share` of the horizon, and `seed`.
  Scenario at(const Candidate& candidate, int replicas, double share, std::uint64_t seed) const;
  /// The same as overrides, for `idlewatt run --set`.
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
