// Notes beside the costs of results that are shown together.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scenario/site/cost_notes.hpp"

namespace idlewatt {

/// What stands beside the costs of runs: what they leave out, and whose rents they contain.
class CostNotes {
 public:
  /// Adds a run's result file. Does nothing for a result of a version that kept no bill.
  void add(const std::string& path);

  /// One sentence for each cost that is left out, with the runs of which it is true, and one that names the providers
  /// when the rents come from more than one. Reads the catalogue when two types of server are rented.
  std::vector<std::string> sentences() const;

 private:
  void add_left_out(const std::string& note, const std::string& path);
  /// The offers of the rents that are the catalogue's.
  RentOffers offers() const;

  std::vector<std::pair<std::string, std::vector<std::string>>> left_out_;  ///< each sentence with its runs
  std::map<std::string, std::set<double>> rents_;  ///< USD per hour that runs have for a type of server
};

}  // namespace idlewatt
