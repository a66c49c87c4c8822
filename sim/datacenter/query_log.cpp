#include "datacenter/query_log.hpp"

#include <cmath>

namespace idlewatt {
namespace {

Ticks limit(double seconds) {
  return std::isfinite(seconds) ? to_ticks(seconds) : kNever;
}

}  // namespace

QueryLog::QueryLog(const Scenario& scenario, Recorder* recorder)
    : statistics_(scenario.warm_up), requests_(scenario.requests ? recorder : nullptr) {
  for (const Traffic& traffic : scenario.traffic) {
    slos_.push_back({.ttft = limit(traffic.slo.ttft_s), .tpot = limit(traffic.slo.tpot_s)});
  }
}

void QueryLog::ended(const RequestRecord& record, bool short_of_replicas) {
  statistics_.ended(record, slos_[static_cast<std::size_t>(record.stream)], short_of_replicas);
  if (requests_ != nullptr) {
    requests_->request(record);
  }
}

}  // namespace idlewatt
