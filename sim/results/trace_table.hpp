// The layout of a trace in HDF5. Internal to results/: needs hdf5.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "results/table.hpp"

namespace idlewatt::hdf5 {

inline constexpr const char* kTraceTable = "requests";
inline constexpr const char* kTraceBlocks = "prefix_blocks";
inline constexpr const char* kTraceAfter = "after";
inline constexpr hsize_t kTraceChunk = 8192;

/// A request in memory, in the layout of the file.
struct TraceRow {
  std::int64_t arrival_ticks;
  double arrival_s;
  std::int64_t deadline_ticks;
  std::uint64_t semantic_key;
  std::uint64_t session;
  double similarity;
  std::int32_t prompt_tokens;
  std::int32_t output_tokens;
  std::int32_t stream;
  std::int32_t tenant;
  std::int32_t priority;
  std::int32_t deferrable;
  std::int32_t prefix_blocks;  ///< number of this request's entries in /prefix_blocks
  std::int32_t block_tokens;
  std::uint64_t key;
  std::int64_t delay_ticks;
  std::int32_t after;  ///< number of this request's entries in /after
};

inline std::vector<Column> trace_columns() {
  return {
      {"arrival_ticks", "10 ps", offsetof(TraceRow, arrival_ticks), native<std::int64_t>()},
      {"arrival_s", "s", offsetof(TraceRow, arrival_s), native<double>()},
      {"prompt_tokens", "", offsetof(TraceRow, prompt_tokens), native<std::int32_t>()},
      {"output_tokens", "", offsetof(TraceRow, output_tokens), native<std::int32_t>()},
      {"stream", "", offsetof(TraceRow, stream), native<std::int32_t>()},
      {"tenant", "", offsetof(TraceRow, tenant), native<std::int32_t>()},
      {"priority", "", offsetof(TraceRow, priority), native<std::int32_t>()},
      {"deferrable", "", offsetof(TraceRow, deferrable), native<std::int32_t>()},
      {"deadline_ticks", "10 ps", offsetof(TraceRow, deadline_ticks), native<std::int64_t>()},
      {"semantic_key", "", offsetof(TraceRow, semantic_key), native<std::uint64_t>()},
      {"similarity", "", offsetof(TraceRow, similarity), native<double>()},
      {"session", "", offsetof(TraceRow, session), native<std::uint64_t>()},
      {"prefix_blocks", "", offsetof(TraceRow, prefix_blocks), native<std::int32_t>()},
  };
}

/// The columns that files of earlier versions lack.
inline std::vector<Column> later_trace_columns() {
  return {
      {"block_tokens", "", offsetof(TraceRow, block_tokens), native<std::int32_t>()},
      {"key", "", offsetof(TraceRow, key), native<std::uint64_t>()},
      {"delay_ticks", "10 ps", offsetof(TraceRow, delay_ticks), native<std::int64_t>()},
      {"after", "", offsetof(TraceRow, after), native<std::int32_t>()},
  };
}

}  // namespace idlewatt::hdf5
