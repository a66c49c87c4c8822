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

/// The way in which a scale multiplies the rate: more or fewer requests (traffic/scale.hpp), or time that passes
/// faster.
enum class ScaleBy { superposition, compression };

/// The unit that a sample keeps or leaves out: single requests, or whole sessions (a request without a session is a
/// session of its own).
enum class SampleBy { request, session };

/// The transforms, in the order in which they are applied. The scale is applied between repeat and shift.
struct Transforms {
  Ticks cut_from = 0;     ///< requests before this time are removed, and this time becomes time 0
  Ticks cut_to = kNever;  ///< requests at this time or later are removed
  double sample = 1.0;    ///< share of requests or sessions that is kept
  SampleBy sample_by = SampleBy::request;
  std::int32_t repeat = 1;  ///< number of times that the stream is played
  Ticks repeat_every = 0;   ///< time from start to start; 0 = the stream's own length
  ScaleBy scale_by = ScaleBy::superposition;
  Ticks shift = 0;  ///< time by which every request is delayed

  bool operator==(const Transforms&) const = default;
};

/// A stream that can be played again.
struct ReplayableTrace {
  std::function<std::unique_ptr<TraceReader>()> open;
  Ticks length = 0;  ///< length of the stream; 0 = only reading the stream tells
};

/// The stream with all `transforms` and its rate multiplied by `scale`. Random numbers come from the streams
/// "<name>/..." of `seed`, one for each use. Throws InputError.
std::unique_ptr<TraceReader> transform(const ReplayableTrace& trace, const Transforms& transforms, double scale,
                                       std::uint64_t seed, const std::string& name);

/// The end of the transformed stream: its length where that is known, otherwise the arrival of its last request, found
/// by reading the stream once. Sampling and the delays of superposed copies are ignored, so that the end is the same
/// for every seed. Throws InputError.
Ticks transformed_end(const ReplayableTrace& trace, const Transforms& transforms, double scale);

/// The requests with from <= arrival < to; `from` becomes time 0. Reading stops at `to`.
std::unique_ptr<TraceReader> cut_trace(std::unique_ptr<TraceReader> trace, Ticks from, Ticks to);

/// Plays the trace `times` times, each start `period` after the one before. Period 0 stands for the trace's length: the
/// given length, otherwise the last arrival plus the mean gap between arrivals (one second for a single request).
/// Throws InputError when a request arrives after the period.
std::unique_ptr<TraceReader> repeat_trace(ReplayableTrace trace, std::int32_t times, Ticks period,
                                          const std::string& name);

/// Divides all times by `factor`, including delays after answers but not the time to a deadline.
std::unique_ptr<TraceReader> compress_trace(std::unique_ptr<TraceReader> trace, double factor);

/// Delays every request by `shift`, at least 0.
std::unique_ptr<TraceReader> shift_trace(std::unique_ptr<TraceReader> trace, Ticks shift);

/// Keeps each request, or each session, with probability `share`. A request that is kept at one share is kept at every
/// larger share.
std::unique_ptr<TraceReader> sample_trace(std::unique_ptr<TraceReader> trace, double share, SampleBy by,
                                          std::uint64_t seed, const std::string& name);

/// Makes the request part of the copy number `copy` of its trace (0: the trace itself). The request then waits for
/// requests of that copy only, and only they wait for it.
void make_copy(Request& request, std::uint64_t copy);

/// Moves a request in time together with its deadline. Throws InputError when the new time cannot be simulated.
void move_request(Request& request, Ticks arrival);

}  // namespace idlewatt
