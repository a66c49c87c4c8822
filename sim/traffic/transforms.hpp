// Cuts, repeats, samples, compresses and shifts a stream of requests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/ticks.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// How a scale multiplies the rate: with more or fewer requests (traffic/scale.hpp), or by making time pass faster.
enum class ScaleBy { superposition, compression };

/// What a sample keeps or leaves out: single requests, or whole sessions (a request without one is alone in its own).
enum class SampleBy { request, session };

/// Carried out in this order; the scale stands between repeat and shift.
struct Transforms {
  Ticks cut_from = 0;     ///< what arrives before it goes, and it becomes time 0
  Ticks cut_to = kNever;  ///< what arrives at it or later goes
  double sample = 1.0;    ///< share that is kept
  SampleBy sample_by = SampleBy::request;
  std::int32_t repeat = 1;  ///< how often the stream is played
  Ticks repeat_every = 0;   ///< from start to start; 0 = the stream's own length
  ScaleBy scale_by = ScaleBy::superposition;
  Ticks shift = 0;  ///< everything arrives so much later

  bool operator==(const Transforms&) const = default;
};

/// A stream that can be played again.
struct ReplayableTrace {
  std::function<std::unique_ptr<TraceReader>()> open;
  Ticks length = 0;  ///< where it is known; 0 where only reading tells
};

/// The stream with all `transforms`, its rate multiplied by `scale`. Random numbers come from the streams "<name>/..."
/// of `seed`, one for each use. Throws InputError.
std::unique_ptr<TraceReader> transform(const ReplayableTrace& trace, const Transforms& transforms, double scale,
                                       std::uint64_t seed, const std::string& name);

/// Where the transformed stream ends: its length where that is known, else the arrival of its last request, found by
/// reading it once. What sampling leaves out and the delays of superposed copies do not count, so that it is the same
/// for every seed. Throws InputError.
Ticks transformed_end(const ReplayableTrace& trace, const Transforms& transforms, double scale);

/// Requests with from <= arrival < to, `from` as time 0. Reading stops at `to`.
std::unique_ptr<TraceReader> cut_trace(std::unique_ptr<TraceReader> trace, Ticks from, Ticks to);

/// Plays the trace `times` times, each start `period` after the one before. Period 0 is the trace's length: the one
/// given, or else its last arrival and the mean gap between arrivals (a second where it has one request). Throws
/// InputError, when a request arrives after the period.
std::unique_ptr<TraceReader> repeat_trace(ReplayableTrace trace, std::int32_t times, Ticks period,
                                          const std::string& name);

/// All times divided by `factor`, those after which a request follows its answers too, the time to a deadline excepted.
std::unique_ptr<TraceReader> compress_trace(std::unique_ptr<TraceReader> trace, double factor);

/// Everything later by `shift`, which is not negative.
std::unique_ptr<TraceReader> shift_trace(std::unique_ptr<TraceReader> trace, Ticks shift);

/// Keeps each request, or each session, with probability `share`. What is kept at one share is kept at every larger
/// one.
std::unique_ptr<TraceReader> sample_trace(std::unique_ptr<TraceReader> trace, double share, SampleBy by,
                                          std::uint64_t seed, const std::string& name);

/// Makes the request one of the copy number `copy` of its trace (0: of the trace itself): it waits for requests of the
/// same copy, and only those wait for it.
void make_copy(Request& request, std::uint64_t copy);

/// Moves a request in time, its deadline with it. Throws InputError when it leaves simulated time.
void move_request(Request& request, Ticks arrival);

}  // namespace idlewatt
