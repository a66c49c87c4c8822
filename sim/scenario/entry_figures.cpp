#include "scenario/entry_figures.hpp"

#include "scenario/figures.hpp"

namespace idlewatt {
namespace {

/// What each_..._figure visits, collected.
class Collector {
 public:
  void operator()(const FigureKey& key, const Figure& figure) {
    list.push_back({key.key, figure.value, key.dimension, figure.status, figure.source});
  }

  std::vector<EntryFigure> list;
};

}  // namespace

std::vector<EntryFigure> figures_of(const Accelerator& accelerator) {
  Collector collect;
  each_accelerator_figure(accelerator, collect);
  each_precision_figure(accelerator, [&](const FigureKey& key, const auto& figures) {
    for (const Precision precision : kPrecisions) {
      if (const auto& figure = figures[static_cast<std::size_t>(precision)]) {
        const std::string path = std::string(key.key) + "." + to_string(precision);
        collect({path.c_str(), key.dimension}, *figure);
      }
    }
  });
  return collect.list;
}

std::vector<EntryFigure> figures_of(const Server& server) {
  Collector collect;
  each_server_figure(server, collect);
  return collect.list;
}

std::vector<EntryFigure> figures_of(const Model& model) {
  Collector collect;
  each_model_figure(model, collect);
  each_model_count(model, [&](const char* key, int number) {
    collect({key, Dimension::count}, {static_cast<double>(number), model.status, model.source});
  });
  return collect.list;
}

std::vector<EntryFigure> figures_of(const Engine& engine) {
  Collector collect;
  each_engine_figure(engine, collect);
  return collect.list;
}

}  // namespace idlewatt
