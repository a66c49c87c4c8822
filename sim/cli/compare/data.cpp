// `idlewatt compare --csv` and `--json`.
#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/csv_text.hpp"
#include "cli/compare/text.hpp"
#include "cli/text/json_text.hpp"

namespace idlewatt {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string compare_csv(const std::vector<RunGroup>& groups, const std::vector<const Measure*>& measures) {
  const std::string currency = currency_of(groups);
  std::string text = "measure,unit,runs_of,seeds,mean,ci95,pairs,difference,difference_ci95,difference_share\n";
  for (const Measure* measure : measures) {
    for (const RunGroup& group : groups) {
      const Estimate value = value_of(group, *measure);
      text += fmt::format("{},{},{},{},{},{}", name_in(*measure, currency), unit_in(*measure, currency),
                          csv_text(group.name), group.seeds.size(), csv_number(value.mean), csv_number(value.ci95));
      if (&group == &groups[0]) {
        text += ",,,,\n";
        continue;
      }
      const Difference more = difference(groups[0], group, *measure);
      text += fmt::format(",{},{},{},{}\n", more.pairs, csv_number(more.estimate.mean), csv_number(more.estimate.ci95),
                          csv_number(more.share));
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
      Json entry{
          {"unit", unit_in(*measure, currency)}, {"mean", json_number(value.mean)}, {"ci95", json_number(value.ci95)}};
      if (&group != &groups[0]) {
        const Difference more = difference(groups[0], group, *measure);
        entry["difference"] = {{"mean", json_number(more.estimate.mean)},
                               {"ci95", json_number(more.estimate.ci95)},
                               {"share", json_number(more.share)},
                               {"pairs", more.pairs}};
      }
      one["measures"][name_in(*measure, currency)] = std::move(entry);
    }
    json["groups"].push_back(std::move(one));
  }
  return json_text(json);
}

}  // namespace idlewatt
