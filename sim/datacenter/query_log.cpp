#include "datacenter/query_log.hpp"

#include <cmath>

namespace idlewatt {
namespace {

Ticks limit(double seconds) {
  return std::isfinite(seconds) ? to_ticks(seconds) : kNever;
}

}  // namespace

QueryLog::QueryLog(const Scenario& scenario, Recorder* recorder)
    : tries_(scenario), statistics_(scenario.warm_up), requests_(scenario.requests ? recorder : nullptr) {
  for (const Traffic& traffic : scenario.traffic) {
    slos_.push_back({.ttft = limit(traffic.slo.ttft_s), .tpot = limit(traffic.slo.tpot_s)});
  }
}

void QueryLog::ended(RequestRecord record, const Query& query, bool short_of_replicas, Ticks now) {
  if (const auto lost = discarded_.empty() ? discarded_.end() : discarded_.find(record.id); lost != discarded_.end()) {
    record.discarded_tokens += lost->second.tokens;
    record.discarded_j += lost->second.energy_j;
    record.energy_j += lost->second.energy_j;
    record.prefill_energy_j += lost->second.prefill_energy_j;
    discarded_.erase(lost);
  }
  const Carried before = take_carried(record.id);
  record.energy_j += before.energy_j;
  record.prefill_energy_j += before.prefill_energy_j;
  if (tries_.watches(record.stream) && tries_.tries_again(record, now)) {
    return;
  }
  write(record, short_of_replicas);
  if (ended_ && record.outcome != Outcome::unfinished) {
    ended_(query, now);
  }
}

void QueryLog::discard(std::int64_t id, const Discarded& work) {
  Discarded& sum = discarded_[id];
  const Carried before = take_carried(id);
  sum.tokens += work.tokens;
  sum.energy_j += work.energy_j + before.energy_j;
  sum.prefill_energy_j += work.prefill_energy_j + before.prefill_energy_j;
}

std::int32_t QueryLog::carried_from(std::int64_t id) const {
  const auto found = carried_.empty() ? carried_.end() : carried_.find(id);
  return found == carried_.end() ? kNowhere : found->second.pool;
}

QueryLog::Carried QueryLog::take_carried(std::int64_t id) {
  const auto found = carried_.empty() ? carried_.end() : carried_.find(id);
  if (found == carried_.end()) {
    return {};
  }
  const Carried before = found->second;
  carried_.erase(found);
  return before;
}

void QueryLog::end_unfinished() {
  for (const RequestRecord& record : tries_.take_unfinished()) {
    write(record, false);
  }
}

void QueryLog::write(const RequestRecord& record, bool short_of_replicas) {
  statistics_.ended(record, slos_[static_cast<std::size_t>(record.stream)], short_of_replicas);
  if (requests_ != nullptr) {
    requests_->request(record);
  }
}

}  // namespace idlewatt
