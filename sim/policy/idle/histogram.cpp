// Idle power `histogram`: how long to keep a replica follows from how long replicas of the pool have idled before. The
// hybrid histogram policy of Shahrad et al., "Serverless in the Wild", USENIX ATC 2020, section 4.2: idle times are
// counted in bins; what is rarely exceeded (the tail's percentile, rounded up, plus a margin) is kept alive; where idle
// times are long as a rule (the head's percentile, rounded down, less a margin) it rests at once and is back just
// before. A flat or empty histogram says nothing: then replicas are kept for its whole range. Where most idle times lie
// beyond the range the paper forecasts them with ARIMA; here a fixed keep-alive serves. Two things differ, because a
// model takes longer to load than a function: it is woken that much earlier, and not rested for less than that.
#include <algorithm>
#include <cmath>
#include <vector>

#include "policy/idle/due.hpp"
#include "policy/idle/rest.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

/// What follows from the idle times so far.
struct Windows {
  Ticks rest_until = 0;  ///< rests from the first moment until then; 0: does not
  Ticks keep_until = 0;  ///< rests from then on
};

class IdleHistogram final : public IdlePolicy {
 public:
  explicit IdleHistogram(const Parameters& p)
      : rest_(rest_of(p)),
        bin_(to_ticks(p.get("bin"))),
        head_(p.get("head")),
        tail_(p.get("tail")),
        margin_(p.get("margin")),
        enough_(p.get_int("observations")),
        representative_(p.get("representative")),
        out_of_bounds_(p.get("out_of_bounds")),
        fallback_(to_ticks(p.get("fallback"))),
        server_after_(to_ticks(p.get("server_after"))),
        wake_above_(p.get("wake_above")),
        counts_(static_cast<std::size_t>(std::clamp(std::ceil(p.get("range") / p.get("bin")), 1.0, 1e5))) {
    look();
  }

  void begin(const RestCosts& costs) override {
    const RestCost& cost = cost_of(costs, rest_);
    shortest_rest_ = cost.go + cost.back;
    look();
  }

  void idle_ended(Ticks idle) override {
    ++observed_;
    const auto bin = static_cast<std::size_t>(idle / bin_);
    if (bin >= counts_.size()) {
      ++beyond_;
    } else {
      squares_ += 2 * counts_[bin] + 1;
      ++counts_[bin];
    }
    look();
  }

  IdleDecision replica_idle(const IdleView& view) override {
    const Ticks free = view.now - view.free_since;
    const Ticks woken = view.idle_since - view.free_since;  // a replica that is back for its window stays for it
    if (free >= windows_.keep_until || (windows_.rest_until > 0 && woken == 0 && free < windows_.rest_until)) {
      return {.action = action_of(rest_), .wake_at = kNever};
    }
    return {.action = IdleAction::keep, .wake_at = view.free_since + windows_.keep_until};
  }

  RestDecision replica_resting(const IdleView& view) override {
    const Ticks from = view.free_since + windows_.rest_until - view.back;
    if (windows_.rest_until == 0 || view.now >= view.free_since + windows_.keep_until) {
      return {};
    }
    return view.now >= from ? RestDecision{.wake = true, .wake_at = kNever}
                            : RestDecision{.wake = false, .wake_at = from};
  }

  EmptyServerDecision server_empty(const IdleView& view) override {
    return power_off_after(view, rest_ == Rest::off ? server_after_ : kNever);
  }

  bool wake(const WakeView& view) override { return one_more(view, wake_above_); }
  bool starts_off() const override { return rest_ == Rest::off; }
  Ticks shortest_wait() const override {
    // What it knows changes with every idle time: so it looks once in a bin at least.
    const Ticks replica = std::min(bin_, windows_.rest_until > 0 ? to_ticks(kSoonest) : windows_.keep_until);
    return rest_ == Rest::off ? std::min(replica, server_after_) : replica;
  }

 private:
  static constexpr double kSoonest = 1.0;  // seconds between two looks when replicas rest at once

  /// The bin in which that share of all idle times within bounds has come to lie.
  std::size_t percentile(double share) const {
    const double wanted = share * static_cast<double>(observed_ - beyond_);
    std::int64_t below = 0;
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
      below += counts_[bin];
      if (below > 0 && static_cast<double>(below) >= wanted) {
        return bin;
      }
    }
    return counts_.size() - 1;
  }

  /// Coefficient of variation of the bins' counts: large where idle times gather in few bins.
  double variation() const {
    const auto bins = static_cast<double>(counts_.size());
    const double mean = static_cast<double>(observed_ - beyond_) / bins;
    const double variance = static_cast<double>(squares_) / bins - mean * mean;
    return mean > 0.0 ? std::sqrt(std::max(variance, 0.0)) / mean : 0.0;
  }

  void look() {
    windows_ = {.rest_until = 0, .keep_until = bin_ * static_cast<Ticks>(counts_.size())};
    if (observed_ < enough_) {
      return;
    }
    if (static_cast<double>(beyond_) > out_of_bounds_ * static_cast<double>(observed_)) {
      windows_.keep_until = fallback_;
    } else if (variation() > representative_) {
      const auto seconds_of = [this](std::size_t bins) { return to_seconds(bin_) * static_cast<double>(bins); };
      const Ticks head = to_ticks(seconds_of(percentile(head_)) * (1.0 - margin_));
      windows_.keep_until = to_ticks(seconds_of(percentile(tail_) + 1) * (1.0 + margin_));
      windows_.rest_until = head > shortest_rest_ ? head : 0;
    }
  }

  Rest rest_;
  Ticks bin_;
  double head_;
  double tail_;
  double margin_;
  std::int64_t enough_;
  double representative_;
  double out_of_bounds_;
  Ticks fallback_;
  Ticks server_after_;
  double wake_above_;
  std::vector<std::int64_t> counts_;  ///< idle times within bounds
  std::int64_t squares_ = 0;          ///< sum of the squares of the counts
  std::int64_t observed_ = 0;
  std::int64_t beyond_ = 0;
  Ticks shortest_rest_ = 0;
  Windows windows_;
};

}  // namespace

IdleDeclaration declare_idle_histogram() {
  return {{"histogram",
           "keeps a replica as long as replicas of the pool have idled before, but for the rarest times",
           {rest_parameter(),
            {"bin", Dimension::time, 60, kShortestWait, 1e6, "idle times are counted in bins of this width"},
            {"range", Dimension::time, 14400, kShortestWait, 1e6, "longer idle times are out of bounds"},
            {"head", Dimension::share, 0.05, 0, 1, "as long as this share of idle times at most it rests at once"},
            {"tail", Dimension::share, 0.99, 0, 1, "and is kept for as long as this share of them at most"},
            {"margin", Dimension::share, 0.1, 0, 0.9, "back earlier and kept longer by this share"},
            {"observations", Dimension::count, 10, 1, 1e9,
             "fewer idle times say nothing: replicas are kept for the whole range"},
            {"representative", Dimension::number, 2, 0, 1e6,
             "the counts' coefficient of variation must be above this, or likewise"},
            {"out_of_bounds", Dimension::share, 0.5, 0, 1,
             "where a larger share of idle times is out of bounds, the fallback counts"},
            {"fallback", Dimension::time, 600, kShortestWait, 1e7, "how long replicas are kept then"},
            {"server_after", Dimension::time, 60, kShortestWait, 1e7,
             "with `rest: off`, how long a server is without awake replicas before it is shut down"},
            wake_above_parameter()}},
          [](const Parameters& p) { return std::make_unique<IdleHistogram>(p); }};
}

}  // namespace idlewatt
