#include "scenario/catalog/entry_figures.hpp"

#include <fmt/core.h>

#include "scenario/catalog/figures.hpp"
#include "scenario/catalog/layer_kinds.hpp"

namespace idlewatt {
namespace {

/// What each_..._figure visits, collected.
class Collector {
 public:
  void operator()(const FigureKey& key, const Figure& figure) {
    list.push_back({key.key, figure.value, key.dimension, figure.status, figure.source, figure.range});
  }

  std::vector<EntryFigure> list;
};

}  // namespace

std::vector<EntryFigure> figures_of(const Accelerator& accelerator) {
  Collector collect;
  each_accelerator_figure(accelerator, collect);
  each_link_group_figure(accelerator, [&](const FigureKey& key, const std::optional<Figure>& figure) {
    if (figure) {
      collect(key, *figure);
    }
  });
  each_arithmetic_figure(accelerator, [&](const FigureKey& key, const auto& figures) {
    for (const Arithmetic arithmetic : kArithmetics) {
      if (const auto& figure = figures[static_cast<std::size_t>(arithmetic)]) {
        const std::string path = std::string(key.key) + "." + to_string(arithmetic);
        collect({path.c_str(), key.dimension}, *figure);
      }
    }
  });
  return collect.list;
}

std::vector<EntryFigure> figures_of(const Server& server) {
  Collector collect;
  each_server_figure(server, collect);
  if (server.price_usd) {
    collect(kPriceKey, *server.price_usd);
  }
  return collect.list;
}

std::vector<EntryFigure> figures_of(const Model& model) {
  Collector collect;
  each_model_figure(model, collect);
  each_model_count(model, [&](const char* key, int number) {
    collect({key, Dimension::count}, {static_cast<double>(number), model.status, model.source});
  });
  const auto collect_part = [&](const char* part) {
    return [&model, &collect, part](const char* key, int number, int) {
      const std::string path = std::string(part) + "." + key;
      collect({path.c_str(), Dimension::count}, {static_cast<double>(number), model.status, model.source});
    };
  };
  if (model.latent) {
    each_latent_count(*model.latent, collect_part("latent_attention"));
  }
  if (model.mixture) {
    each_mixture_count(*model.mixture, collect_part("experts"));
    each_mixture_option(*model.mixture, [&](const char* key, int number) {
      if (number > 0) {
        collect_part("experts")(key, number, 0);
      }
    });
  }
  for (std::size_t i = 0; i < model.kinds.size(); ++i) {
    const std::string at = fmt::format("layer_kinds.{}.", i + 1);
    each_layer_kind_count(model.kinds[i], [&](const char* key, auto number, int) {
      const std::string path = at + key;
      if (number != 0) {
        collect({path.c_str(), Dimension::count}, {static_cast<double>(number), model.status, model.source});
      }
    });
    each_layer_kind_flag(model.kinds[i], [&](const char* key, bool flag) {
      const std::string path = at + key;
      if (flag) {
        collect({path.c_str(), Dimension::count}, {1.0, model.status, model.source});
      }
    });
  }
  if (model.training_mwh) {
    collect(kTrainingKey, *model.training_mwh);
  }
  return collect.list;
}

std::vector<EntryFigure> figures_of(const Engine& engine) {
  Collector collect;
  each_engine_figure(engine, collect);
  each_optional_engine_figure(engine, [&](const FigureKey& key, const Figure& figure) {
    if (!figure.source.empty()) {
      collect(key, figure);
    }
  });
  for (const auto& on_accelerator : engine.on) {
    for (const FigureOnAccelerator& own : on_accelerator.second) {
      each_engine_figure(engine, [&](const FigureKey& key, const Figure& figure) {
        if (&figure == &(engine.*own.which)) {
          const std::string path = fmt::format("on_accelerator.{}.{}", on_accelerator.first, key.key);
          collect({path.c_str(), key.dimension}, own.figure);
        }
      });
    }
  }
  return collect.list;
}

}  // namespace idlewatt
