#include "scenario/provenance.hpp"

#include <cmath>
#include <set>
#include <utility>

#include "scenario/site/read_site.hpp"

namespace idlewatt {

std::vector<EntryUsed> entries_used(const Scenario& scenario) {
  std::set<std::string> accelerators;
  std::set<std::string> servers;
  std::set<std::string> models;
  std::set<std::string> engines;
  for (const Pool& pool : scenario.pools) {
    servers.insert(pool.server);
    models.insert(pool.model);
    if (pool.speculation) {
      models.insert(pool.speculation->draft);
    }
    engines.insert(pool.engine);
  }
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      servers.insert(group.server);
    }
  }
  const Catalog& catalog = *scenario.catalog;
  if (!scenario.cache.embedder.empty()) {
    accelerators.insert(scenario.cache.embedder);
  }
  for (const std::string& server : servers) {
    accelerators.insert(catalog.servers.at(server).accelerator);
  }

  std::vector<EntryUsed> entries;
  const auto add = [&](const char* kind, const std::set<std::string>& names, const auto& all) {
    for (const std::string& name : names) {
      entries.push_back({kind, name, figures_of(all.at(name))});
    }
  };
  add("accelerators", accelerators, catalog.accelerators);
  add("servers", servers, catalog.servers);
  add("models", models, catalog.models);
  add("engines", engines, catalog.engines);
  // Of an engine's figures on single accelerators, those on the scenario's.
  std::set<std::string> kin;
  for (const std::string& name : accelerators) {
    kin.insert(catalog.accelerators.at(name).kin);
  }
  const std::string prefix = "on_accelerator.";
  for (EntryUsed& entry : entries) {
    std::erase_if(entry.figures, [&](const EntryFigure& figure) {
      return entry.kind == "engines" && figure.key.starts_with(prefix) &&
             !kin.contains(figure.key.substr(prefix.size(), figure.key.rfind('.') - prefix.size()));
    });
  }
  return entries;
}

std::vector<ProvenanceEntry> figures_used(const Scenario& scenario) {
  std::vector<ProvenanceEntry> figures;
  for (const EntryUsed& entry : entries_used(scenario)) {
    for (const EntryFigure& figure : entry.figures) {
      figures.push_back({entry.kind + "." + entry.name + "." + figure.key, figure.value, unit_of(figure.dimension),
                         to_string(figure.status), figure.source});
      if (figure.range) {
        figures.back().low = figure.range->low;
        figures.back().high = figure.range->high;
      }
    }
  }
  const auto add = [&](const std::string& path, double value, Dimension dimension) {
    if (std::isfinite(value)) {
      figures.push_back(
          {path, value, in_currency(unit_of(dimension), scenario.site.tariff.currency), "scenario", "the scenario"});
    }
  };
  for (const Pool& pool : scenario.pools) {
    if (pool.step_times) {
      figures.push_back({"pools." + pool.name + ".step_times", static_cast<double>(pool.step_times->steps.size()), "1",
                         "measured", "steps in " + pool.step_times->path});
    }
  }
  const bool on_cpu = scenario.cache.policy.name != "none" && scenario.cache.embedder.empty();
  for (const auto& [name, dimension] :
       {std::pair{"lookup_time", Dimension::time}, {"lookup_power", Dimension::power}}) {
    if (on_cpu) {
      add(std::string("cache.") + name, scenario.cache.policy.parameters.get(name), dimension);
    }
  }
  for (const Pool& pool : scenario.pools) {
    if (pool.speculation) {
      add("pools." + pool.name + ".speculative.tokens", pool.speculation->tokens, Dimension::number);
      add("pools." + pool.name + ".speculative.acceptance", pool.speculation->acceptance, Dimension::number);
    }
  }
  for (const SiteFigure& figure : site_figures(scenario.site.tariff)) {
    add("site." + figure.path, figure.value, figure.dimension);
  }
  for (const StreamId id : scenario.traffic.ids()) {
    const Slo& slo = scenario.traffic[id].slo;
    const std::string prefix = "traffic." + std::to_string(id.value()) + ".slo.";
    add(prefix + "ttft", slo.ttft_s, Dimension::time);
    add(prefix + "tpot", slo.tpot_s, Dimension::time);
  }
  return figures;
}

}  // namespace idlewatt
