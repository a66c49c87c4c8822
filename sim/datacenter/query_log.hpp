// Where every query of a run is written down, whatever became of it.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/query_statistics.hpp"
#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Counts and measures queries, and passes them to the recorder where the scenario asks for that.
class QueryLog {
 public:
  /// `recorder` may be null.
  QueryLog(const Scenario& scenario, Recorder* recorder);

  void arrived(const Query& query) { statistics_.arrived(query.arrival); }
  void looked_up(const Query& query) { statistics_.looked_up(query.arrival); }
  /// `short_of_replicas`: fewer replicas of its pool were ready than wanted when it arrived.
  void ended(const RequestRecord& record, bool short_of_replicas);

  /// The limits of an entry of the traffic.
  const SloTicks& slo(std::int32_t stream) const { return slos_[static_cast<std::size_t>(stream)]; }
  const QueryStatistics& statistics() const { return statistics_; }

 private:
  QueryStatistics statistics_;
  std::vector<SloTicks> slos_;  ///< by stream
  Recorder* requests_;          ///< null when nobody wants the requests
};

}  // namespace idlewatt
