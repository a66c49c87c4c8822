#include "control/request_log.hpp"

#include <cmath>

namespace idlewatt {
namespace {

Ticks limit(double seconds) {
  return std::isfinite(seconds) ? to_ticks(seconds) : kNever;
}

}  // namespace

RequestRecord record_of(const Request& request, Outcome outcome, Ticks end) {
  RequestRecord record;
  record.id = request.id;
  record.stream = request.stream;
  record.tenant = request.tenant;
  record.outcome = outcome;
  record.arrival = request.arrival;
  record.end = end;
  record.prompt_tokens = request.prompt_tokens;
  record.deferrable = request.deadline_class == DeadlineClass::deferrable;
  record.deadline = request.deadline;
  return record;
}

RequestLog::RequestLog(const Scenario& scenario, Recorder* recorder)
    : attempts_(scenario), statistics_(scenario.warm_up), requests_(scenario.requests ? recorder : nullptr) {
  for (const Traffic& traffic : scenario.traffic) {
    slos_.add({.ttft = limit(traffic.slo.ttft_s), .tpot = limit(traffic.slo.tpot_s)});
  }
}

void RequestLog::ended(RequestRecord&& record, const Request& request, bool short_of_replicas, Ticks now) {
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
  if (attempts_.watches(record.stream) && attempts_.tries_again(record, now)) {
    return;
  }
  write(record, short_of_replicas);
  if (keeps_ended_ && record.outcome != Outcome::unfinished) {
    ended_.push_back({request, now});
  }
}

void RequestLog::discard(std::int64_t id, const Discarded& work) {
  Discarded& sum = discarded_[id];
  const Carried before = take_carried(id);
  sum.tokens += work.tokens;
  sum.energy_j += work.energy_j + before.energy_j;
  sum.prefill_energy_j += work.prefill_energy_j + before.prefill_energy_j;
}

std::optional<PoolId> RequestLog::carried_from(std::int64_t id) const {
  const auto found = carried_.empty() ? carried_.end() : carried_.find(id);
  return found == carried_.end() ? std::nullopt : found->second.pool;
}

RequestLog::Carried RequestLog::take_carried(std::int64_t id) {
  const auto found = carried_.empty() ? carried_.end() : carried_.find(id);
  if (found == carried_.end()) {
    return {};
  }
  const Carried before = found->second;
  carried_.erase(found);
  return before;
}

void RequestLog::end_unfinished() {
  for (const RequestRecord& record : attempts_.take_unfinished()) {
    write(record, false);
  }
}

void RequestLog::write(const RequestRecord& record, bool short_of_replicas) {
  statistics_.ended(record, slos_[record.stream], short_of_replicas);
  if (requests_ != nullptr) {
    requests_->request(record);
  }
}

}  // namespace idlewatt
