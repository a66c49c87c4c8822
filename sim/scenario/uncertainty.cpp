#include "scenario/uncertainty.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "scenario/catalog/figures.hpp"
#include "scenario/provenance.hpp"

namespace idlewatt {
namespace {

/// Calls visit(path, figure) for every figure of the catalogue that may be set.
template <class Visit>
void each_figure(Catalog& catalog, Visit visit) {
  const auto under = [&](const std::string& prefix) {
    return [&visit, prefix](const FigureKey& key, Figure& figure) { visit(prefix + key.key, figure); };
  };
  for (auto& [name, accelerator] : catalog.accelerators) {
    const std::string prefix = "accelerators." + name + ".";
    each_accelerator_figure(accelerator, under(prefix));
    each_link_group_figure(accelerator, [&](const FigureKey& key, std::optional<Figure>& figure) {
      if (figure) {
        visit(prefix + key.key, *figure);
      }
    });
    each_arithmetic_figure(accelerator, [&](const FigureKey& key, auto& figures) {
      for (const Arithmetic arithmetic : kArithmetics) {
        if (auto& figure = figures[static_cast<std::size_t>(arithmetic)]) {
          visit(prefix + key.key + "." + to_string(arithmetic), *figure);
        }
      }
    });
  }
  for (auto& [name, server] : catalog.servers) {
    each_server_figure(server, under("servers." + name + "."));
  }
  for (auto& [name, model] : catalog.models) {
    each_model_figure(model, under("models." + name + "."));
  }
  for (auto& [name, engine] : catalog.engines) {
    each_engine_figure(engine, under("engines." + name + "."));
    each_optional_engine_figure(engine, under("engines." + name + "."));
    for (auto& [accelerator, figures] : engine.on) {
      for (FigureOnAccelerator& own : figures) {
        const auto kernel = std::find_if(kKernelFigures.begin(), kKernelFigures.end(),
                                         [&](const KernelFigure& k) { return k.which == own.which; });
        visit("engines." + name + ".on_accelerator." + accelerator + "." + kernel->key, own.figure);
      }
    }
  }
}

/// The reader refuses an accelerator whose powers are not in this order.
void put_in_order(Accelerator& a) {
  const auto at_most = [](Figure& lower, const Figure& upper) { lower.value = std::min(lower.value, upper.value); };
  at_most(a.busy_static_w, a.board_limit_w);
  at_most(a.idle_loaded_w, a.board_limit_w);
  at_most(a.idle_empty_w, a.idle_loaded_w);
  at_most(a.parked_w, a.busy_static_w);
  at_most(a.deep_parked_w, a.parked_w);
  at_most(a.clock_min_hz, a.clock_max_hz);
}

}  // namespace

DrawnFigures drawn_figures(const std::vector<Scenario>& scenarios) {
  DrawnFigures result;
  std::set<std::string> seen;
  for (const Scenario& scenario : scenarios) {
    for (const EntryUsed& entry : entries_used(scenario)) {
      for (const EntryFigure& figure : entry.figures) {
        const std::string path = entry.kind + "." + entry.name + "." + figure.key;
        // A whole number of a model's shape is no figure of its own; training is no part of a run.
        const bool drawn = figure.dimension != Dimension::count && figure.key != kTrainingKey.key;
        if (!drawn || !seen.insert(path).second) {
          continue;
        }
        if (figure.range && figure.range->low < figure.range->high) {
          result.ranged.push_back({path, figure.dimension, figure.value, *figure.range});
        } else if (figure.status == Status::assumed) {
          result.without_range.push_back(path);
        }
      }
    }
  }
  return result;
}

double triangular_quantile(double low, double peak, double high, double share) {
  const double width = high - low;
  if (!(width > 0.0)) {
    return low;
  }
  const double below_peak = (peak - low) / width;
  if (share < below_peak) {
    return low + std::sqrt(share * width * (peak - low));
  }
  return high - std::sqrt((1.0 - share) * width * (high - peak));
}

std::vector<std::vector<double>> draw_figures(const std::vector<DrawnFigure>& figures, std::size_t draws,
                                              std::uint64_t seed) {
  std::vector<std::vector<double>> values(draws, std::vector<double>(figures.size()));
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const DrawnFigure& figure = figures[i];
    RandomStream random(seed, "uncertainty/" + figure.path);
    std::vector<std::size_t> parts(draws);
    std::iota(parts.begin(), parts.end(), std::size_t{0});
    for (std::size_t left = draws; left > 1; --left) {  // Fisher and Yates
      const auto other = static_cast<std::size_t>(random.uniform() * static_cast<double>(left));
      std::swap(parts[left - 1], parts[std::min(other, left - 1)]);
    }
    for (std::size_t draw = 0; draw < draws; ++draw) {
      const double share = (static_cast<double>(parts[draw]) + random.uniform()) / static_cast<double>(draws);
      values[draw][i] = triangular_quantile(figure.range.low, figure.value, figure.range.high, share);
    }
  }
  return values;
}

Catalog with_figures(const Catalog& catalog, const std::vector<DrawnFigure>& figures,
                     const std::vector<double>& values) {
  std::map<std::string, double> by_path;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    by_path.emplace(figures[i].path, values[i]);
  }
  Catalog result = catalog;
  each_figure(result, [&](const std::string& path, Figure& figure) {
    if (const auto found = by_path.find(path); found != by_path.end()) {
      figure.value = found->second;
    }
  });
  for (auto& [name, accelerator] : result.accelerators) {
    put_in_order(accelerator);
  }
  return result;
}

}  // namespace idlewatt
