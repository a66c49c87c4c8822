// What a router or an admission policy may know of a query: everything that its request says, and nothing of its
// answer.
#pragma once

#include <cstdint>
#include <vector>

#include "units/ticks.hpp"
#include "workload/query.hpp"

namespace idlewatt {

/// Limits within which a query is well served. kNever: none.
struct SloTicks {
  Ticks ttft = kNever;
  Ticks tpot = kNever;
};

/// A query at the door, at `now`. Hides how many tokens the model will generate. The query outlives the view.
class QueryView {
 public:
  QueryView(const Query& query, Ticks now, const SloTicks& slo) : query_(&query), now_(now), slo_(slo) {}

  Ticks now() const { return now_; }
  /// When its client first asked; later than that for a try that is not the first.
  Ticks asked_at() const { return query_->arrival; }
  std::int32_t prompt_tokens() const { return query_->prompt_tokens; }
  std::int32_t tenant() const { return query_->tenant; }
  std::int16_t priority() const { return query_->priority; }
  bool deferrable() const { return query_->deadline_class == DeadlineClass::deferrable; }
  Ticks deadline() const { return query_->deadline; }
  const SloTicks& slo() const { return slo_; }
  std::uint64_t session() const { return query_->session; }
  const std::vector<std::uint64_t>& prefix_blocks() const { return query_->prefix_blocks; }

 private:
  const Query* query_;
  Ticks now_;
  SloTicks slo_;
};

}  // namespace idlewatt
