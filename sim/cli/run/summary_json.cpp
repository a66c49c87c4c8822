#include "cli/run/summary_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace idlewatt {

namespace {

using Json = nlohmann::ordered_json;

Json variant_json(const JsonVariant& variant) {
  Json json;
  json["name"] = variant.name;
  if (!variant.summary) {
    json["error"] = variant.error;
    return json;
  }
  json["file"] = variant.file;
  Json summary = Json::object();
  for (const Measure& measure : measures()) {
    summary[name_in(measure, variant.summary->currency)] = number_json(measure, measure.get(*variant.summary));
  }
  json["summary"] = std::move(summary);
  return json;
}

Json uncertainty_json(const JsonAnswer& answer) {
  const Uncertainty& uncertainty = *answer.uncertainty;
  Json json;
  json["file"] = answer.uncertainty_file;
  json["draws"] = uncertainty.draws();
  json["figures"] = Json::array();
  for (const DrawnFigure& figure : uncertainty.figures.ranged) {
    json["figures"].push_back({{"path", figure.path},
                               {"unit", unit_of(figure.dimension)},
                               {"value", figure.value},
                               {"low", figure.range.low},
                               {"high", figure.range.high}});
  }
  json["without_range"] = uncertainty.figures.without_range;
  json["variants"] = Json::array();
  for (std::size_t i = 0; i < answer.variants.size(); ++i) {
    Json found = Json::object();
    for (const MeasureInterval& interval : intervals(uncertainty, i)) {
      Json influences = Json::object();
      for (const Influence& influence : interval.influences) {
        influences[influence.path] = influence.rank_correlation;
      }
      found[name_in(*interval.measure, answer.variants[i].summary ? answer.variants[i].summary->currency : "USD")] = {
          {"p5", number_json(*interval.measure, interval.low)},
          {"p50", number_json(*interval.measure, interval.median)},
          {"p95", number_json(*interval.measure, interval.high)},
          {"rank_correlation", std::move(influences)}};
    }
    json["variants"].push_back({{"name", answer.variants[i].name}, {"measures", std::move(found)}});
  }
  return json;
}

}  // namespace

nlohmann::ordered_json number_json(const Measure& measure, double value) {
  constexpr double largest_exact = 9007199254740992.0;  // 2^53
  if (!std::isfinite(value)) {
    return nullptr;
  }
  if (measure.form == Measure::Form::count && value == std::floor(value) && std::abs(value) <= largest_exact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::string to_json(const JsonAnswer& answer) {
  Json json;
  json["title"] = answer.title;
  json["seed"] = answer.seed;
  json["version"] = answer.version;
  json["notes"] = answer.notes;
  json["index"] = answer.index;
  json["variants"] = Json::array();
  for (const JsonVariant& variant : answer.variants) {
    json["variants"].push_back(variant_json(variant));
  }
  json["answer"] = choice_json(answer.asked);
  if (answer.uncertainty != nullptr) {
    json["uncertainty"] = uncertainty_json(answer);
  }
  // Titles come from users: bytes that are no UTF-8 are replaced, not thrown at them.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace idlewatt
