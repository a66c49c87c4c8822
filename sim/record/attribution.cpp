#include "record/attribution.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "record/format.hpp"
#include "record/table.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr hsize_t kChunkRows = 256;

struct Row {
  std::int64_t served;
  std::array<double, kPurposes> energy_j;
  std::array<double, kPurposes> cost_usd;
  std::int32_t pool;
  std::int32_t tenant;
};

std::vector<Column> columns() {
  std::vector<Column> result{{"pool", "", offsetof(Row, pool), native<std::int32_t>()},
                             {"tenant", "", offsetof(Row, tenant), native<std::int32_t>()},
                             {"served", "", offsetof(Row, served), native<std::int64_t>()}};
  const auto add = [&result](const char* unit, std::size_t offset) {
    for (std::size_t i = 0; i < kPurposes; ++i) {
      result.push_back(
          {std::string(to_string(static_cast<Purpose>(i))) + unit, "", offset + i * sizeof(double), native<double>()});
    }
  };
  add("_j", offsetof(Row, energy_j));
  add("_usd", offsetof(Row, cost_usd));
  return as_declared(format_group("/attribution/parts"), std::move(result));
}

}  // namespace

void write_attribution(hid_t parent, const std::vector<std::string>& pools, const std::vector<Attribution>& parts) {
  const Handle group = create_group(parent, "attribution");
  Table table(group.get(), "parts", "whose energy and money it was", columns(), sizeof(Row), kChunkRows);
  if (!pools.empty()) {
    set_fixed_attribute(table.dataset(), "pool_names", pools);
  }
  std::vector<Row> rows;
  std::transform(parts.begin(), parts.end(), std::back_inserter(rows), [](const Attribution& part) {
    return Row{.served = part.served,
               .energy_j = part.energy_j.amounts,
               .cost_usd = part.cost_usd.amounts,
               .pool = part.pool,
               .tenant = part.tenant};
  });
  table.append(rows.data(), rows.size());
}

}  // namespace idlewatt::hdf5
