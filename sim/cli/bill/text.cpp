#include "cli/text/text.hpp"

#include <cmath>
#include <fmt/core.h>

#include "base/time_zone.hpp"
#include "cli/bill/answer.hpp"
#include "cli/text/text_table.hpp"

namespace idlewatt {

namespace {

constexpr int kDigits = 4;

}  // namespace

std::string in_columns(const std::vector<std::vector<std::string>>& rows) {
  TextTable table(std::vector<TextColumn>{{.left = true}});
  for (const auto& row : rows) {
    table.add(row);
  }
  return table.text();
}

std::string amount_text(double value) {
  return value < 0.0 ? "-" + rounded(-value, kDigits) : rounded(value, kDigits);
}

std::string share_text(double share) {
  return std::isfinite(share) ? amount_text(share * 100.0) + " %" : "-";
}

namespace {

std::string number(double value, const std::string& unit) {
  return amount_text(value) + (std::isfinite(value) ? " " + unit : "");
}

std::string money(const Bill& bill, const std::string& currency) {
  std::vector<std::vector<std::string>> rows;
  for (const BillLine& line : bill.lines) {
    if (line.usd != 0.0) {
      rows.push_back({line.label, rounded(line.quantity, kDigits), line.unit, number(line.usd, currency),
                      share_text(line.usd / bill.total_usd)});
    }
  }
  rows.push_back({"total", "", "", number(bill.total_usd, currency), ""});
  return in_columns(rows);
}

std::string energy_and_carbon(const BillAnswer& answer) {
  const Bill& bill = answer.bill;
  const Summary& summary = answer.summary;
  std::vector<std::vector<std::string>> rows{
      {"facility energy", number(bill.facility_kwh, "kWh"), "PUE " + rounded(bill.pue, kDigits)},
      {"of it idle waste", number(summary.idle_waste_kwh, "kWh"), share_text(summary.idle_waste_share)}};
  if (bill.paid_kwh != bill.facility_kwh && bill.paid_kwh > 0.0) {
    rows.push_back({"of owned servers", number(bill.paid_kwh, "kWh"), share_text(bill.paid_kwh / bill.facility_kwh)});
  }
  if (bill.plant_kwh > 0.0) {
    rows.push_back(
        {"own plant", number(bill.plant_kwh, "kWh"), share_text(bill.plant_used_kwh / bill.plant_kwh) + " of it used"});
  }
  rows.push_back({"carbon, where the site is", number(bill.carbon_kg, "kg"),
                  number(bill.carbon_kg * 1e3 / bill.facility_kwh, "g/kWh")});
  if (std::isfinite(bill.market_carbon_kg)) {
    rows.push_back({"carbon, market-based", number(bill.market_carbon_kg, "kg"), ""});
  }
  if (bill.embodied_carbon_kg > 0.0) {
    rows.push_back({"carbon of making the servers", number(bill.embodied_carbon_kg, "kg"), ""});
  }
  if (bill.water_l > 0.0) {
    rows.push_back({"water", number(bill.water_l, "l"), ""});
  }
  return in_columns(rows);
}

std::string per_unit(const BillAnswer& answer) {
  const UnitCosts& unit = answer.unit;
  std::vector<std::vector<std::string>> rows{
      {"a request", number(unit.usd_per_request, answer.tariff.currency), number(unit.wh_per_request, "Wh"),
       number(unit.carbon_g_per_request, "g")},
      {"a million output tokens", number(unit.usd_per_million_output_tokens, answer.tariff.currency), "", ""},
      {"a million tokens, prompts too", number(unit.usd_per_million_tokens, answer.tariff.currency), "", ""},
      {fmt::format("a month of {} requests", rounded(answer.month.requests, kDigits)),
       number(answer.month.usd, answer.tariff.currency), number(answer.month.facility_kwh, "kWh"),
       number(answer.month.carbon_kg, "kg")}};
  return in_columns(rows);
}

/// What the bill leaves out.
std::string left_out_text(const BillAnswer& answer, std::size_t width) {
  std::string text;
  for (const std::string& note : answer.notes) {
    text += paragraph(note, width);
  }
  return text.empty() ? text : text + "\n";
}

/// How far the month is from what was simulated.
std::string volume_text(const BillAnswer& answer, std::size_t width) {
  if (answer.own_pace) {
    return "";
  }
  const double times = answer.month.requests / answer.unit.requests_per_month;
  return paragraph(fmt::format("The month is priced in proportion: its requests are {} times the run's pace, whose "
                               "accelerators were busy {} of the time. What was not simulated is not known: latency at "
                               "that rate, and whether a smaller fleet would do.",
                               rounded(times, kDigits), share_text(answer.busy_share)),
                   width);
}

std::string economics(const BillAnswer& answer, std::size_t width) {
  std::string out;
  if (answer.margin) {
    const Margin& margin = *answer.margin;
    out += paragraph(
        fmt::format("At {} {} per million output tokens a request earns {}, of which {} ({}) is margin: {} a month.",
                    rounded(margin.usd_per_million_output_tokens, kDigits), answer.tariff.currency,
                    number(margin.revenue_usd_per_request, answer.tariff.currency),
                    number(margin.margin_usd_per_request, answer.tariff.currency), share_text(margin.margin_share),
                    number(margin.margin_usd_per_request * answer.month.requests, answer.tariff.currency)),
        width);
  }
  const CheaperEnergy& cheaper = answer.cheaper;
  out += paragraph(
      cheaper.energy_usd > 0.0
          ? fmt::format("Energy is {} of the bill. A provider that pays {} less for it can ask {} less at the same "
                        "margin, or keep {} a month.",
                        share_text(cheaper.energy_share), share_text(cheaper.saving),
                        share_text(cheaper.undercut_share),
                        number(cheaper.saved_usd_per_request * answer.month.requests, answer.tariff.currency))
          : "No energy is on this bill: that of rented servers is in their rent, so cheaper energy changes nothing.",
      width);
  for (const TrainingEnergy& training : answer.training) {
    const auto after = [&](double mwh) { return rounded(break_even_requests(mwh, answer.unit.wh_per_request), 3); };
    const bool ranged = std::isfinite(training.low_mwh) && std::isfinite(training.high_mwh);
    out += paragraph(
        fmt::format(
            "Training {} took {} MWh{}: as much as {} requests here{}, {} months of the month above. Total energy = "
            "training + inference x requests.",
            training.model, rounded(training.mwh, kDigits),
            ranged ? fmt::format(" ({} to {})", rounded(training.low_mwh, kDigits), rounded(training.high_mwh, kDigits))
                   : std::string(),
            after(training.mwh),
            ranged ? fmt::format(" ({} to {})", after(training.low_mwh), after(training.high_mwh)) : std::string(),
            rounded(training.mwh * 1e3 / answer.month.facility_kwh, 3)),
        width);
  }
  return out;
}

std::string tornado_text(const BillAnswer& answer, const TextStyle& style) {
  std::vector<std::vector<std::string>> rows{{"", "low", "bill", "", "high", "bill", "", "carbon"}};
  const double total = answer.bill.total_usd;
  const auto change = [&](double usd) {
    const double share = (usd - total) / total;
    return std::string(share > 0.0 ? "+" : "") + share_text(share);
  };
  for (const Swing& swing : answer.swings) {
    rows.push_back({swing.label, swing.low, number(swing.low_usd, answer.tariff.currency), change(swing.low_usd),
                    swing.high, number(swing.high_usd, answer.tariff.currency), change(swing.high_usd),
                    rounded(swing.low_carbon_kg, kDigits) + " to " + number(swing.high_carbon_kg, "kg")});
  }
  return bold("what moves the bill", style) + "\n" + in_columns(rows) +
         paragraph(fmt::format("One thing at a time, by {} down and up; rents and powers over their ranges in the "
                               "catalogue, with the run's course unchanged. What other assumed numbers do to it, "
                               "`idlewatt run --uncertainty` finds by simulation.",
                               share_text(answer.spread)),
                   style.width);
}

}  // namespace

std::string bill_text(const BillAnswer& answer, const TextStyle& style) {
  const MeteredRun& run = answer.run;
  const std::int64_t end = run.meter.start_unix_s + static_cast<std::int64_t>(to_seconds(run.meter.horizon()));
  std::string out =
      bold(run.result.title, style) + (run.result.variant.empty() ? "" : ": " + run.result.variant) + "\n";
  out += fmt::format("{} to {}, {} requests served\n", local_text(answer.tariff.time_zone, run.meter.start_unix_s),
                     local_text(answer.tariff.time_zone, end), rounded(answer.summary.requests_served, 3));
  if (!answer.set.empty()) {
    out += fmt::format("with {}\n", listed(answer.set));
  }
  out += fmt::format(
      "\n"
      "{}\n"
      "{}\n"
      "{}"
      "{}\n"
      "{}\n"
      "{}\n"
      "{}\n"
      "{}{}",
      bold("bill", style), money(answer.bill, answer.tariff.currency), left_out_text(answer, style.width),
      bold("energy and carbon", style), energy_and_carbon(answer), bold("what it comes to", style), per_unit(answer),
      volume_text(answer, style.width), economics(answer, style.width));
  if (!answer.swings.empty()) {
    out += "\n" + tornado_text(answer, style);
  }
  return out;
}

}  // namespace idlewatt
