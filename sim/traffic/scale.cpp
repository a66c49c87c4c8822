#include "traffic/scale.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/splitmix64.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {
namespace {

constexpr unsigned kCopyShift = 32;  // apart from the numbers of repetitions
constexpr double kMaxDelayTicks = 60.0 * static_cast<double>(kTicksPerSecond);

/// A delayed copy; `sequence` settles equal arrivals, so that the order is the same on every machine.
struct Copy {
  Request request;
  std::int64_t sequence = 0;
};

bool later(const Copy& a, const Copy& b) {
  return a.request.arrival != b.request.arrival ? a.request.arrival > b.request.arrival : a.sequence > b.sequence;
}

class ScaledReader final : public TraceReader {
 public:
  ScaledReader(std::unique_ptr<TraceReader> trace, double scale, std::uint64_t seed, const std::string& name)
      : trace_(std::move(trace)),
        whole_(static_cast<std::int64_t>(std::floor(scale))),
        fraction_(scale - std::floor(scale)),
        coin_(seed, name + "/scale"),
        delay_(seed, name + "/scale-delay"),
        salt_(RandomStream(seed, name + "/scale-copies").bits()) {
    read_ahead();
  }

  bool next(Request& request) override {
    while (has_ahead_ && (copies_.empty() || ahead_.arrival <= copies_.front().request.arrival)) {
      // The coin is tossed for every request, so that the requests kept at one fraction are kept at every larger one.
      const double toss = coin_.uniform();
      const bool linked = ahead_.key != 0 || ahead_.wait != nullptr;
      const std::int64_t count =
          whole_ + ((linked && ahead_.session != 0 ? share_of(ahead_.session) : toss) < fraction_ ? 1 : 0);
      for (std::int64_t copy = 1; copy < count; ++copy) {
        push_delayed_copy(copy, linked);
      }
      if (count > 0) {
        request = std::move(ahead_);
      }
      read_ahead();
      if (count > 0) {
        return true;
      }
    }
    if (copies_.empty()) {
      return false;
    }
    std::pop_heap(copies_.begin(), copies_.end(), later);
    request = std::move(copies_.back().request);
    copies_.pop_back();
    return true;
  }

 private:
  void read_ahead() { has_ahead_ = trace_->next(ahead_); }

  /// A number in [0, 1) that is the session's, or the copy's, for good.
  double share_of(std::uint64_t number) const { return static_cast<double>(mixed(number ^ salt_) >> 11U) * 0x1p-53; }

  void push_delayed_copy(std::int64_t copy, bool linked) {
    copies_.push_back({ahead_, next_sequence_++});
    make_copy(copies_.back().request, static_cast<std::uint64_t>(copy) << kCopyShift);
    const double share = delay_.uniform();
    const auto delay =
        static_cast<Ticks>((linked ? share_of(static_cast<std::uint64_t>(copy)) : share) * kMaxDelayTicks);
    move_request(copies_.back().request, checked_ticks(static_cast<int128_t>(ahead_.arrival) + delay));
    std::push_heap(copies_.begin(), copies_.end(), later);
  }

  std::unique_ptr<TraceReader> trace_;
  std::int64_t whole_;
  double fraction_;
  RandomStream coin_;
  RandomStream delay_;
  std::uint64_t salt_;
  Request ahead_;
  bool has_ahead_ = false;
  std::vector<Copy> copies_;  // a heap, the earliest in front
  std::int64_t next_sequence_ = 0;
};

}  // namespace

std::unique_ptr<TraceReader> scale_rate(std::unique_ptr<TraceReader> trace, double scale, std::uint64_t seed,
                                        const std::string& name) {
  if (!(scale > 0.0 && scale <= 1e6)) {
    throw InputError(fmt::format("{}: scale is {:f} (expected a number above 0, at most 1e6)", name, scale));
  }
  if (scale == 1.0) {
    return trace;
  }
  return std::make_unique<ScaledReader>(std::move(trace), scale, seed, name);
}

}  // namespace idlewatt
