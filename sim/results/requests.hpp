// The table /requests. Internal to results/: needs hdf5.h.
#pragma once

#include <vector>

#include "ledger/recorder.hpp"
#include "results/table.hpp"

namespace idlewatt::hdf5 {

/// The table has one row per request, in the order in which requests end.
class Requests {
 public:
  Requests(hid_t parent, const RunLayout& layout);

  /// Adds a request. Returns true when that filled a chunk, which has then been written and should be flushed.
  bool add(const RequestRecord& record);
  /// Writes the rows that are still in memory.
  void write();

 private:
  struct Row {
    std::int64_t id;
    std::int32_t stream;
    std::int32_t tenant;
    std::int32_t pool;
    std::int32_t replica;
    double arrival_s;
    double queue_s;
    double first_token_s;
    double end_s;
    double ttft_s;
    double worst_gap_s;
    double energy_j;
    double prefill_energy_j;
    std::int32_t prompt_tokens;
    std::int32_t output_tokens;
    std::int32_t preemptions;
    std::int32_t prefix_tokens;
    std::int32_t attempts;
    std::int32_t discarded_tokens;
    std::int8_t outcome;
    std::int8_t wrong;
  };
  static std::vector<Column> columns();

  Table table_;
  std::vector<Row> rows_;
};

}  // namespace idlewatt::hdf5
