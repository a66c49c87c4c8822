#include "datacenter/kv_transfers.hpp"

#include <algorithm>

#include "datacenter/pool_runtime.hpp"
#include "scenario/kv_bytes.hpp"

namespace idlewatt {

namespace {

/// The next whole microsecond: so SimGrid's clock comes to the same instant, whatever was before it.
Ticks after(Ticks time) {
  return (time / kTicksPerMicrosecond + 1) * kTicksPerMicrosecond;
}

}  // namespace

KvTransfers::KvTransfers(const Scenario& scenario, const std::vector<std::unique_ptr<PoolRuntime>>& pools,
                         ChangeQueue& changes, RequestLog& log)
    : scenario_(&scenario), pools_(&pools), changes_(&changes), log_(&log), statistics_(scenario.warm_up) {}

PoolRuntime& KvTransfers::pool(std::int32_t number) const {
  return *(*pools_)[static_cast<std::size_t>(number)];
}

// ---- What replicas of prefill pools report ----

KvTransfers::Transfer& KvTransfers::add(HostedReplica& source, const Request& request) {
  const Pool& settings = source.pool().settings();
  Transfer& transfer = transfers_[announced_];
  transfer.number = announced_++;
  transfer.request = request;
  transfer.source = &source;
  transfer.decode = &pool(settings.decode_pool);
  transfer.bytes = request.prompt_tokens * kv_bytes_per_token(settings, *scenario_->catalog);
  by_request_[request.id] = transfer.number;
  return transfer;
}

void KvTransfers::last_chunk_began(HostedReplica& source, const Request& request, std::int64_t tokens, Ticks now) {
  const Pool& settings = source.pool().settings();
  if (settings.kv_transfer != KvTransfer::layer_wise) {
    return;
  }
  Transfer& transfer = add(source, request);
  transfer.last_part = static_cast<double>(tokens) * kv_bytes_per_token(settings, *scenario_->catalog) /
                       scenario_->catalog->models.at(settings.model).layers;
  look_at(transfer, after(now));
}

void KvTransfers::handed_over(HostedReplica& source, HandOver&& handed) {
  const auto announced = by_request_.find(handed.request.id);
  Transfer& transfer = announced == by_request_.end() ? add(source, handed.request) : transfers_.at(announced->second);
  transfer.was_handed = true;
  transfer.handed_at = handed.at;
  transfer.progress = handed.progress;
  transfer.decode->come_over(transfer.request, handed.at);
  if (log_->attempts().gave_up(transfer.request)) {
    PoolRuntime& decode = *transfer.decode;
    decode.ended(cancel(transfer.request.id, handed.at), Outcome::timed_out, kNoReplica);
  } else if (transfer.flow == kNoFlow) {
    look_at(transfer, after(handed.at));
  }
}

// ---- On the way ----

Ticks KvTransfers::due() const {
  Ticks due = changes_->next_watched();
  if (!looks_.empty()) {
    due = std::min(due, looks_.begin()->first);
  }
  return drained_.empty() ? due : std::min(due, drained_at_);
}

std::optional<KvFlow> KvTransfers::next_flow(Ticks now) {
  while (!drained_.empty()) {
    HostedReplica& replica = *drained_.back();
    drained_.pop_back();
    replica.pool().go_on_draining(replica, now);
  }
  while (!looks_.empty() && looks_.begin()->first <= now) {
    const auto found = transfers_.find(looks_.begin()->second);
    looks_.erase(looks_.begin());
    if (found == transfers_.end() || found->second.flow != kNoFlow || found->second.waits) {
      continue;
    }
    if (found->second.dropped) {
      let_go_of(found->second, now);
      continue;
    }
    const std::int64_t number = found->first;
    if (found->second.target == nullptr && !find_target(found->second, now)) {
      continue;
    }
    // While a place was looked for, others of this instant may have run.
    const auto still = transfers_.find(number);
    if (still != transfers_.end() && still->second.target != nullptr && still->second.flow == kNoFlow) {
      if (std::optional<KvFlow> flow = set_out(still->second)) {
        return flow;
      }
    }
  }
  return std::nullopt;
}

/// False when there is none now.
bool KvTransfers::find_target(Transfer& transfer, Ticks now) {
  if (!transfer.was_handed) {
    // Ahead of its hand-over it takes what is there; later it may wait.
    if (HostedReplica* target = transfer.decode->route(transfer.request, now)) {
      take_place(transfer, *target);
    }
    return transfer.target != nullptr;
  }
  PoolRuntime& decode = *transfer.decode;
  const std::int64_t request = transfer.request.id;
  transfer.waits = true;
  HostedReplica* target = nullptr;
  const bool taken = decode.find_place(transfer.request, transfer.progress, target, now);
  const auto found = by_request_.find(request);
  if (found == by_request_.end()) {
    return false;
  }
  if (!taken) {
    decode.ended(cancel(request, now), Outcome::rejected, kNoReplica);
  } else if (target != nullptr) {
    take_place(transfers_.at(found->second), *target);
    return true;
  }
  return false;
}

void KvTransfers::take_place(Transfer& transfer, HostedReplica& target) {
  transfer.waits = false;
  transfer.target = &target;
  target.expect(transfer.request);
}

void KvTransfers::take_place(std::int64_t request, HostedReplica& target, Ticks now) {
  Transfer& transfer = transfers_.at(by_request_.at(request));
  take_place(transfer, target);
  look_at(transfer, now);
}

std::optional<KvFlow> KvTransfers::set_out(Transfer& transfer) {
  const double ahead = transfer.bytes - transfer.last_part;
  if (!transfer.was_handed && ahead <= 0.0) {
    return std::nullopt;
  }
  const double bytes = transfer.was_handed ? transfer.bytes : ahead;
  transfer.bytes = transfer.was_handed ? 0.0 : transfer.last_part;
  transfer.flow = flows_++;
  by_flow_[transfer.flow] = transfer.number;
  statistics_.sent(transfer.request.arrival, bytes);
  return KvFlow{transfer.flow, pieces(transfer, bytes)};
}

std::vector<KvPiece> KvTransfers::pieces(const Transfer& transfer, double bytes) const {
  // Each server holds the layers of its stages.
  const auto to_stages = static_cast<double>(transfer.target->pool().settings().parallel.pipeline);
  const auto from_stages = static_cast<double>(transfer.source->pool().settings().parallel.pipeline);
  std::vector<KvPiece> result;
  for (const PlacementPart& from : transfer.source->placement().parts) {
    for (const PlacementPart& to : transfer.target->placement().parts) {
      const double begin = std::max(from.first_stage / from_stages, to.first_stage / to_stages);
      const double end =
          std::min((from.first_stage + from.stages) / from_stages, (to.first_stage + to.stages) / to_stages);
      if (end > begin) {
        result.push_back({from.server, to.server, bytes * (end - begin)});
      }
    }
  }
  return result;
}

void KvTransfers::arrive(std::int64_t flow, Ticks now) {
  const auto carried = by_flow_.find(flow);
  const auto found = transfers_.find(carried->second);
  by_flow_.erase(carried);
  if (found == transfers_.end() || found->second.flow != flow) {
    return;  // a replica was lost meanwhile
  }
  Transfer& transfer = found->second;
  transfer.flow = kNoFlow;
  if (transfer.dropped) {
    let_go_of(transfer, now);
  } else if (transfer.was_handed && transfer.bytes > 0.0) {
    look_at(transfer, now);
  } else if (transfer.was_handed) {
    deliver(transfer, now);
  }
}

void KvTransfers::deliver(Transfer& transfer, Ticks now) {
  statistics_.arrived(transfer.request.arrival, now - transfer.handed_at);
  transfer.source->release(transfer.request.id, now);
  note_if_drained(*transfer.source, now);
  HostedReplica& target = *transfer.target;
  target.pool().receive(target, transfer.request, transfer.progress, now);
  note_if_drained(target, now);
  forget(transfer);
}

// ---- What goes wrong ----

Finished KvTransfers::as_it_stands(const Transfer& transfer, Ticks end) {
  Request request = transfer.request;
  return to_finished(std::move(request), transfer.progress, end);
}

Finished KvTransfers::cancel(std::int64_t request, Ticks now) {
  Transfer& transfer = transfers_.at(by_request_.at(request));
  Finished finished = as_it_stands(transfer, now);
  by_request_.erase(request);  // its client may try again while this one still travels
  transfer.dropped = true;
  transfer.waits = false;
  look_at(transfer, now);
  return finished;
}

void KvTransfers::send_again(std::int64_t request, Ticks now) {
  look_at(transfers_.at(by_request_.at(request)), now);
}

void KvTransfers::lose_target(const HostedReplica& target, std::vector<Finished>& lost, Ticks now) {
  for (auto& [number, transfer] : transfers_) {
    if (transfer.target != &target) {
      continue;
    }
    transfer.target = nullptr;
    transfer.flow = kNoFlow;
    transfer.bytes =
        transfer.request.prompt_tokens * kv_bytes_per_token(transfer.source->pool().settings(), *scenario_->catalog);
    if (transfer.dropped) {
      look_at(transfer, now);
    } else if (transfer.was_handed) {
      lost.push_back(as_it_stands(transfer, now));
    }
  }
}

std::vector<KvTransfers::Lost> KvTransfers::lose_source(const HostedReplica& source, Ticks now) {
  std::vector<Lost> lost;
  for (auto entry = transfers_.begin(); entry != transfers_.end();) {
    Transfer& transfer = entry->second;
    ++entry;
    if (transfer.source != &source) {
      continue;
    }
    if (transfer.waits) {
      transfer.decode->forget_waiting(transfer.request.id);
    }
    if (transfer.was_handed && !transfer.dropped) {
      const auto place =
          std::find_if(lost.begin(), lost.end(), [&](const Lost& other) { return other.pool == transfer.decode; });
      Lost& of_pool = place == lost.end() ? lost.emplace_back(Lost{transfer.decode, {}}) : *place;
      of_pool.requests.push_back(as_it_stands(transfer, now));
    }
    leave_target(transfer, now);
    forget(transfer);
  }
  return lost;
}

void KvTransfers::end_unfinished() {
  for (const auto& [number, transfer] : transfers_) {
    if (transfer.was_handed && !transfer.dropped && !transfer.waits) {
      transfer.decode->ended(as_it_stands(transfer, kNever), Outcome::unfinished, kNoReplica);
    }
  }
}

// ---- The end of a transfer ----

/// Its blocks are free, and nobody expects it.
void KvTransfers::let_go_of(Transfer& transfer, Ticks now) {
  transfer.source->release(transfer.request.id, now);
  note_if_drained(*transfer.source, now);
  leave_target(transfer, now);
  forget(transfer);
}

void KvTransfers::leave_target(Transfer& transfer, Ticks now) {
  if (transfer.target != nullptr) {
    transfer.target->expect_no_more(transfer.request, now);
    note_if_drained(*transfer.target, now);
  }
}

void KvTransfers::note_if_drained(HostedReplica& replica, Ticks now) {
  if (replica.life() == Life::draining) {
    drained_.push_back(&replica);
    drained_at_ = now;
  }
}

void KvTransfers::forget(const Transfer& transfer) {
  const auto known = by_request_.find(transfer.request.id);
  if (known != by_request_.end() && known->second == transfer.number) {
    by_request_.erase(known);
  }
  transfers_.erase(transfer.number);
}

}  // namespace idlewatt
