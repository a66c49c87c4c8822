#include "datacenter/client_tries.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {

ClientTries::ClientTries(const Scenario& scenario) : random_(scenario.seed, "clients/backoff") {
  for (const Traffic& traffic : scenario.traffic) {
    Entry entry;
    entry.client = traffic.client;
    if (traffic.client && std::isfinite(traffic.client->timeout_s)) {
      entry.timeout = to_ticks(traffic.client->timeout_s);
    }
    entries_.push_back(std::move(entry));
  }
}

void ClientTries::begin(const Query& query, Ticks now) {
  Live live;
  live.query = query;
  live_.emplace(query.id, std::move(live));
  start_clock(query, 1, now);
}

void ClientTries::start_clock(const Query& query, std::int32_t number, Ticks now) {
  Entry& entry = entries_[static_cast<std::size_t>(query.stream)];
  if (entry.timeout < kNever - now) {
    entry.timeouts.push_back({now + entry.timeout, query.id, number});
  }
}

void ClientTries::at(std::int64_t id, std::int32_t pool, std::int32_t replica) {
  Live& known = live(id);
  known.pool = pool;
  known.replica = replica;
}

std::pair<std::int32_t, std::int32_t> ClientTries::place(std::int64_t id) const {
  const Live& known = live_.at(id);
  return {known.pool, known.replica};
}

ClientTries::Entry* ClientTries::next_timeout() {
  Entry* next = nullptr;
  for (Entry& entry : entries_) {
    while (!entry.timeouts.empty()) {
      const Timeout& front = entry.timeouts.front();
      const auto found = live_.find(front.id);
      if (found != live_.end() && found->second.number == front.number && !found->second.waits) {
        break;
      }
      entry.timeouts.pop_front();
    }
    if (!entry.timeouts.empty() && (next == nullptr || entry.timeouts.front().at < next->timeouts.front().at)) {
      next = &entry;
    }
  }
  return next;
}

Ticks ClientTries::next() {
  const Entry* entry = next_timeout();
  const Ticks timeout = entry == nullptr ? kNever : entry->timeouts.front().at;
  return std::min(timeout, retry_queue_.empty() ? kNever : retry_queue_.top().at);
}

ClientTries::Act ClientTries::take() {
  Entry* entry = next_timeout();
  const bool retry = !retry_queue_.empty() && (entry == nullptr || retry_queue_.top().at <= entry->timeouts.front().at);
  if (retry) {
    const Act act{retry_queue_.top().id, false};
    retry_queue_.pop();
    return act;
  }
  const Act act{entry->timeouts.front().id, true};
  entry->timeouts.pop_front();
  return act;
}

void ClientTries::give_up(std::int64_t id, Ticks now) {
  live(id).gave_up_at = now;
  ++letting_go_;
}

Query ClientTries::try_again(std::int64_t id, Ticks now) {
  Live& known = live(id);
  known.waits = false;
  ++retries_;
  start_clock(known.query, known.number, now);
  return known.query;
}

bool ClientTries::gave_up(const Query& query) const {
  if (!watches(query.stream)) {
    return false;
  }
  const auto found = live_.find(query.id);
  return found != live_.end() && found->second.gave_up_at != kNever;
}

/// The delay before try `number` + 1.
Ticks ClientTries::delay(const Backoff& backoff, std::int32_t number) {
  const double grown_s = backoff.first_s * std::pow(backoff.factor, number - 1);
  return to_ticks(std::min(grown_s, backoff.most_s) * (1.0 - backoff.jitter * random_.uniform()));
}

bool ClientTries::tries_again(RequestRecord& record, Ticks now) {
  const auto found = live_.find(record.id);
  Live& known = found->second;
  const ClientBehaviour& client = *entries_[static_cast<std::size_t>(record.stream)].client;
  Ticks asks_from = now;
  if (known.gave_up_at != kNever) {
    --letting_go_;
    asks_from = known.gave_up_at;
    record.end = known.gave_up_at;
    if (record.first_token > record.end) {
      record.first_token = kNever;  // it came with the step that was under way, and nobody saw it
    }
  }
  const bool tries_left = known.number <= client.retries;
  if (tries_left && (record.outcome == Outcome::rejected || record.outcome == Outcome::timed_out ||
                     record.outcome == Outcome::failed)) {
    known.energy_j += record.energy_j;
    known.prefill_energy_j += record.prefill_energy_j;
    known.discarded_tokens += record.output_tokens + record.discarded_tokens;
    const Ticks at = std::max(now, asks_from + delay(client.backoff, known.number));
    ++known.number;
    known.pool = kNoPool;
    known.replica = -1;
    known.gave_up_at = kNever;
    known.waits = true;
    retry_queue_.push({at, record.id});
    return true;
  }
  record.tries = known.number;
  record.discarded_tokens += known.discarded_tokens;
  record.discarded_j += known.energy_j;
  record.energy_j += known.energy_j;
  record.prefill_energy_j += known.prefill_energy_j;
  live_.erase(found);
  return false;
}

std::vector<RequestRecord> ClientTries::take_unfinished() {
  std::vector<RequestRecord> records;
  for (const auto& [id, known] : live_) {
    if (known.waits) {
      records.push_back({.id = id,
                         .stream = known.query.stream,
                         .tenant = known.query.tenant,
                         .outcome = Outcome::unfinished,
                         .arrival = known.query.arrival,
                         .prompt_tokens = known.query.prompt_tokens,
                         .energy_j = known.energy_j,
                         .prefill_energy_j = known.prefill_energy_j,
                         .deferrable = known.query.deadline_class == DeadlineClass::deferrable,
                         .deadline = known.query.deadline,
                         .tries = known.number - 1,
                         .discarded_tokens = known.discarded_tokens,
                         .discarded_j = known.energy_j});
    }
  }
  std::sort(records.begin(), records.end(), [](const RequestRecord& a, const RequestRecord& b) { return a.id < b.id; });
  live_.clear();
  return records;
}

}  // namespace idlewatt
