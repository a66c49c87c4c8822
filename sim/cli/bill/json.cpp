#include <cmath>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/csv_text.hpp"
#include "base/quantity.hpp"
#include "cli/bill/answer.hpp"
#include "cli/commands.hpp"
#include "cli/run/summary_json.hpp"
#include "cli/text/json_text.hpp"

namespace idlewatt {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string bill_json(const BillAnswer& answer) {
  const std::string& currency = answer.tariff.currency;
  const auto key = [&currency](const char* name) { return in_currency(name, currency); };
  Json json;
  json["title"] = answer.run.result.title;
  json["variant"] = answer.run.result.variant;
  json["version"] = program_version();
  json["set"] = answer.set;
  json["currency"] = currency;
  json["notes"] = answer.notes;
  json["lines"] = Json::array();
  for (const BillLine& line : answer.bill.lines) {
    json["lines"].push_back({{"name", line.name},
                             {"label", line.label},
                             {"quantity", json_number(line.quantity)},
                             {"unit", line.unit},
                             {key("usd"), json_number(line.usd)}});
  }
  json[key("total_usd")] = json_number(answer.bill.total_usd);
  json["pue"] = json_number(answer.bill.pue);
  json["per_request"] = {{key("usd"), json_number(answer.unit.usd_per_request)},
                         {"wh", json_number(answer.unit.wh_per_request)},
                         {"carbon_g", json_number(answer.unit.carbon_g_per_request)}};
  json[key("usd_per_million_output_tokens")] = json_number(answer.unit.usd_per_million_output_tokens);
  json[key("usd_per_million_tokens")] = json_number(answer.unit.usd_per_million_tokens);
  json["month"] = {{"requests", json_number(answer.month.requests)},
                   {key("usd"), json_number(answer.month.usd)},
                   {"facility_kwh", json_number(answer.month.facility_kwh)},
                   {"carbon_kg", json_number(answer.month.carbon_kg)}};
  if (answer.margin) {
    json["margin"] = {{key("usd_per_million_output_tokens"), json_number(answer.margin->usd_per_million_output_tokens)},
                      {key("revenue_usd_per_request"), json_number(answer.margin->revenue_usd_per_request)},
                      {key("margin_usd_per_request"), json_number(answer.margin->margin_usd_per_request)},
                      {"margin_share", json_number(answer.margin->margin_share)}};
  }
  json["cheaper_energy"] = {{"saving", json_number(answer.cheaper.saving)},
                            {key("energy_usd"), json_number(answer.cheaper.energy_usd)},
                            {"energy_share", json_number(answer.cheaper.energy_share)},
                            {"undercut_share", json_number(answer.cheaper.undercut_share)},
                            {key("saved_usd_per_request"), json_number(answer.cheaper.saved_usd_per_request)}};
  json["training"] = Json::array();
  for (const TrainingEnergy& training : answer.training) {
    const auto requests = [&](double mwh) { return json_number(break_even_requests(mwh, answer.unit.wh_per_request)); };
    json["training"].push_back({{"model", training.model},
                                {"mwh", json_number(training.mwh)},
                                {"low_mwh", json_number(training.low_mwh)},
                                {"high_mwh", json_number(training.high_mwh)},
                                {"break_even_requests", requests(training.mwh)},
                                {"low_requests", requests(training.low_mwh)},
                                {"high_requests", requests(training.high_mwh)}});
  }
  if (!answer.swings.empty()) {
    json["tornado"] = Json::array();
    for (const Swing& swing : answer.swings) {
      json["tornado"].push_back({{"name", swing.name},
                                 {"low", swing.low},
                                 {"high", swing.high},
                                 {key("low_usd"), json_number(swing.low_usd)},
                                 {key("high_usd"), json_number(swing.high_usd)},
                                 {"low_carbon_kg", json_number(swing.low_carbon_kg)},
                                 {"high_carbon_kg", json_number(swing.high_carbon_kg)}});
    }
  }
  Json summary = Json::object();
  for (const Measure& measure : measures()) {
    summary[name_in(measure, currency)] = number_json(measure, measure.get(answer.summary));
  }
  json["summary"] = std::move(summary);
  return json_text(json);
}

std::string bill_csv(const BillAnswer& answer) {
  const std::string& currency = answer.tariff.currency;
  const auto key = [&currency](const char* name) { return in_currency(name, currency); };
  std::string out = "section,name,low,value,high,unit\n";
  const auto add = [&](const std::string& section, const std::string& name, double value, const std::string& unit) {
    out += fmt::format("{},{},,{},,{}\n", section, name, csv_number(value), unit);
  };
  for (const BillLine& line : answer.bill.lines) {
    add("bill", line.name, line.usd, currency);
  }
  add("bill", "total", answer.bill.total_usd, currency);
  for (const BillLine& line : answer.bill.lines) {
    add("quantity", line.name, line.quantity, line.unit);
  }
  add("unit", key("usd_per_request"), answer.unit.usd_per_request, currency);
  add("unit", key("usd_per_million_output_tokens"), answer.unit.usd_per_million_output_tokens, currency);
  add("unit", key("usd_per_million_tokens"), answer.unit.usd_per_million_tokens, currency);
  add("unit", "wh_per_request", answer.unit.wh_per_request, "Wh");
  add("unit", "carbon_g_per_request", answer.unit.carbon_g_per_request, "g");
  add("month", "requests", answer.month.requests, "1");
  add("month", key("usd"), answer.month.usd, currency);
  add("month", "facility_kwh", answer.month.facility_kwh, "kWh");
  add("month", "carbon_kg", answer.month.carbon_kg, "kg");
  if (answer.margin) {
    add("margin", key("usd_per_request"), answer.margin->margin_usd_per_request, currency);
    add("margin", "share", answer.margin->margin_share, "1");
  }
  add("cheaper_energy", "undercut_share", answer.cheaper.undercut_share, "1");
  add("cheaper_energy", key("saved_usd_per_request"), answer.cheaper.saved_usd_per_request, currency);
  for (const TrainingEnergy& training : answer.training) {
    const auto requests = [&](double mwh) { return csv_number(break_even_requests(mwh, answer.unit.wh_per_request)); };
    out += fmt::format("break_even_requests,{},{},{},{},1\n", training.model, requests(training.low_mwh),
                       requests(training.mwh), requests(training.high_mwh));
  }
  for (const Swing& swing : answer.swings) {
    out += fmt::format("tornado,{},{},{},{},{}\n", swing.name, csv_number(swing.low_usd),
                       csv_number(answer.bill.total_usd), csv_number(swing.high_usd), currency);
  }
  return out;
}

}  // namespace idlewatt
