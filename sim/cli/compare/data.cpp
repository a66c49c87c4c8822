// `idlewatt compare --csv` and `--json`.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/compare/text.hpp"

namespace idlewatt {
namespace {

using Json = nlohmann::ordered_json;

/// Every digit that tells it apart; empty for NaN.
std::string digits(double value) {
  if (!std::isfinite(value)) {
    return "";
  }
  char text[32];
  const auto [end, error] = std::to_chars(std::begin(text), std::end(text), value);
  return error == std::errc() ? std::string(std::begin(text), end) : "";
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) {
    return text;
  }
  std::string result = "\"";
  for (const char letter : text) {
    result += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return result + "\"";
}

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

}  // namespace

std::string compare_csv(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures) {
  const std::string currency = currency_of(groups);
  std::string text = "measure,unit,runs_of,seeds,mean,ci95,pairs,difference,difference_ci95,difference_share\n";
  for (const Measure* measure : measures) {
    for (const RunGroup& group : groups) {
      const Estimate value = value_of(group, *measure);
      text += name_in(*measure, currency) + "," + unit_in(*measure, currency) + "," + quoted(group.name) + "," +
              std::to_string(group.seeds.size()) + "," + digits(value.mean) + "," + digits(value.ci95);
      if (&group == &groups[0]) {
        text += ",,,,\n";
        continue;
      }
      const Difference more = difference(groups[0], group, *measure);
      text += "," + std::to_string(more.pairs) + "," + digits(more.estimate.mean) + "," + digits(more.estimate.ci95) +
              "," + digits(more.share) + "\n";
    }
  }
  return text;
}

std::string compare_json(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures) {
  const std::string currency = currency_of(groups);
  Json json;
  json["baseline"] = groups[0].name;
  json["groups"] = Json::array();
  for (const RunGroup& group : groups) {
    Json one;
    one["name"] = group.name;
    one["title"] = group.title;
    one["files"] = group.files;
    one["seeds"] = Json::array();
    for (const auto& [seed, summary] : group.seeds) {
      one["seeds"].push_back(seed);
    }
    one["measures"] = Json::object();
    for (const Measure* measure : measures) {
      const Estimate value = value_of(group, *measure);
      Json entry{{"unit", unit_in(*measure, currency)}, {"mean", number(value.mean)}, {"ci95", number(value.ci95)}};
      if (&group != &groups[0]) {
        const Difference more = difference(groups[0], group, *measure);
        entry["difference"] = {{"mean", number(more.estimate.mean)},
                               {"ci95", number(more.estimate.ci95)},
                               {"share", number(more.share)},
                               {"pairs", more.pairs}};
      }
      one["measures"][name_in(*measure, currency)] = std::move(entry);
    }
    json["groups"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace idlewatt
