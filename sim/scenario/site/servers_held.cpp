#include "scenario/site/servers_held.hpp"

namespace idlewatt {

std::vector<ServersHeld> servers_in(const Racks& racks) {
  std::vector<ServersHeld> held;
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      held.push_back({.type = group.server, .rented = rack.ownership == Ownership::rented});
    }
  }
  return held;
}

std::map<std::string, double> prices_of(const Catalog& catalog) {
  std::map<std::string, double> prices;
  for (const auto& [name, server] : catalog.servers) {
    if (server.price_usd) {
      prices[name] = server.price_usd->value;
    }
  }
  return prices;
}

}  // namespace idlewatt
