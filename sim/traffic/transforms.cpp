#include "traffic/transforms.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/splitmix64.hpp"
#include "traffic/scale.hpp"

namespace idlewatt {
namespace {

/// A time that the user's figures lead to.
Ticks within_time(int128_t ticks) {
  if (ticks > static_cast<int128_t>(kNever) - 1) {
    throw InputError("a transform moves a request beyond the 2.9 years that can be simulated");
  }
  return static_cast<Ticks>(ticks);
}

Ticks compressed(Ticks arrival, double factor) {
  const double ticks = std::round(static_cast<double>(arrival) / factor);
  return within_time(ticks < 9.2e18 ? static_cast<int128_t>(ticks) : static_cast<int128_t>(kNever));
}

Ticks own_period(Ticks last, std::int64_t count) {
  return within_time(static_cast<int128_t>(last) +
                     (count > 1 ? std::max<Ticks>(last / (count - 1), 1) : kTicksPerSecond));
}

class CutReader final : public TraceReader {
 public:
  CutReader(std::unique_ptr<TraceReader> trace, Ticks from, Ticks to)
      : trace_(std::move(trace)), from_(from), to_(to) {}
  bool next(Request& request) override {
    while (!ended_ && trace_->next(request)) {
      if (request.arrival >= to_) {
        break;
      }
      if (request.arrival >= from_) {
        move_request(request, request.arrival - from_);
        return true;
      }
    }
    ended_ = true;
    return false;
  }

 private:
  std::unique_ptr<TraceReader> trace_;
  Ticks from_;
  Ticks to_;
  bool ended_ = false;
};

class RepeatedReader final : public TraceReader {
 public:
  RepeatedReader(ReplayableTrace trace, std::int32_t times, Ticks period, std::string name)
      : trace_(std::move(trace)),
        times_(times),
        period_(period > 0 ? period : trace_.length),
        name_(std::move(name)),
        reader_(trace_.open()) {}

  bool next(Request& request) override {
    while (!reader_->next(request)) {
      if (period_ == 0) {
        period_ = own_period(last_, count_);
      }
      if (count_ == 0 || ++played_ >= times_) {
        --played_;  // and stays at the end, however often it is asked
        return false;
      }
      reader_ = trace_.open();
    }
    if (period_ > 0 && request.arrival >= period_) {
      throw InputError(
          fmt::format("{}: a request arrives at {:f} s, but the trace repeats every {:f} s (expected a period that is "
                      "longer than the trace)",
                      name_, to_seconds(request.arrival), to_seconds(period_)));
    }
    last_ = request.arrival;
    ++count_;
    make_copy(request, static_cast<std::uint64_t>(played_));
    move_request(request,
                 within_time(static_cast<int128_t>(request.arrival) + static_cast<int128_t>(period_) * played_));
    return true;
  }

 private:
  ReplayableTrace trace_;
  std::int32_t times_;
  Ticks period_;
  std::string name_;
  std::unique_ptr<TraceReader> reader_;
  std::int32_t played_ = 0;
  Ticks last_ = 0;
  std::int64_t count_ = 0;
};

class CompressedReader final : public TraceReader {
 public:
  CompressedReader(std::unique_ptr<TraceReader> trace, double factor) : trace_(std::move(trace)), factor_(factor) {}
  bool next(Request& request) override {
    if (!trace_->next(request)) {
      return false;
    }
    move_request(request, compressed(request.arrival, factor_));
    if (request.wait) {
      RequestWait wait = *request.wait;
      wait.delay = compressed(wait.delay, factor_);
      request.wait = std::make_shared<const RequestWait>(std::move(wait));
    }
    return true;
  }

 private:
  std::unique_ptr<TraceReader> trace_;
  double factor_;
};

class ShiftedReader final : public TraceReader {
 public:
  ShiftedReader(std::unique_ptr<TraceReader> trace, Ticks shift) : trace_(std::move(trace)), shift_(shift) {}
  bool next(Request& request) override {
    if (!trace_->next(request)) {
      return false;
    }
    move_request(request, within_time(static_cast<int128_t>(request.arrival) + shift_));
    return true;
  }

 private:
  std::unique_ptr<TraceReader> trace_;
  Ticks shift_;
};

class SampledReader final : public TraceReader {
 public:
  SampledReader(std::unique_ptr<TraceReader> trace, double share, SampleBy by, std::uint64_t seed,
                const std::string& name)
      : trace_(std::move(trace)),
        share_(share),
        by_(by),
        coin_(seed, name + "/sample"),
        salt_(RandomStream(seed, name + "/sample-session").bits()) {}

  bool next(Request& request) override {
    while (trace_->next(request)) {
      const bool alone = by_ == SampleBy::request || request.session == 0;
      if ((alone ? coin_.uniform() : session_share(request.session)) < share_) {
        return true;
      }
    }
    return false;
  }

 private:
  /// A number in [0, 1) that is the session's for good: SplitMix64's finaliser.
  double session_share(std::uint64_t session) const {
    std::uint64_t bits = (session ^ salt_) + 0x9e3779b97f4a7c15U;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    bits ^= bits >> 31U;
    return static_cast<double>(bits >> 11U) * 0x1p-53;
  }

