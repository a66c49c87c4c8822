// The part of a request that a router or an admission policy may see: everything that the request says, and nothing of
// its answer.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ticks.hpp"
#include "policy/view_fields.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// The limits within which a request is served well; kNever = no limit.
struct SloTicks {
  Ticks ttft = kNever;
  Ticks tpot = kNever;
};

template <>
struct FieldsOf<SloTicks> : ShownFields<&SloTicks::ttft, &SloTicks::tpot> {};

/// A request at the door of a pool, at `now`. Hides how many tokens the model will generate. The request must outlive
/// the view.
class RequestView {
 public:
  RequestView(const Request& request, Ticks now, const SloTicks& slo) : request_(&request), now_(now), slo_(slo) {}

  Ticks now() const { return now_; }
  /// Time at which the client first asked; earlier than now() for a repeated attempt.
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

template <>
struct FieldsOf<RequestView>
    : ShownFields<&RequestView::now, &RequestView::asked_at, &RequestView::prompt_tokens, &RequestView::tenant,
                  &RequestView::priority, &RequestView::deferrable, &RequestView::deadline, &RequestView::slo,
                  &RequestView::session, &RequestView::prefix_blocks, &RequestView::block_tokens> {};

}  // namespace idlewatt
