// Reads `site:`: the prices of energy and machines, and their carbon.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/quantity.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Known series by path (as written) and column, such as those that a finished run has kept.
using KnownSeries = std::map<std::pair<std::string, std::string>, std::shared_ptr<const TimeSeries>>;

/// Returns the path of the file that a node names. Throws InputError when there is no such file.
using PathResolver = std::function<std::string(const YamlNode&)>;

/// The keys of a site.
const KeyTable& site_keys();

/// Reads the map under `site:`. It may name the servers in `server_types`. Throws PlacedError.
Site read_site(const YamlNode& node, const std::vector<std::string>& server_types, const PathResolver& path_of,
               const KnownSeries& known = {});

/// A type of servers in a fleet, rented or owned.
struct ServersHeld {
  std::string type;
  bool rented = true;
};

/// Gives owned servers without a price in `ownership` the catalogue's price, in US dollars by type. Throws PlacedError
/// where the catalogue has no price, and where the site's prices are in another currency.
void add_catalogue_prices(const YamlNode& site, const std::vector<ServersHeld>& held,
                          const std::map<std::string, double>& catalogue_usd, Tariff& tariff);

/// Checks that a site with capital costs or embodied carbon has them for every type of server that needs them, and that
/// rents are in the site's currency. Throws PlacedError.
void check_servers(const YamlNode& site, const Tariff& tariff, const std::vector<ServersHeld>& held);

/// Checks that every series has a value for each moment of a run, and that a time zone is given where one matters.
/// Throws PlacedError.
void check_covered(const YamlNode& site, const Tariff& tariff, std::int64_t start_unix_s, double run_s);

/// One number of a site, for the provenance.
struct SiteFigure {
  std::string path;  ///< below `site.`
  double value = 0.0;
  Dimension dimension = Dimension::number;
};

/// The numbers of a site, except those in series and tables.
std::vector<SiteFigure> site_figures(const Tariff& tariff);

}  // namespace idlewatt
