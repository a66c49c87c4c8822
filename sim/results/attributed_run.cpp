#include "results/attributed_run.hpp"

#include <algorithm>
#include <iterator>

#include "results/attribution.hpp"
#include "results/read_file.hpp"
#include "results/result.hpp"

namespace idlewatt {
namespace {

using hdf5::check;
using hdf5::Handle;

}  // namespace

AttributedRun read_attributed_run(const std::string& path) {
  const Result result = read_result(path);
  if (!result.complete) {
    throw InputError(
        path + ": is incomplete: the run was stopped, or is still going; `idlewatt recover` shows what is whole in it");
  }
  return hdf5::reading(path, [&](hid_t file) {
    const std::string missing =
        path + ": does not say whose energy it was: an older idlewatt wrote it; expected a run of this one";
    if (!hdf5::exists(file, "attribution")) {
      throw InputError(missing);
    }
    AttributedRun run{
        .title = result.title, .variant = result.variant, .pools = {}, .models = {}, .parts = {}, .currency = "USD"};
    const Handle group = hdf5::open_group(file, "attribution");
    const Handle table(H5Dopen2(group.get(), "parts", H5P_DEFAULT), H5Dclose, "H5Dopen2");
    if (check(H5Aexists(table.get(), "model_names"), "H5Aexists") == 0) {
      throw InputError(missing);
    }
    run.pools = IndexedVector<PoolId, std::string>(hdf5::text_list_attribute(table.get(), "pool_names"));
    run.models = IndexedVector<PoolId, std::string>(hdf5::text_list_attribute(table.get(), "model_names"));
    const auto pools = static_cast<std::int32_t>(std::min(run.pools.size(), run.models.size()));
    const bool says_currency = check(H5Aexists(table.get(), "currency"), "H5Aexists") > 0;
    if (says_currency) {
      run.currency = hdf5::text_attribute(table.get(), "currency");
    }
    const auto rows =
        hdf5::read_table<hdf5::AttributionRow>(group.get(), "parts", hdf5::attribution_columns(run.currency));
    for (const hdf5::AttributionRow& row : rows) {
      if (row.pool < hdf5::AttributionRow::kNobody || row.pool >= pools) {
        throw OutputError("a part of its bill is of no pool");
      }
      const bool nobodys_pool = row.pool == hdf5::AttributionRow::kNobody;
      const bool nobodys = row.tenant == hdf5::AttributionRow::kNobody;
      run.parts.push_back({.pool = nobodys_pool ? std::nullopt : std::optional(PoolId(row.pool)),
                           .tenant = nobodys ? std::nullopt : std::optional(row.tenant),
                           .served = row.served,
                           .energy_j = {row.energy_j},
                           .cost_usd = {row.cost_usd}});
    }
    return run;
  });
}

}  // namespace idlewatt
