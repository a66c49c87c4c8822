// Idle power `clairvoyant`: knows when the pool's next requests come. It rests a replica at once where the rest pays,
// keeps it where it does not, and wakes the first replica in time for its request. With one replica that is the best
// that can be done; with several it is a heuristic, for nobody knows which of them will take a request: one is taken to
// be needed no sooner than when the awake ones could have more than `wake_above` requests each.
#include <algorithm>
#include <cmath>

#include "policy/idle/rest.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class ClairvoyantIdle final : public IdlePolicy {
 public:
  explicit ClairvoyantIdle(const Parameters& p)
      : rest_(rest_of(p)), interval_(to_ticks(p.get("interval"))), wake_above_(p.get("wake_above")) {}

  void begin(const RestCosts& costs) override {
    const RestCost& replica = cost_of(costs, rest_);
    pays_from_ = std::max(break_even(replica), replica.go + replica.back);
    if (rest_ == Rest::off) {
      const RestCost& server = costs.server_off;
      const Ticks even = std::max(break_even(server), server.go + server.back);
      server_pays_from_ = even == kNever ? kNever : even + replica.back;  // replicas load once it is on
    }
  }

  IdleDecision replica_idle(const IdleView& view) override {
    const bool rests = pays_from_ != kNever && not_needed(view, view.awake - 1, pays_from_);
    return {.action = rests ? action_of(rest_) : IdleAction::keep, .wake_at = kNever};
  }

  RestDecision replica_resting(const IdleView& view) override {
    if (view.awake > 0) {
      return {};
    }
    const Ticks until = view.now + view.back + to_ticks(kLookAhead);
    const Ticks wake_at = view.forecast->arrival(view.now, 0, until) - view.back;
    return wake_at <= view.now ? RestDecision{.wake = true, .wake_at = kNever}
                               : RestDecision{.wake = false, .wake_at = wake_at};
  }

  EmptyServerDecision server_empty(const IdleView& view) override {
    return {.power_off = server_pays_from_ != kNever && not_needed(view, view.awake, server_pays_from_),
            .wake_at = kNever};
  }

  bool wake(const WakeView& view) override { return one_more(view, wake_above_); }
  bool starts_off() const override { return rest_ == Rest::off; }
  Ticks shortest_wait() const override { return interval_; }

 private:
  static constexpr double kLookAhead = 3600.0;  // seconds; it looks again then

  /// Whether, with so many others awake, one more is not wanted for longer than `wait`.
  bool not_needed(const IdleView& view, std::int32_t others, Ticks wait) const {
    const double arrivals = wake_above_ * others - static_cast<double>(view.outstanding);
    const auto n = static_cast<std::int64_t>(std::floor(std::clamp(arrivals, 0.0, 1e9)));
    const Ticks until = view.now + wait;
    return view.forecast->arrival(view.now, others == 0 ? 0 : n, until) >= until;
  }

  Rest rest_;
  Ticks interval_;
  double wake_above_;
  Ticks pays_from_ = kNever;
  Ticks server_pays_from_ = kNever;
};

}  // namespace

IdleDeclaration declare_clairvoyant_idle() {
  return {{"clairvoyant",
           "knows the trace: rests at once where the rest pays in energy, and is back in time",
           {rest_parameter(),
            {"interval", Dimension::time, 1, kShortestWait, 3600, "time between two looks at the idle replicas"},
            wake_above_parameter()},
           true},
          [](const Parameters& p) { return std::make_unique<ClairvoyantIdle>(p); }};
}

}  // namespace idlewatt
