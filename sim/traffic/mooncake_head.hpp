// The properties of a file with Mooncake's keys that the file does not state, derived from its first rows.
#pragma once

#include <cstdint>

#include "traffic/instant.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {

/// The block size and the unit of time by which such a file is read.
struct MooncakeHead {
  std::int32_t block_tokens = 512;
  TimeUnit unit = TimeUnit::milliseconds;
  bool dates = false;       ///< true when times are dates
  bool from_first = false;  ///< true when times are dates or count from 1970, so that the first row is time 0
};

/// Takes the block size and the unit from the trace's options, and what those leave open from the file's first 500
/// rows: the block size from the number of hashes (512, Mooncake's own, where that fits; otherwise the only power of
/// two that does), the unit from the times. Adds what it derived to the trace's notes. Throws InputError when several
/// readings are possible.
MooncakeHead look_at_mooncake(const TraceFile& trace);

}  // namespace idlewatt
