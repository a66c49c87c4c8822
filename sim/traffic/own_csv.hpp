// Our own CSV of requests: every field of Request except its number, which is the row's number.
#pragma once

#include <array>
#include <string_view>

#include "traffic/column_map.hpp"

namespace idlewatt {

enum OwnColumn : std::size_t {
  kArrival,
  kPromptTokens,
  kOutputTokens,
  kStream,
  kTenant,
  kPriority,
  kDeadlineClass,
  kDeadline,
  kSemanticKey,
  kSimilarity,
  kSession,
  kPrefixBlocks,
  kBlockTokens,
  kKey,
  kAfter,
  kDelay
};

/// The columns. Times are seconds with up to 11 decimals, exact to the tick. Prefix blocks stand in one field with
/// blanks between them; so do the keys of the requests that a request waits for. Empty fields are: the deadline of a
/// request without one, the block size without blocks, and the fields of waiting in a request that waits for nothing. A
/// file without a block size has blocks of 16 tokens.
inline constexpr std::array<ColumnName, 16> kOwnColumns{{{"arrival_s", true},
                                                         {"prompt_tokens", true},
                                                         {"output_tokens", true},
                                                         {"stream"},
                                                         {"tenant"},
                                                         {"priority"},
                                                         {"deadline_class"},
                                                         {"deadline_s"},
                                                         {"semantic_key"},
                                                         {"similarity"},
                                                         {"session"},
                                                         {"prefix_blocks"},
                                                         {"block_tokens"},
                                                         {"key"},
                                                         {"after"},
                                                         {"delay_s"}}};

inline constexpr std::string_view kOwnHeader =
    "arrival_s,prompt_tokens,output_tokens,stream,tenant,priority,deadline_class,deadline_s,semantic_key,similarity,"
    "session,prefix_blocks,block_tokens,key,after,delay_s";

}  // namespace idlewatt
