// The properties that a scenario gives to all requests of a source: tenant, priority, deadline and meaning.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/ticks.hpp"
#include "traffic/semantics.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// Labels of requests. Each one that is set replaces the trace's own value.
struct RequestLabels {
  std::optional<std::int32_t> tenant = {};
  std::optional<std::int16_t> priority = {};
  std::optional<Ticks> deadline = {};       ///< after the arrival; makes the requests deferrable
  std::optional<Semantics> semantics = {};  ///< for the requests without a semantic key (traffic/semantics.hpp)
};

/// The requests of `trace` with these labels; `trace` itself where no label is set. Throws InputError when the
/// semantics make no sense.
std::unique_ptr<TraceReader> mark(std::unique_ptr<TraceReader> trace, const RequestLabels& marks, std::uint64_t seed,
                                  const std::string& name);

}  // namespace idlewatt
