// What a router or an admission policy may know of a request: everything that its request says, and nothing of its
// answer.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ticks.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Limits within which a request is well served. kNever: none.
struct SloTicks {
  Ticks ttft = kNever;
  Ticks tpot = kNever;
};

/// A request at the door, at `now`. Hides how many tokens the model will generate. The request outlives the view.
class RequestView {
 public:
  RequestView(const Request& request, Ticks now, const SloTicks& slo) : request_(&request), now_(now), slo_(slo) {}

  Ticks now() const { return now_; }
  /// When its client first asked; later than that for an attempt that is not the first.
  Ticks asked_at() const { return request_->arrival; }
  std::int32_t prompt_tokens() const { return request_->prompt_tokens; }
  std::int32_t tenant() const { return request_->tenant; }
  std::int16_t priority() const { return request_->priority; }
  bool deferrable() const { return request_->deadline_class == DeadlineClass::deferrable; }
  Ticks deadline() const { return request_->deadline; }
  const SloTicks& slo() const { return slo_; }
  std::uint64_t session() const { return request_->session; }
  const std::vector<std::uint64_t>& prefix_blocks() const { return request_->prefix_blocks; }
  /// Tokens that each of prefix_blocks() stands for.
  std::int32_t block_tokens() const { return request_->block_tokens; }

 private:
  const Request* request_;
  Ticks now_;
  SloTicks slo_;
};

}  // namespace idlewatt