  std::unique_ptr<TraceReader> trace_;
  double share_;
  SampleBy by_;
  RandomStream coin_;
  std::uint64_t salt_;
};

bool cuts(const Transforms& transforms) {
  return transforms.cut_from > 0 || transforms.cut_to != kNever;
}

/// The trace after its cut, which can still be played again.
ReplayableTrace cut_out(const ReplayableTrace& trace, const Transforms& transforms) {
  if (!cuts(transforms)) {
    return trace;
  }
  ReplayableTrace result;
  result.open = [open = trace.open, from = transforms.cut_from, to = transforms.cut_to]() {
    return cut_trace(open(), from, to);
  };
  const Ticks end = trace.length > 0 ? std::min(trace.length, transforms.cut_to) : transforms.cut_to;
  result.length = end == kNever ? 0 : std::max<Ticks>(end - transforms.cut_from, 1);
  return result;
}

}  // namespace

void make_copy(Request& request, std::uint64_t copy) {
  if (copy == 0 || (request.key == 0 && !request.wait)) {
    return;
  }
  const auto of_copy = [salt = mixed(copy)](std::uint64_t key) {
    return std::max<std::uint64_t>(mixed(key + salt), 1);
  };
  request.key = request.key == 0 ? 0 : of_copy(request.key);
  if (request.wait) {
    RequestWait wait = *request.wait;
    std::transform(wait.after.begin(), wait.after.end(), wait.after.begin(), of_copy);
    request.wait = std::make_shared<const RequestWait>(std::move(wait));
  }
}

void move_request(Request& request, Ticks arrival) {
  if (request.deadline != kNever) {
    request.deadline = within_time(static_cast<int128_t>(request.deadline) - request.arrival + arrival);
  }
  request.arrival = arrival;
}

std::unique_ptr<TraceReader> cut_trace(std::unique_ptr<TraceReader> trace, Ticks from, Ticks to) {
  return std::make_unique<CutReader>(std::move(trace), from, to);
}

std::unique_ptr<TraceReader> repeat_trace(ReplayableTrace trace, std::int32_t times, Ticks period,
                                          const std::string& name) {
  return std::make_unique<RepeatedReader>(std::move(trace), times, period, name);
}

std::unique_ptr<TraceReader> compress_trace(std::unique_ptr<TraceReader> trace, double factor) {
  return std::make_unique<CompressedReader>(std::move(trace), factor);
}

std::unique_ptr<TraceReader> shift_trace(std::unique_ptr<TraceReader> trace, Ticks shift) {
  return std::make_unique<ShiftedReader>(std::move(trace), shift);
}

std::unique_ptr<TraceReader> sample_trace(std::unique_ptr<TraceReader> trace, double share, SampleBy by,
                                          std::uint64_t seed, const std::string& name) {
  return std::make_unique<SampledReader>(std::move(trace), share, by, seed, name);
}

std::unique_ptr<TraceReader> transform(const ReplayableTrace& trace, const Transforms& transforms, double scale,
                                       std::uint64_t seed, const std::string& name) {
  const ReplayableTrace part = cut_out(trace, transforms);
  ReplayableTrace sampled = part;
  if (transforms.sample < 1.0) {
    sampled.open = [open = part.open, transforms, seed, name]() {
      return sample_trace(open(), transforms.sample, transforms.sample_by, seed, name);
    };
    if (transforms.repeat > 1 && transforms.repeat_every == 0 && part.length == 0) {
      // The period is that of the whole trace, whatever the sample leaves of it.
      Transforms once;
      once.repeat = 2;
      sampled.length = transformed_end(part, once, 1.0) - transformed_end(part, {}, 1.0);
    }
  }
  std::unique_ptr<TraceReader> result =
      transforms.repeat > 1 ? repeat_trace(sampled, transforms.repeat, transforms.repeat_every, name) : sampled.open();
  if (transforms.scale_by == ScaleBy::superposition) {
    result = scale_rate(std::move(result), scale, seed, name);
  } else if (scale != 1.0) {
    result = compress_trace(std::move(result), scale);
  }
  return transforms.shift > 0 ? shift_trace(std::move(result), transforms.shift) : std::move(result);
}

Ticks transformed_end(const ReplayableTrace& trace, const Transforms& transforms, double scale) {
  const ReplayableTrace part = cut_out(trace, transforms);
  Ticks end = part.length;
  Ticks period = transforms.repeat_every > 0 ? transforms.repeat_every : part.length;
  if (trace.length == 0) {
    end = 0;
    std::int64_t count = 0;
    const std::unique_ptr<TraceReader> reader = part.open();
    for (Request request; reader->next(request); ++count) {
      end = request.arrival;
    }
    period = period > 0 ? period : own_period(end, count);
  }
  if (transforms.repeat > 1) {
    end = within_time(static_cast<int128_t>(end) + static_cast<int128_t>(period) * (transforms.repeat - 1));
  }
  if (transforms.scale_by == ScaleBy::compression) {
    end = compressed(end, scale);
  }
  return within_time(static_cast<int128_t>(end) + transforms.shift);
}

}  // namespace idlewatt
