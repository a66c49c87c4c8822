#include <array>
#include <filesystem>
#include <fmt/core.h>
#include <iostream>
#include <limits>
#include <map>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "base/readable_number.hpp"
#include "cli/bill/answer.hpp"
#include "cli/bill/by.hpp"
#include "cli/bill/figure_path.hpp"
#include "cli/commands.hpp"
#include "scenario/site/reprice.hpp"

namespace idlewatt {

namespace {

/// The number after an option, in a dimension's unit; `otherwise` without the option.
std::optional<double> given(const CommandLine& line, const std::string& option, Dimension dimension) {
  const std::optional<std::string> text = line.value(option);
  if (!text) {
    return std::nullopt;
  }
  std::string problem;
  const std::optional<double> value = parse_quantity(*text, dimension, problem);
  if (!value) {
    throw InputError(fmt::format("--{}: {}", option, problem));
  }
  if (*value < 0.0) {
    throw InputError(fmt::format("--{}: `{}` is negative; expected {}", option, *text, expected(dimension)));
  }
  return value;
}

/// "10000000", "10M", "1.5B": requests a month.
std::optional<double> given_volume(const CommandLine& line) {
  const std::optional<std::string> text = line.value("volume");
  if (!text) {
    return std::nullopt;
  }
  std::string problem;
  const std::optional<double> value = parse_quantity(*text, Dimension::number, problem);
  if (!value || *value <= 0.0) {
    throw InputError(
        fmt::format("--volume: `{}` is no number of requests; expected one such as `10M`", text->substr(0, 60)));
  }
  return *value;
}

/// Purchase prices of the catalogue that the run knew, by type of server.
std::map<std::string, double> catalogue_prices(const std::vector<ProvenanceEntry>& figures) {
  std::map<std::string, double> prices;
  for (const ProvenanceEntry& figure : figures) {
    if (const auto type = entry_of(figure.path, "servers", "price")) {
      prices[*type] = figure.value;
    }
  }
  return prices;
}

/// Seconds of all accelerators in each state.
EnumArray<AcceleratorState, double, kAcceleratorStates> seconds_by_state(const NumberArray& seconds) {
  EnumArray<AcceleratorState, double, kAcceleratorStates> by_state;
  for (std::size_t i = 0; i < seconds.values.size(); ++i) {
    by_state.values[i % kAcceleratorStates] += seconds.values[i];
  }
  return by_state;
}

/// What share of the time of all accelerators was batch steps.
double busy_share(const std::string& path) {
  const auto by_state = seconds_by_state(read_numbers(path, "timeseries/accelerator_time_s"));
  const auto in = [&](AcceleratorState state) { return by_state[state]; };
  double all = 0.0;
  for (const double seconds : by_state) {
    all += seconds;
  }
  const double busy = in(AcceleratorState::prefill) + in(AcceleratorState::decode) + in(AcceleratorState::mixed);
  return all > 0.0 ? busy / all : std::numeric_limits<double>::quiet_NaN();
}

/// Refuses a volume that the fleet of the run could not serve with the batches that it had.
void check_volume(const CommandLine& line, const BillAnswer& answer, double volume) {
  const double own = answer.unit.requests_per_month;
  const double most = own / answer.busy_share;
  if (line.has("scale-fleet") || !(volume > most)) {
    return;
  }
  constexpr int kDigits = 3;
  throw InputError(
      fmt::format("--volume: {} requests a month are {} times what the run served, and its accelerators, busy {} % of "
                  "the time, would be busy all the time at {}; expected at most that, `--scale-fleet` for the price of "
                  "a fleet that is {} times as large, or a run at that rate (`idlewatt size` finds its fleet)",
                  rounded(volume, kDigits), rounded(volume / own, kDigits), rounded(100.0 * answer.busy_share, kDigits),
                  rounded(most, kDigits), rounded(volume / own, kDigits)));
}

std::vector<TrainingEnergy> training_of(const std::vector<ProvenanceEntry>& figures) {
  std::vector<TrainingEnergy> all;
  for (const ProvenanceEntry& figure : figures) {
    if (const auto model = entry_of(figure.path, "models", "training")) {
      all.push_back({.model = *model, .mwh = figure.value, .low_mwh = figure.low, .high_mwh = figure.high});
    }
  }
  return all;
}

std::vector<RentRange> rent_ranges(const std::vector<ProvenanceEntry>& figures) {
  std::vector<RentRange> all;
  for (const ProvenanceEntry& figure : figures) {
    if (const auto type = entry_of(figure.path, "servers", "rent"); type && figure.low < figure.high) {
      all.push_back({.type = *type, .low_usd_per_h = figure.low, .high_usd_per_h = figure.high});
    }
  }
  return all;
}

/// Of a fleet of one kind of server; nothing for a mixed one.
std::optional<PoweredTime> powered_time(const std::string& path, const MeteredRun& run) {
  PoweredTime time;
  double servers = 0.0;
  for (const MeteredServers& metered : run.meter.servers) {
    if (!time.server.empty() && time.server != metered.type) {
      return std::nullopt;
    }
    time.server = metered.type;
    servers += static_cast<double>(metered.count);
  }
  const std::string begin = "accelerators.";
  for (const ProvenanceEntry& figure : run.figures) {
    if (figure.path.starts_with(begin)) {
      time.accelerator = figure.path.substr(begin.size(), figure.path.rfind('.') - begin.size());
      break;
    }
  }
  const NumberArray seconds = read_numbers(path, "timeseries/accelerator_time_s");
  const auto by_state = seconds_by_state(seconds);
  const auto in = [&](AcceleratorState state) { return by_state[state]; };
  time.idle_empty_s = in(AcceleratorState::idle_empty) + in(AcceleratorState::booting);
  time.idle_loaded_s = in(AcceleratorState::idle_loaded);
  time.parked_s = in(AcceleratorState::parked);
  time.loading_s = in(AcceleratorState::loading);
  time.busy_s = in(AcceleratorState::prefill) + in(AcceleratorState::decode) + in(AcceleratorState::mixed);
  // Accelerators follow their server: they are off when it is.
  const double powered_s = time.idle_empty_s + time.idle_loaded_s + time.parked_s + time.loading_s + time.busy_s;
  const double installed = run.result.summary.accelerator_hours * 3600.0 / run.result.summary.horizon_s;
  time.server_on_s = installed > 0.0 ? powered_s * servers / installed : 0.0;
  return seconds.shape.size() == 3 && seconds.shape[2] == kAcceleratorStates ? std::optional(time) : std::nullopt;
}

/// Costs that the bill leaves out.
std::vector<std::string> left_out(const Meter& meter, const Tariff& tariff) {
  std::string owned;
  for (const MeteredServers& servers : meter.servers) {
    owned += servers.rented ? "" : (owned.empty() ? "" : ", ") + std::to_string(servers.count) + " x " + servers.type;
  }
  if (owned.empty() || tariff.capital) {
    return {};
  }
  return {"The bill leaves out the purchase of owned servers: " + owned + ". `site.ownership={prices: {TYPE: ... " +
          tariff.currency + "}, lifetime: 5 y}` counts it."};
}

BillAnswer answer_of(const CommandLine& line, const std::string& path) {
  BillAnswer answer;
  answer.run = read_metered_run(path);
  answer.set = line.values("set");
  answer.tariff = reprice(answer.run.site, answer.run.series, answer.run.meter, answer.set, path + ": site",
                          catalogue_prices(answer.run.figures));
  answer.bill = make_bill(answer.run.meter, answer.tariff);
  answer.notes = left_out(answer.run.meter, answer.tariff);
  answer.summary = answer.run.result.summary;
  fill_from_bill(answer.run.meter, answer.tariff, answer.bill, answer.summary);
  answer.unit = unit_costs(answer.summary);
  answer.busy_share = busy_share(path);
  const std::optional<double> volume = given_volume(line);
  if (volume) {
    check_volume(line, answer, *volume);
  }
  answer.own_pace = !volume;
  answer.month = month_of(answer.unit, volume.value_or(answer.unit.requests_per_month));
  if (const std::optional<std::string> text = line.value("price-per-million")) {
    std::string problem;
    const std::optional<Money> price = parse_money(*text, Dimension::money, problem);
    if (!price) {
      throw InputError("--price-per-million: " + problem);
    }
    if (price->currency != answer.tariff.currency) {
      throw InputError(fmt::format("--price-per-million: `{}` is in {}, and the bill in {}; expected a price in {}",
                                   *text, price->currency, answer.tariff.currency, answer.tariff.currency));
    }
    answer.margin = margin_at(answer.unit, price->value);
  }
  constexpr double usual_saving = 0.15;
  answer.cheaper = with_cheaper_energy(answer.bill, answer.unit,
                                       given(line, "energy-saving", Dimension::share).value_or(usual_saving));
  answer.training = training_of(answer.run.figures);
  if (line.has("tornado")) {
    constexpr double usual_spread = 0.2;
    answer.spread = given(line, "spread", Dimension::share).value_or(usual_spread);
    const std::optional<PoweredTime> time = powered_time(path, answer.run);
    const std::vector<PowerRange> powers = time ? power_ranges(*time, answer.run.figures) : std::vector<PowerRange>{};
    answer.swings = tornado(answer.run.meter, answer.tariff, rent_ranges(answer.run.figures), powers, answer.spread);
  }
  return answer;
}

}  // namespace

std::vector<std::string> costs_left_out(const MeteredRun& run, const std::string& path) {
  const Tariff tariff = reprice(run.site, run.series, run.meter, {}, path + ": site", catalogue_prices(run.figures));
  return left_out(run.meter, tariff);
}

namespace {

/// The bill as it was, shared out.
std::string shared_out(const CommandLine& line, const std::string& path, const std::string& word) {
  const BillBy by = bill_by(word);
  for (const char* other : {"volume", "scale-fleet", "price-per-million", "energy-saving", "tornado"}) {
    if (line.has(other)) {
      throw InputError(fmt::format("idlewatt bill: `--by` does not go with `--{}`", other));
    }
  }
  if (!line.values("set").empty()) {
    throw InputError("idlewatt bill: `--by` shares the bill of the run itself; with another tariff, simulate again");
  }
  const AttributedRun run = read_attributed_run(path);
  return line.has("json")  ? bill_by_json(run, by)
         : line.has("csv") ? bill_by_csv(run, by)
                           : bill_by_text(run, by, style_of_stdout());
}

ExitStatus execute(const CommandLine& line) {
  if (line.has("csv") && line.has("json")) {
    throw InputError("idlewatt bill: only one of `--csv` and `--json` at a time");
  }
  if (line.has("scale-fleet") && !line.has("volume")) {
    throw InputError("idlewatt bill: `--scale-fleet` goes with `--volume`");
  }
  if (line.has("spread") && !line.has("tornado")) {
    throw InputError("idlewatt bill: `--spread` goes with `--tornado`");
  }
  const std::string path = line.positional();
  if (!std::filesystem::exists(path)) {
    throw InputError(path + ": no such file");
  }
  if (const std::optional<std::string> by = line.value("by")) {
    std::cout << shared_out(line, path, *by);
    return ExitStatus::ok;
  }
  const BillAnswer answer = answer_of(line, path);
  if (line.has("csv")) {
    for (const std::string& note : answer.notes) {
      std::cerr << note << "\n";
    }
  }
  std::cout << (line.has("json")  ? bill_json(answer)
                : line.has("csv") ? bill_csv(answer)
                                  : bill_text(answer, style_of_stdout()));
  return ExitStatus::ok;
}

}  // namespace

Command bill_command() {
  return {
      {.name = "bill",
       .summary = "Price a finished run, under its own tariff or another, without simulating it again.",
       .positional = "RUN.h5",
       .options = {{.name = "set",
                    .argument = "PATH=VALUE",
                    .help = "change the site, e.g. \"site.electricity=0.2 USD/kWh\"; may be repeated",
                    .repeatable = true},
                   {.name = "by",
                    .argument = "WHOM",
                    .help = "whose energy and money it was: by `pool`, `tenant` or `model`"},
                   {.name = "volume",
                    .argument = "REQUESTS",
                    .help = "requests a month, such as 10M (default: at the run's own pace)"},
                   {.name = "scale-fleet",
                    .help = "with --volume: price a fleet that is larger in proportion, where the run's is too small"},
                   {.name = "price-per-million",
                    .argument = "PRICE",
                    .help = "selling price of a million output tokens, such as \"0.60 USD\": shows the margin"},
                   {.name = "energy-saving",
                    .argument = "SHARE",
                    .help = "what cheaper energy is worth to a provider (default: 15 %)"},
                   {.name = "tornado", .help = "show how far the bill moves with each thing that it rests on"},
                   {.name = "spread", .argument = "SHARE", .help = "of --tornado: down and up (default: 20 %)"},
                   {.name = "csv", .help = "print comma-separated values: every digit"},
                   {.name = "json", .help = "print JSON: every digit, and the summary at this tariff"}},
       .example = "idlewatt bill out/bill/flat.h5 --set \"site.electricity=0.20 USD/kWh\" --volume 2M"},
      execute};
}

}  // namespace idlewatt
