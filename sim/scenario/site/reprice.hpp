// The tariff of a finished run, read again with changes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"

namespace idlewatt {

/// Reads the tariff. `site` is the run's Site::text, `series` are the series that the run used. `set` are overrides
/// such as "site.electricity=0.2 USD/kWh". Series from other files are read relative to the current folder. `origin`
/// names the run in messages. `catalogue_usd` has purchase prices of servers for an `ownership` without prices. Throws
/// InputError.
Tariff reprice(const std::string& site, const std::vector<std::shared_ptr<const TimeSeries>>& series,
               const Meter& meter, const std::vector<std::string>& set, const std::string& origin,
               const std::map<std::string, double>& catalogue_usd = {});

}  // namespace idlewatt
