#include "control/kv_transfers.hpp"

#include <algorithm>
#include <vector>

#include "control/running_pool.hpp"
#include "scenario/catalog/kv_bytes.hpp"

namespace idlewatt {
namespace {

/// Of the layers and sequences of a replica, the share that part of it holds in each stage.
std::vector<double> ranks_by_stage(const PlacementPart& part, const Parallelism& layout) {
  std::vector<double> shares(static_cast<std::size_t>(layout.pipeline), 0.0);
  for (std::int32_t group = part.first_stage; group < part.first_stage + part.stages; ++group) {
    shares[static_cast<std::size_t>(group / layout.data_attention)] += 1.0 / layout.data_attention;
  }
  return shares;
}

/// Of the keys and values of a sequence, the share that goes from one part to the other, in the mean.
double common_share(const PlacementPart& from, const Parallelism& from_layout, const PlacementPart& to,
                    const Parallelism& to_layout) {
  const std::vector<double> sent = ranks_by_stage(from, from_layout);
  const std::vector<double> received = ranks_by_stage(to, to_layout);
  double share = 0.0;
  for (std::int32_t i = 0; i < from_layout.pipeline; ++i) {
    for (std::int32_t j = 0; j < to_layout.pipeline; ++j) {
      const double begin =
          std::max(i / static_cast<double>(from_layout.pipeline), j / static_cast<double>(to_layout.pipeline));
      const double end = std::min((i + 1) / static_cast<double>(from_layout.pipeline),
                                  (j + 1) / static_cast<double>(to_layout.pipeline));
      share += std::max(0.0, end - begin) * sent[static_cast<std::size_t>(i)] * received[static_cast<std::size_t>(j)];
    }
  }
  return share;
}

}  // namespace

namespace {

/// The next whole microsecond: so SimGrid's clock comes to the same instant, whatever was before it.
Ticks after(Ticks time) {
  return (time / kTicksPerMicrosecond + 1) * kTicksPerMicrosecond;
}

}  // namespace

KvTransfers::KvTransfers(const Scenario& scenario, const RunningPools& pools, ReplicaEventQueue& changes,
                         RequestLog& log)
    : scenario_(&scenario), pools_(&pools), changes_(&changes), log_(&log), statistics_(scenario.warm_up) {}

// ---- What replicas of prefill pools report ----

KvTransfers::Transfer& KvTransfers::add(HostedReplica& source, const Request& request) {
  const Pool& settings = source.pool().settings();
  Transfer& transfer = transfers_[announced_];
  transfer.number = announced_++;
  transfer.request = request;
  transfer.source = &source;
  transfer.decode = &pool(*settings.decode_pool);
  transfer.bytes = kv_bytes_of(settings, *scenario_->catalog, request.prompt_tokens);
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
  transfer.decode->requests().receive_handed_over(transfer.request, handed.at);
  if (log_->attempts().gave_up(transfer.request)) {
    RequestRouter& decode = transfer.decode->requests();
    decode.ended(cancel(transfer.request.id, handed.at), Outcome::timed_out, std::nullopt);
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

std::optional<KvTransfers::ToDo> KvTransfers::next_to_do(Ticks now) {
  while (!looks_.empty() && looks_.begin()->first <= now) {
    const auto found = transfers_.find(looks_.begin()->second);
    looks_.erase(looks_.begin());
    if (found == transfers_.end() || found->second.flow != kNoFlow || found->second.waits) {
      continue;
    }
    Transfer& transfer = found->second;
    if (transfer.dropped) {
      let_go_of(transfer, now);
      continue;
    }
    if (transfer.target == nullptr && transfer.was_handed) {
      return ToDo{.flow = {}, .wants_target = transfer.number};
    }
    if (transfer.target == nullptr) {
      // Ahead of its hand-over it takes what is there; later it may wait.
      if (HostedReplica* target = transfer.decode->requests().route(transfer.request, now)) {
        take_position(transfer, *target);
      }
    }
    if (transfer.target != nullptr) {
      if (std::optional<KvFlow> flow = set_out(transfer)) {
        return ToDo{.flow = std::move(flow), .wants_target = kNone};
      }
    }
  }
  return std::nullopt;
}

KvTransfers::Targeted KvTransfers::find_target(std::int64_t number, Ticks now) {
  Transfer& transfer = transfers_.at(number);
  RequestRouter& decode = transfer.decode->requests();
  HostedReplica* target = nullptr;
  transfer.waits = true;
  const RequestRouter::Place place = decode.find_target(transfer.request, transfer.progress, target, now);
  if (place == RequestRouter::Place::none) {
    decode.ended(cancel(transfer.request.id, now), Outcome::rejected, std::nullopt);
    return {};
  }
  if (place != RequestRouter::Place::found) {
    return {.flow = {}, .wants_replica = place == RequestRouter::Place::wants_replica};
  }
  take_position(transfer, *target);
  return {.flow = set_out(transfer), .wants_replica = false};
}

void KvTransfers::take_position(Transfer& transfer, HostedReplica& target) {
  transfer.waits = false;
  transfer.target = &target;
  target.expect(transfer.request);
}

void KvTransfers::take_position(std::int64_t request, HostedReplica& target, Ticks now) {
  Transfer& transfer = transfers_.at(by_request_.at(request));
  take_position(transfer, target);
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
  // Each server holds the layers of its stages. Where attention is parallel by data, which rank has the sequence is not
  // known: each is as likely.
  const Parallelism& to_layout = transfer.target->pool().settings().parallel;
  const Parallelism& from_layout = transfer.source->pool().settings().parallel;
  std::vector<KvPiece> result;
  if (to_layout.data_attention > 1 || from_layout.data_attention > 1) {
    for (const PlacementPart& from : transfer.source->placement().parts) {
      for (const PlacementPart& to : transfer.target->placement().parts) {
        if (const double share = common_share(from, from_layout, to, to_layout); share > 0.0) {
          result.push_back({from.server, to.server, bytes * share});
        }
      }
    }
    return result;
  }
  const auto to_stages = static_cast<double>(to_layout.pipeline);
  const auto from_stages = static_cast<double>(from_layout.pipeline);
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
  target.pool().requests().receive(target, transfer.request, transfer.progress, now);
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
        kv_bytes_of(transfer.source->pool().settings(), *scenario_->catalog, transfer.request.prompt_tokens);
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
      transfer.decode->requests().forget_unrouted(transfer.request.id);
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
      transfer.decode->requests().ended(as_it_stands(transfer, kNever), Outcome::unfinished, std::nullopt);
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
  if (replica.state() == ReplicaState::draining) {
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
