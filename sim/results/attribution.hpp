// The table /attribution/parts. Internal to results/: needs hdf5.h.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "ledger/attributed.hpp"
#include "ledger/recorder.hpp"
#include "results/table.hpp"

namespace idlewatt::hdf5 {

void write_attribution(hid_t parent, const RunLayout& layout, const std::vector<Attribution>& parts,
                       const std::string& currency);

/// The table's columns, for its reader.
struct AttributionRow {
  static constexpr std::int32_t kNobody = -1;  ///< pool or tenant of parts that belong to none

  std::int64_t served;
  EnumArray<Purpose, double, kPurposes> energy_j;
  EnumArray<Purpose, double, kPurposes> cost_usd;
  std::int32_t pool;
  std::int32_t tenant;
};
/// The columns. Their names and units have the currency of the run's money: `host_eur` in EUR.
std::vector<Column> attribution_columns(const std::string& currency);

}  // namespace idlewatt::hdf5
