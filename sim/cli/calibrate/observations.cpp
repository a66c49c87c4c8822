#include "cli/calibrate/observations.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {
namespace {

/// The times between which a latency is made, in seconds of the load test.
struct Window {
  double from = 0.0;
  double to = 0.0;
};

Window window_of(const MeasuredRequest& request, LatencyKind kind) {
  const double arrival = to_seconds(request.arrival);
  if (kind == LatencyKind::ttft) {  // prompts that came shortly before are computed in it, too
    return {arrival - request.times.ttft_s, arrival + request.times.ttft_s};
  }
  return {arrival, arrival + request.times.e2e_s};
}

/// The terms of one latency, without squares and not yet scaled.
Terms raw_terms(const std::vector<MeasuredRequest>& measured, std::size_t which, LatencyKind kind) {
  const Window window = window_of(measured[which], kind);
  const double length = std::max(window.to - window.from, 1e-9);
  double in_flight = 0.0;
  double prompts = 0.0;
  for (std::size_t i = 0; i < measured.size() && to_seconds(measured[i].arrival) <= window.to; ++i) {
    const Window other = window_of(measured[i], LatencyKind::e2e);
    if (i != which && std::isfinite(other.to)) {
      in_flight += std::max(0.0, std::min(window.to, other.to) - std::max(window.from, other.from)) / length;
      prompts += other.from >= window.from ? measured[i].prompt_tokens / length : 0.0;
    }
  }
  return {1.0, std::log(measured[which].prompt_tokens), std::log(measured[which].output_tokens), std::log1p(in_flight),
          std::log1p(prompts)};
}

/// Gives a term the mean 0 and the standard deviation 1; a term that does not vary is 0.
void scale(std::vector<Observation*>& group, std::size_t term) {
  const auto count = static_cast<double>(group.size());
  double mean = 0.0;
  for (const Observation* one : group) {
    mean += one->terms[term] / count;
  }
  double variance = 0.0;
  for (const Observation* one : group) {
    variance += (one->terms[term] - mean) * (one->terms[term] - mean) / count;
  }
  constexpr double none = 1e-12;
  for (Observation* one : group) {
    one->terms[term] = variance > none ? (one->terms[term] - mean) / std::sqrt(variance) : 0.0;
  }
}

void finish_terms(std::vector<Observation>& observations, std::size_t test, LatencyKind kind) {
  std::vector<Observation*> group;
  for (Observation& one : observations) {
    if (one.test == test && one.kind == kind) {
      group.push_back(&one);
    }
  }
  constexpr std::size_t prompt = 1;
  constexpr std::size_t in_flight = 3;
  constexpr std::size_t prompts = 4;
  for (std::size_t term = prompt; term <= prompts; ++term) {
    scale(group, term);
  }
  for (Observation* one : group) {
    Terms& terms = one->terms;
    terms[prompts + 1] = terms[prompt] * terms[prompt];
    terms[prompts + 2] = terms[in_flight] * terms[in_flight];
    terms[prompts + 3] = terms[prompt] * terms[in_flight];
  }
  for (std::size_t term = prompts + 1; term < kTerms; ++term) {
    scale(group, term);
  }
}

}  // namespace

double latency_of(const MeasuredTimes& times, LatencyKind kind) {
  switch (kind) {
    case LatencyKind::ttft:
      return times.ttft_s;
    case LatencyKind::after_first:
      return times.e2e_s - times.ttft_s;
    case LatencyKind::e2e:
      return times.e2e_s;
  }
  return times.e2e_s;
}

std::vector<FittedRequests> split_requests(const std::vector<LoadTest>& tests, std::size_t skipped, double hold_out) {
  std::vector<FittedRequests> parts;
  std::size_t before = 0;
  for (const LoadTest& test : tests) {
    const std::size_t all = test.measured.size();
    const std::size_t left = all - std::min(all, skipped);
    const auto held_out = static_cast<std::size_t>(std::llround(hold_out * static_cast<double>(left)));
    parts.push_back({before + all - left, left - held_out, held_out});
    before += all;
  }
  return parts;
}

std::vector<Observation> observations_of(const std::vector<LoadTest>& tests, const std::vector<FittedRequests>& parts) {
  std::vector<Observation> observations;
  std::size_t before = 0;
  for (std::size_t test = 0; test < tests.size(); ++test) {
    const std::vector<MeasuredRequest>& measured = tests[test].measured;
    const auto add = [&](std::size_t request, LatencyKind kind) {
      const double latency_s = latency_of(measured[request - before].times, kind);
      if (std::isfinite(latency_s) && latency_s > 0.0) {
        observations.push_back({request, kind, std::log(latency_s), test, raw_terms(measured, request - before, kind)});
      }
    };
    for (std::size_t i = parts[test].first; i < parts[test].first + parts[test].count; ++i) {
      if (!std::isfinite(measured[i - before].times.ttft_s)) {
        add(i, LatencyKind::e2e);
        continue;
      }
      add(i, LatencyKind::ttft);
      if (measured[i - before].output_tokens > 1) {
        add(i, LatencyKind::after_first);
      }
    }
    before += measured.size();
    for (const LatencyKind kind : {LatencyKind::ttft, LatencyKind::after_first, LatencyKind::e2e}) {
      finish_terms(observations, test, kind);
    }
  }
  return observations;
}

}  // namespace idlewatt
