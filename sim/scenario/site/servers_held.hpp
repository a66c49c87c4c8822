// The servers in the racks, for the prices of the site.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/scenario.hpp"
#include "scenario/site/read_site.hpp"

namespace idlewatt {

/// The groups of servers in the racks, each rented or owned.
std::vector<ServersHeld> servers_in(const Racks& racks);

/// The purchase prices of servers, in US dollars by type. Servers that nobody sells have no price.
std::map<std::string, double> prices_of(const Catalog& catalog);

}  // namespace idlewatt
