// Reads `site:`: what energy, machines and carbon cost there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/quantity.hpp"
#include "scenario/key_table.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Series that are known already, by path (as written) and column: of a finished run, its own.
using KnownSeries = std::map<std::pair<std::string, std::string>, std::shared_ptr<const TimeSeries>>;

/// The path of the file that a node names; throws InputError when there is none.
using PathResolver = std::function<std::string(const YamlNode&)>;

/// The keys of a site.
const KeyTable& site_keys();

/// The map under `site:`. `server_types` may be named in it. Throws PlacedError.
Site read_site(const YamlNode& node, const std::vector<std::string>& server_types, const PathResolver& path_of,
               const KnownSeries& known = {});

/// Servers of one type that a fleet holds.
struct ServersHeld {
  std::string type;
  bool rented = true;
};

/// Gives owned servers that `ownership` has no price of the catalogue's, in US dollars by type. Throws where it has
/// none, and where the site's prices are in another currency.
void add_catalogue_prices(const YamlNode& site, const std::vector<ServersHeld>& held,
                          const std::map<std::string, double>& catalogue_usd, Tariff& tariff);

/// Throws unless the site has a capital cost and embodied carbon for every type that needs it, where it has any, and
/// rents in its own currency.
void check_servers(const YamlNode& site, const Tariff& tariff, const std::vector<ServersHeld>& held);

/// Throws unless every series has a value for each moment of a run, and a time zone is given where one matters.
void check_covered(const YamlNode& site, const Tariff& tariff, std::int64_t start_unix_s, double run_s);

/// One number of a site, for the provenance.
struct SiteFigure {
  std::string path;  ///< below `site.`
  double value = 0.0;
  Dimension dimension = Dimension::number;
};

/// Its numbers but for those in series and tables.
std::vector<SiteFigure> site_figures(const Tariff& tariff);

}  // namespace idlewatt
