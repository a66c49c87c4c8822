// Idle power `break-even`: waits as long as the restart costs in energy. That is the deterministic rule of the ski
// rental problem: whatever comes, a wait and its restart draw at most twice what the best choice in hindsight would
// have drawn, and no rule that does not know the future can promise less. Karlin, Manasse, Rudolph and Sleator,
// "Competitive snoopy caching", Algorithmica 3 (1988); Irani, Shukla and Gupta, "Online strategies for dynamic power
// management", ACM TECS 2 (2003), for devices that sleep.
#include <algorithm>

#include "policy/idle/due.hpp"
#include "policy/idle/rest.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class BreakEven final : public IdlePolicy {
 public:
  explicit BreakEven(const Parameters& p)
      : rest_(rest_of(p)), factor_(p.get("factor")), wake_above_(p.get("wake_above")) {}

  void begin(const RestCosts& costs) override {
    after_ = wait(cost_of(costs, rest_));
    server_after_ = rest_ == Rest::off ? wait(costs.server_off) : kNever;
  }

  IdleDecision replica_idle(const IdleView& view) override { return rest_after(view, after_, action_of(rest_)); }

  EmptyServerDecision server_empty(const IdleView& view) override { return power_off_after(view, server_after_); }

  bool wake(const WakeView& view) override { return one_more(view, wake_above_); }
  bool starts_off() const override { return rest_ == Rest::off; }
  Ticks shortest_wait() const override { return std::min(after_, server_after_); }

 private:
  Ticks wait(const RestCost& cost) const {
    const Ticks even = break_even(cost);
    return even == kNever ? kNever : std::max(to_ticks(kShortestWait), to_ticks(factor_ * to_seconds(even)));
  }

  Rest rest_;
  double factor_;
  double wake_above_;
  Ticks after_ = kNever;
  Ticks server_after_ = kNever;
};

}  // namespace

IdleDeclaration declare_break_even() {
  return {{"break-even",
           "waits as long as the restart costs in energy: at most twice the energy of the best choice in hindsight",
           {rest_parameter(),
            {"factor", Dimension::number, 1, 0.01, 100, "waits so many times as long; only 1 keeps the promise"},
            wake_above_parameter()}},
          [](const Parameters& p) { return std::make_unique<BreakEven>(p); }};
}

}  // namespace idlewatt
