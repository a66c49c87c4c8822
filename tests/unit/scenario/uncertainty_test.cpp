// Draws from the ranges of figures.
#include "scenario/uncertainty.hpp"

#include <algorithm>
#include <set>

#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

std::vector<DrawnFigure> two_figures() {
  return {{"accelerators.a.idle_loaded", Dimension::power, 80.0, {60.0, 120.0}},
          {"engines.e.step_overhead", Dimension::time, 1e-3, {1e-3, 3e-3}}};
}

TEST_CASE("Quantiles of the triangular distribution") {
  CHECK(triangular_quantile(0, 1, 4, 0) == Approx(0).margin(1e-12));
  CHECK(triangular_quantile(0, 1, 4, 1) == Approx(4));
  CHECK(triangular_quantile(0, 1, 4, 0.25) == Approx(1));  // a quarter of the area lies below the peak
  CHECK(triangular_quantile(0, 2, 4, 0.5) == Approx(2));
  CHECK(triangular_quantile(0, 0, 4, 0.75) == Approx(2));
  CHECK(triangular_quantile(0, 4, 4, 0.25) == Approx(2));
  CHECK(triangular_quantile(3, 3, 3, 0.5) == 3);
}

TEST_CASE("Draws are a Latin hypercube: each part of a distribution once, each figure by itself") {
  constexpr std::size_t kDraws = 50;
  const std::vector<DrawnFigure> figures = two_figures();
  const auto values = draw_figures(figures, kDraws, 1);
  REQUIRE(values.size() == kDraws);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const DrawnFigure& figure = figures[i];
    std::vector<double> column;
    for (const auto& draw : values) {
      column.push_back(draw[i]);
    }
    CHECK_FALSE(std::is_sorted(column.begin(), column.end()));
    std::sort(column.begin(), column.end());
    for (std::size_t part = 0; part < kDraws; ++part) {
      const auto at = [&](std::size_t share) {
        return triangular_quantile(figure.range.low, figure.value, figure.range.high,
                                   static_cast<double>(share) / kDraws);
      };
      CHECK(column[part] >= at(part));
      CHECK(column[part] <= at(part + 1));
    }
  }
  CHECK(draw_figures(figures, kDraws, 1) == values);
  CHECK(draw_figures(figures, kDraws, 2) != values);
  // The second figure alone is drawn as beside the first.
  const auto alone = draw_figures({figures[1]}, kDraws, 1);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    CHECK(alone[draw][0] == values[draw][1]);
  }
}

TEST_CASE("Drawn values stand in the catalogue under their paths, powers in order") {
  Catalog catalog;
  Accelerator& a = catalog.accelerators["a"];
  a.board_limit_w.value = 300;
  a.idle_loaded_w.value = 80;
  a.idle_empty_w.value = 75;
  a.busy_static_w.value = 100;
  a.peak_flops[0] = Figure{.value = 5.0, .status = Status::assumed, .source = ""};
  catalog.engines["e"].step_overhead_s.value = 1e-3;
  catalog.engines["f"].step_overhead_s.value = 1e-3;
  std::vector<DrawnFigure> figures = two_figures();
  figures.push_back({"accelerators.a.peak.fp16", Dimension::flops, 5.0, {4.0, 7.0}});
  const Catalog drawn = with_figures(catalog, figures, {70.0, 2e-3, 6.5});
  CHECK(drawn.accelerators.at("a").idle_loaded_w.value == 70.0);
  CHECK(drawn.accelerators.at("a").idle_empty_w.value == 70.0);
  CHECK(drawn.accelerators.at("a").peak_flops[0]->value == 6.5);
  CHECK(drawn.engines.at("e").step_overhead_s.value == 2e-3);
  CHECK(drawn.engines.at("f").step_overhead_s.value == 1e-3);
  CHECK(catalog.accelerators.at("a").idle_loaded_w.value == 80.0);
}

}  // namespace
}  // namespace idlewatt::test
