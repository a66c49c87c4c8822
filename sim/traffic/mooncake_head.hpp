// What a file with Mooncake's keys does not say, found out from its first rows.
#pragma once

#include <cstdint>

#include "traffic/instant.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {

/// How such a file is to be read.
struct MooncakeHead {
  std::int32_t block_tokens = 512;
  TimeUnit unit = TimeUnit::milliseconds;
  bool from_first = false;  ///< times are dates or count from 1970
};

/// What the trace's options say, else what its first 500 rows allow: the size of blocks by the number of hashes (512,
/// Mooncake's own, where that fits; else the one power of two that does), the unit by the times. Throws InputError when
/// several readings are possible. Says what it found to the trace's notes.
MooncakeHead look_at_mooncake(const TraceFile& trace);

}  // namespace idlewatt
