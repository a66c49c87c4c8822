// Our own CSV of requests: every field of Request but its number, which is the row's.
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
  kPrefixBlocks
};

/// Times are seconds with up to 11 decimals, so that they are exact to the tick; a request without a deadline leaves it
/// empty; prefix blocks stand in one field, blanks between them.
inline constexpr std::array<ColumnName, 12> kOwnColumns{{{"arrival_s", true},
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
                                                         {"prefix_blocks"}}};

inline constexpr std::string_view kOwnHeader =
    "arrival_s,prompt_tokens,output_tokens,stream,tenant,priority,deadline_class,deadline_s,semantic_key,similarity,"
    "session,prefix_blocks";

}  // namespace idlewatt
