// The table /attribution/parts. Internal to record/: needs hdf5.h.
#pragma once

#include <string>
#include <vector>

#include "ledger/attributed.hpp"
#include "record/node.hpp"

namespace idlewatt::hdf5 {

/// `pools` are RunLayout.pools.
void write_attribution(hid_t parent, const std::vector<std::string>& pools, const std::vector<Attribution>& parts);

}  // namespace idlewatt::hdf5
