#include "scenario/provenance.hpp"

#include <cmath>
#include <set>

#include "scenario/figures.hpp"

namespace idlewatt {
namespace {

/// Collects entries under "accelerators.<name>.".
class Collector {
 public:
  Collector(std::vector<ProvenanceEntry>& entries, std::string prefix)
      : entries_(entries), prefix_(std::move(prefix)) {}

  void operator()(const FigureKey& key, const Figure& figure) const {
    add(key.key, figure.value, key.dimension, to_string(figure.status), figure.source);
  }

  void add(const std::string& key, double value, Dimension dimension, const std::string& status,
           const std::string& source) const {
    entries_.push_back({prefix_ + key, value, unit_of(dimension), status, source});
  }

 private:
  std::vector<ProvenanceEntry>& entries_;
  std::string prefix_;
};

void add_accelerator(const Accelerator& accelerator, std::vector<ProvenanceEntry>& entries) {
  const Collector collect(entries, "accelerators." + accelerator.name + ".");
  each_accelerator_figure(accelerator, collect);
  each_precision_figure(accelerator, [&](const FigureKey& key, const auto& figures) {
    for (const Precision precision : kPrecisions) {
      if (const auto& figure = figures[static_cast<std::size_t>(precision)]) {
        const std::string path = std::string(key.key) + "." + to_string(precision);
        collect({path.c_str(), key.dimension}, *figure);
      }
    }
  });
}

void add_model(const Model& model, std::vector<ProvenanceEntry>& entries) {
  const Collector collect(entries, "models." + model.name + ".");
  each_model_figure(model, collect);
  each_model_count(model, [&](const char* key, int number) {
    collect.add(key, number, Dimension::count, to_string(model.status), model.source);
  });
}

}  // namespace

std::vector<ProvenanceEntry> figures_used(const Scenario& scenario) {
  std::set<std::string> accelerators;
  std::set<std::string> servers;
  std::set<std::string> models;
  std::set<std::string> engines;
  for (const Pool& pool : scenario.pools) {
    servers.insert(pool.server);
    models.insert(pool.model);
    engines.insert(pool.engine);
  }
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      servers.insert(group.server);
    }
  }
  const Catalog& catalog = *scenario.catalog;
  for (const std::string& server : servers) {
    accelerators.insert(catalog.servers.at(server).accelerator);
  }

  std::vector<ProvenanceEntry> entries;
  for (const std::string& name : accelerators) {
    add_accelerator(catalog.accelerators.at(name), entries);
  }
  for (const std::string& name : servers) {
    each_server_figure(catalog.servers.at(name), Collector(entries, "servers." + name + "."));
  }
  for (const std::string& name : models) {
    add_model(catalog.models.at(name), entries);
  }
  for (const std::string& name : engines) {
    each_engine_figure(catalog.engines.at(name), Collector(entries, "engines." + name + "."));
  }

  const auto add = [&](const std::string& path, double value, Dimension dimension) {
    if (std::isfinite(value)) {
      entries.push_back({path, value, unit_of(dimension), "scenario", "the scenario"});
    }
  };
  add("site.pue", scenario.site.pue, Dimension::number);
  add("site.electricity", scenario.site.electricity_usd_per_kwh, Dimension::price_per_energy);
  add("site.carbon", scenario.site.carbon_g_per_kwh, Dimension::carbon_intensity);
  for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
    const std::string prefix = "traffic." + std::to_string(i) + ".slo.";
    add(prefix + "ttft", scenario.traffic[i].slo.ttft_s, Dimension::time);
    add(prefix + "tpot", scenario.traffic[i].slo.tpot_s, Dimension::time);
  }
  return entries;
}

}  // namespace idlewatt
