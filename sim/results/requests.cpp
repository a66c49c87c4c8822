#include "results/requests.hpp"

#include <cstddef>
#include <limits>

#include "results/si.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr std::size_t kBufferRows = 8192;
// A run of a few requests packs a whole chunk, most of it nothing.
constexpr hsize_t kChunkRows = 1024;
static_assert(kBufferRows % kChunkRows == 0, "only whole chunks are written before the last");
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Seconds at `when`, or since `from`; NaN when it never happened.
double seconds_at(Ticks when) {
  return when == kNever ? kNaN : seconds(when);
}
double seconds_since(Ticks from, Ticks when) {
  return when == kNever ? kNaN : seconds(when - from);
}

std::vector<std::string> outcome_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    names.emplace_back(to_string(static_cast<Outcome>(i)));
  }
  return names;
}

}  // namespace

std::vector<Column> Requests::columns() {
  return as_declared(format_group("/requests"),
                     {
                         {"id", "", offsetof(Row, id), native<std::int64_t>()},
                         {"stream", "", offsetof(Row, stream), native<std::int32_t>()},
                         {"tenant", "", offsetof(Row, tenant), native<std::int32_t>()},
                         {"pool", "", offsetof(Row, pool), native<std::int32_t>()},
                         {"replica", "", offsetof(Row, replica), native<std::int32_t>()},
                         {"outcome", "", offsetof(Row, outcome), native<std::int8_t>()},
                         {"arrival_s", "", offsetof(Row, arrival_s), native<double>()},
                         {"queue_s", "", offsetof(Row, queue_s), native<double>()},
                         {"first_token_s", "", offsetof(Row, first_token_s), native<double>()},
                         {"end_s", "", offsetof(Row, end_s), native<double>()},
                         {"ttft_s", "", offsetof(Row, ttft_s), native<double>()},
                         {"worst_gap_s", "", offsetof(Row, worst_gap_s), native<double>()},
                         {"prompt_tokens", "", offsetof(Row, prompt_tokens), native<std::int32_t>()},
                         {"output_tokens", "", offsetof(Row, output_tokens), native<std::int32_t>()},
                         {"preemptions", "", offsetof(Row, preemptions), native<std::int32_t>()},
                         {"prefix_tokens", "", offsetof(Row, prefix_tokens), native<std::int32_t>()},
                         {"wrong", "", offsetof(Row, wrong), native<std::int8_t>()},
                         {"attempts", "", offsetof(Row, attempts), native<std::int32_t>()},
                         {"discarded_tokens", "", offsetof(Row, discarded_tokens), native<std::int32_t>()},
                         {"energy_j", "", offsetof(Row, energy_j), native<double>()},
                         {"prefill_energy_j", "", offsetof(Row, prefill_energy_j), native<double>()},
                     });
}

Requests::Requests(hid_t parent, const RunLayout& layout)
    : table_(parent, "requests", "requests in the order in which they ended", columns(), sizeof(Row), kChunkRows) {
  set_fixed_attribute(table_.dataset(), "outcome_names", outcome_names());
  if (!layout.pools.empty()) {
    set_fixed_attribute(table_.dataset(), "pool_names", layout.pools.values());
  }
  rows_.reserve(kBufferRows);
}

bool Requests::add(const RequestRecord& record) {
  constexpr std::int32_t kNone = -1;
  Row row{};
  row.id = record.id;
  row.stream = record.stream.value();
  row.tenant = record.tenant;
  row.pool = record.pool ? record.pool->value() : kNone;
  row.replica = record.replica ? record.replica->value() : kNone;
  row.outcome = static_cast<std::int8_t>(record.outcome);
  row.arrival_s = seconds(record.arrival);
  row.queue_s = seconds_since(record.arrival, record.admitted);
  row.first_token_s = seconds_at(record.first_token);
  row.end_s = seconds_at(record.end);
  row.ttft_s = seconds_since(record.arrival, record.first_token);
  row.worst_gap_s = record.first_token == kNever ? kNaN : seconds(record.worst_gap);
  row.prompt_tokens = record.prompt_tokens;
  row.output_tokens = record.output_tokens;
  row.preemptions = record.preemptions;
  row.prefix_tokens = record.prefix_tokens;
  row.wrong = record.wrong ? 1 : 0;
  row.attempts = record.attempts;
  row.discarded_tokens = record.discarded_tokens;
  row.energy_j = record.energy_j;
  row.prefill_energy_j = record.prefill_energy_j;
  rows_.push_back(row);
  if (rows_.size() < kBufferRows) {
    return false;
  }
  write();
  return true;
}

void Requests::write() {
  table_.append(rows_.data(), rows_.size());
  rows_.clear();
}

}  // namespace idlewatt::hdf5
