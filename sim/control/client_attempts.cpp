#include "control/client_attempts.hpp"

#include <algorithm>
#include <cmath>

#include "base/require.hpp"

namespace idlewatt {

ClientAttempts::ClientAttempts(const Scenario& scenario) : random_(scenario.seed, "clients/backoff") {
  for (const Traffic& traffic : scenario.traffic) {
    Entry entry;
    entry.client = traffic.client;
    if (traffic.client && std::isfinite(traffic.client->timeout_s)) {
      entry.timeout = to_ticks(traffic.client->timeout_s);
    }
    entries_.add(std::move(entry));
  }
}

void ClientAttempts::begin(const Request& request, Ticks now) {
  Live live;
  live.request = request;
  live_.emplace(request.id, std::move(live));
  start_clock(request, 1, now);
}

void ClientAttempts::start_clock(const Request& request, std::int32_t number, Ticks now) {
  Entry& entry = entries_[request.stream];
  if (entry.timeout < kNever - now) {
    entry.timeouts.push_back({now + entry.timeout, request.id, number});
  }
}

ClientAttempts::Entry* ClientAttempts::next_timeout() {
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

Ticks ClientAttempts::next() {
  const Entry* entry = next_timeout();
  const Ticks timeout = entry == nullptr ? kNever : entry->timeouts.front().at;
  return std::min(timeout, retry_queue_.empty() ? kNever : retry_queue_.top().at);
}

ClientAttempts::Act ClientAttempts::take() {
  Entry* entry = next_timeout();
  require(entry != nullptr || !retry_queue_.empty(), "a client that acts");
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

void ClientAttempts::give_up(std::int64_t id, Ticks now) {
  live(id).gave_up_at = now;
  ++letting_go_;
}

Request ClientAttempts::try_again(std::int64_t id, Ticks now) {
  Live& known = live(id);
  known.waits = false;
  ++retries_;
  start_clock(known.request, known.number, now);
  return known.request;
}

bool ClientAttempts::gave_up(const Request& request) const {
  if (!watches(request.stream)) {
    return false;
  }
  const auto found = live_.find(request.id);
  return found != live_.end() && found->second.gave_up_at != kNever;
}

/// The delay before try `number` + 1.
Ticks ClientAttempts::delay(const Backoff& backoff, std::int32_t number) {
  const double grown_s = backoff.first_s * std::pow(backoff.factor, number - 1);
  return to_ticks(std::min(grown_s, backoff.most_s) * (1.0 - backoff.jitter * random_.uniform()));
}

bool ClientAttempts::tries_again(RequestRecord& record, Ticks now) {
  const auto found = live_.find(record.id);
  Live& known = found->second;
  const ClientBehaviour& client = *entries_[record.stream].client;
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
    known.place.reset();
    known.gave_up_at = kNever;
    known.waits = true;
    retry_queue_.push({at, record.id});
    return true;
  }
  record.attempts = known.number;
  record.discarded_tokens += known.discarded_tokens;
  record.discarded_j += known.energy_j;
  record.energy_j += known.energy_j;
  record.prefill_energy_j += known.prefill_energy_j;
  live_.erase(found);
  return false;
}

std::vector<RequestRecord> ClientAttempts::take_unfinished() {
  std::vector<RequestRecord> records;
  for (const auto& [id, known] : live_) {
    if (known.waits) {
      records.push_back({.id = id,
                         .stream = known.request.stream,
                         .tenant = known.request.tenant,
                         .outcome = Outcome::unfinished,
                         .arrival = known.request.arrival,
                         .prompt_tokens = known.request.prompt_tokens,
                         .energy_j = known.energy_j,
                         .prefill_energy_j = known.prefill_energy_j,
                         .deferrable = known.request.deadline_class == DeadlineClass::deferrable,
                         .deadline = known.request.deadline,
                         .attempts = known.number - 1,
                         .discarded_tokens = known.discarded_tokens,
                         .discarded_j = known.energy_j});
    }
  }
  std::sort(records.begin(), records.end(), [](const RequestRecord& a, const RequestRecord& b) { return a.id < b.id; });
  live_.clear();
  return records;
}

}  // namespace idlewatt
