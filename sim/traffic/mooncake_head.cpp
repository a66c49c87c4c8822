#include "traffic/mooncake_head.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/readable_number.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/json_records.hpp"
#include "traffic/prefix_hashes.hpp"

namespace idlewatt {
namespace {

constexpr int kRowsLookedAt = 500;
constexpr std::int32_t kMooncakeBlock = 512;

struct Counts {
  std::int32_t prompt_tokens = 0;
  std::size_t hashes = 0;
};

/// What the first rows say.
struct FirstRows {
  std::vector<Counts> counts;
  std::vector<std::string> times;
  bool has_ids = false;
  bool has_links = false;
};

void look_at(const JsonValue& record, FirstRows& rows) {
  const JsonValue* length = record.find("input_length");
  const JsonValue* hashes = record.find("hash_ids");
  Counts counts;
  if (length != nullptr && hashes != nullptr && parse_number(length->text, counts.prompt_tokens)) {
    counts.hashes = hashes->items.size();
    rows.counts.push_back(counts);
  }
  if (const JsonValue* time = record.find("timestamp")) {
    rows.times.push_back(time->text);
  }
  rows.has_ids = rows.has_ids || record.find("id") != nullptr;
  rows.has_links = rows.has_links || record.find("session_id") != nullptr || record.find("wait_for") != nullptr ||
                   record.find("delay") != nullptr || record.find("delay_ms") != nullptr;
}

FirstRows first_rows(const std::string& path) {
  FirstRows rows;
  try {
    JsonRecords records(path, {"messages", "payload", "tools", "branches"});
    JsonValue record;
    for (int row = 0; row < kRowsLookedAt && records.next(record); ++row) {
      look_at(record, rows);
    }
  } catch (const InputError&) {
    // The reader meets the same row, and says what is wrong with it.
  }
  return rows;
}

bool fits(const FirstRows& rows, std::int32_t block_tokens) {
  return std::all_of(rows.counts.begin(), rows.counts.end(), [&](const Counts& counts) {
    return hashes_fit(counts.hashes, counts.prompt_tokens, block_tokens, HashCount::all);
  });
}

std::int32_t block_size(const TraceFile& trace, const FirstRows& rows) {
  if (trace.block_tokens != 0) {
    return trace.block_tokens;
  }
  if (fits(rows, kMooncakeBlock)) {
    return kMooncakeBlock;
  }
  std::vector<std::int32_t> sizes;
  for (std::int32_t size = 1; size <= 65536; size *= 2) {
    if (fits(rows, size)) {
      sizes.push_back(size);
    }
  }
  if (sizes.size() == 1) {
    return sizes[0];
  }
  if (sizes.size() > 1) {
    throw InputError(
        fmt::format("{}:1:1: the numbers of hashes do not fit blocks of 512 tokens, and fit {} as well as {} (expected "
                    "`block_tokens` to say which)",
                    trace.path, sizes[0], sizes[1]));
  }
  return kMooncakeBlock;  // and the reader says which row contradicts it
}

bool has_decimals(const std::string& text) {
  const std::size_t point = text.find('.');
  return point != std::string::npos && text.find_first_not_of('0', point + 1) != std::string::npos;
}

/// Requests per second if the numbers are milliseconds; 0 where no rate follows.
double rate_in_milliseconds(const FirstRows& rows) {
  const auto first = parse_instant(rows.times.front(), TimeUnit::milliseconds);
  const auto last = parse_instant(rows.times.back(), TimeUnit::milliseconds);
  const auto ticks = first && last ? ticks_between(*first, *last) : std::nullopt;
  return ticks && *ticks > 0 ? static_cast<double>(rows.times.size() - 1) / to_seconds(*ticks) : 0.0;
}

void find_unit(const TraceFile& trace, const FirstRows& rows, MooncakeHead& head) {
  constexpr std::int64_t kUnixSeconds = 1'000'000'000;
  constexpr std::int64_t kUnixMilliseconds = 100'000'000'000;
  constexpr double kMostRate = 10.0;  // of Mooncake's own traces; their timestamps are whole milliseconds
  const auto first = rows.times.empty() ? std::nullopt : parse_instant(rows.times[0], TimeUnit::seconds);
  const bool decimals = std::any_of(rows.times.begin(), rows.times.end(), has_decimals);
  head.dates = first && first->is_date;
  if (trace.time_unit) {
    head.unit = *trace.time_unit;
    head.from_first = first && (first->is_date || first->seconds >= kUnixSeconds);
    return;
  }
  if (!first) {
    return;
  }
  const auto ask = [&](const std::string& why) {
    throw InputError(
        fmt::format("{}:1:1: {} (expected `time_unit: s` or `time_unit: ms` to say which)", trace.path, why));
  };
  head.from_first = first->is_date || first->seconds >= kUnixSeconds;
  if (first->is_date || first->seconds >= kUnixMilliseconds) {
    return;
  }
  if (first->seconds >= kUnixSeconds) {
    if (!rows.has_ids && !decimals) {
      ask(fmt::format(
          "the first timestamp, {}, may be seconds since 1970 or milliseconds from a start eleven days before",
          quoted(rows.times[0])));
    }
    head.unit = TimeUnit::seconds;
  } else if (decimals && !rows.has_links && head.block_tokens == 16) {
    ask("timestamps with decimals and hashes of 16 tokens look like Bailian's seconds, but `chat_id` is missing");
  } else if (decimals && !rows.has_links && rate_in_milliseconds(rows) > kMostRate) {
    ask("timestamps with decimals look like seconds: as milliseconds they are " +
        rounded(rate_in_milliseconds(rows), 3) + " requests per second");
  }
}

}  // namespace

MooncakeHead look_at_mooncake(const TraceFile& trace) {
  const FirstRows rows = first_rows(trace.path);
  MooncakeHead head;
  head.block_tokens = block_size(trace, rows);
  find_unit(trace, rows, head);
  if (trace.notes) {
    const bool hashes =
        std::any_of(rows.counts.begin(), rows.counts.end(), [](const Counts& counts) { return counts.hashes > 0; });
    const std::string since = head.dates        ? ", and the first is time 0"
                              : head.from_first ? " since 1970, and the first is time 0"
                                                : " from the trace's start";
    const bool assumed = !head.dates && !trace.time_unit && !head.from_first;
    trace.notes->add(fmt::format("times are {}{}{}{}", head.dates ? "dates" : name_of(head.unit), since,
                                 assumed ? ", as Mooncake's are (`time_unit` says otherwise)" : "",
                                 hashes ? fmt::format("; a hash is of {} tokens{}", head.block_tokens,
                                                      trace.block_tokens != 0 ? "" : ", by the number of hashes")
                                        : ""));
  }
  return head;
}

}  // namespace idlewatt
