// What the racks hold, as the site's prices see it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/read_site.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The groups of servers in the racks, each with who owns it.
std::vector<ServersHeld> servers_in(const Racks& racks);

/// What servers cost to buy, in US dollars by type; those that nobody sells have no price.
std::map<std::string, double> prices_of(const Catalog& catalog);

}  // namespace idlewatt
