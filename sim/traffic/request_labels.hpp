// What a scenario says of all requests of a source: whose they are, how urgent, what they mean.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/ticks.hpp"
#include "traffic/semantics.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// Each takes the place of what the trace says; without it, the trace's stays.
struct RequestLabels {
  std::optional<std::int32_t> tenant = {};
  std::optional<std::int16_t> priority = {};
  std::optional<Ticks> deadline = {};       ///< after the arrival; makes the requests deferrable
  std::optional<Semantics> semantics = {};  ///< for the requests without a semantic key (traffic/semantics.hpp)
};

/// The requests of `trace` with these marks; `trace` itself where there are none. Throws InputError when the semantics
/// make no sense.
std::unique_ptr<TraceReader> mark(std::unique_ptr<TraceReader> trace, const RequestLabels& marks, std::uint64_t seed,
                                  const std::string& name);

}  // namespace idlewatt
