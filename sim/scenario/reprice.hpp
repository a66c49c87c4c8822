// The tariff of a finished run, read again with changes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"

namespace idlewatt {

/// `site` is what Site::text was in the run, `series` what it used; `set` are overrides such as
/// "site.electricity=0.2 USD/kWh". Series of other files are read from the current folder. `origin` names the run in
/// messages. Throws InputError.
Tariff reprice(const std::string& site, const std::vector<std::shared_ptr<const HourlySeries>>& series,
               const Meter& meter, const std::vector<std::string>& set, const std::string& origin);

}  // namespace idlewatt
