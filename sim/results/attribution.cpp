#include "results/attribution.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "base/quantity.hpp"
#include "results/format.hpp"
#include "results/table.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr hsize_t kMostChunkRows = 256;

}  // namespace

std::vector<Column> attribution_columns(const std::string& currency) {
  std::vector<Column> result{{"pool", "", offsetof(AttributionRow, pool), native<std::int32_t>()},
                             {"tenant", "", offsetof(AttributionRow, tenant), native<std::int32_t>()},
                             {"served", "", offsetof(AttributionRow, served), native<std::int64_t>()}};
  const auto add = [&result](const char* unit, std::size_t offset) {
    for (std::size_t i = 0; i < kPurposes; ++i) {
      result.push_back(
          {std::string(to_string(static_cast<Purpose>(i))) + unit, "", offset + i * sizeof(double), native<double>()});
    }
  };
  add("_j", offsetof(AttributionRow, energy_j));
  add("_usd", offsetof(AttributionRow, cost_usd));
  result = as_declared(format_group("/attribution/parts"), std::move(result));
  for (Column& column : result) {
    column.name = in_currency(column.name, currency);
    column.units = in_currency(column.units, currency);
  }
  return result;
}

void write_attribution(hid_t parent, const RunLayout& layout, const std::vector<Attribution>& parts,
                       const std::string& currency) {
  const Handle group = create_group(parent, "attribution");
  Table table(group.get(), "parts", "whose energy and money it was", attribution_columns(currency),
              sizeof(AttributionRow), rows_per_chunk_of_whole(parts.size(), kMostChunkRows));
  if (!layout.pools.empty()) {
    set_fixed_attribute(table.dataset(), "pool_names", layout.pools.values());
  }
  if (!layout.models.empty()) {
    set_fixed_attribute(table.dataset(), "model_names", layout.models.values());
  }
  set_attribute(table.dataset(), "currency", currency);
  std::vector<AttributionRow> rows;
  std::transform(parts.begin(), parts.end(), std::back_inserter(rows), [](const Attribution& part) {
    return AttributionRow{.served = part.served,
                          .energy_j = part.energy_j.amounts,
                          .cost_usd = part.cost_usd.amounts,
                          .pool = part.pool ? part.pool->value() : AttributionRow::kNobody,
                          .tenant = part.tenant.value_or(AttributionRow::kNobody)};
  });
  table.append(rows.data(), rows.size());
}

}  // namespace idlewatt::hdf5
