// `idlewatt trace stats`: what a trace is like.
#include <cmath>
#include <fmt/core.h>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/text.hpp"
#include "cli/trace/copy.hpp"
#include "cli/trace/options.hpp"
#include "traffic/statistics.hpp"

namespace idlewatt {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kQuantiles[] = {0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0};
constexpr const char* kQuantileNames[] = {"min", "p25", "p50", "p75", "p90", "p95", "p99", "max"};
constexpr int kDigits = 3;

Json tokens_json(const TokenHistogram& tokens) {
  Json json;
  json["total"] = tokens.sum();
  json["mean"] = tokens.mean();
  for (std::size_t i = 0; i < std::size(kQuantiles); ++i) {
    json[kQuantileNames[i]] = tokens.quantile(kQuantiles[i]);
  }
  return json;
}

Json reuse_json(const KeyReuse& keys) {
  return {{"count", keys.count()}, {"repeat_rate", json_number(keys.repeat_rate())}};
}

/// Of what rates are means: from time 0 to the last arrival; 0 where no rate follows, all arrivals being one.
Ticks length_of(const TrafficStatistics& statistics) {
  return statistics.first_arrival() == statistics.last_arrival() ? 0 : statistics.last_arrival();
}

Json to_json(const TrafficStatistics& statistics, const TraceFile& trace) {
  const Ticks end = length_of(statistics);
  Json json;
  json["trace"] = trace.path;
  json["recognised"] = trace.notes->recognised();
  json["notes"] = trace.notes->all();
  json["requests"] = statistics.count();
  json["skipped_bad_rows"] = trace.skipped->bad;
  json["skipped_zero_tokens"] = trace.skipped->zero_tokens;
  json["first_arrival_s"] = to_seconds(statistics.first_arrival());
  json["last_arrival_s"] = to_seconds(statistics.last_arrival());
  json["mean_rate_rps"] = json_number(statistics.mean_rate_rps(end));
  json["peak_to_mean_1s"] = json_number(statistics.peak_to_mean_1s(end));
  json["peak_to_mean_10s"] = json_number(statistics.peak_to_mean_10s(end));
  json["peak_to_mean_1min"] = json_number(statistics.peak_to_mean_1min(end));
  json["interarrival_cv"] = json_number(statistics.gap_cv());
  json["dispersion_1min"] = json_number(statistics.dispersion_1min());
  json["prompt_tokens"] = tokens_json(statistics.prompt_tokens());
  json["output_tokens"] = tokens_json(statistics.output_tokens());
  Json hours = Json::array();
  for (const double rate : statistics.hour_rates_rps()) {
    hours.push_back(json_number(rate));
  }
  json["hour_rates_rps"] = std::move(hours);
  json["semantic_keys"] = reuse_json(statistics.semantic_keys());
  json["sessions"] = reuse_json(statistics.sessions());
  json["prefix_blocks"] = reuse_json(statistics.prefix_blocks());
  json["block_tokens"] = statistics.block_tokens() == 0 ? Json(nullptr) : Json(statistics.block_tokens());
  json["waiting_requests"] = statistics.waiting();
  return json;
}

void print_row(const std::string& name, const std::string& value) {
  constexpr std::size_t width = 25;
  std::cout << fmt::format("  {} {}\n", left_aligned(name, width), value);
}

void print_tokens(const std::string& name, const TokenHistogram& tokens) {
  std::string text = "mean " + rounded(tokens.mean(), kDigits);
  for (std::size_t i = 0; i < std::size(kQuantiles); ++i) {
    text += fmt::format(", {} {}", kQuantileNames[i], grouped(std::llround(tokens.quantile(kQuantiles[i]))));
  }
  print_row(name, text);
}

void print_reuse(const std::string& name, const KeyReuse& keys, const std::string& had) {
  if (keys.count() > 0) {
    print_row(name, fmt::format("{}, {} % of them {}", grouped(keys.count()),
                                rounded(100.0 * keys.repeat_rate(), kDigits), had));
  }
}

void print_table(const TrafficStatistics& statistics, const TraceFile& trace) {
  const Ticks end = length_of(statistics);
  std::cout << trace.path << "\n";
  print_row("requests", grouped(statistics.count()));
  print_row("first and last arrival",
            arrival_text(statistics.first_arrival()) + ", " + arrival_text(statistics.last_arrival()));
  if (end > 0) {
    print_row("mean rate", rounded(statistics.mean_rate_rps(end), kDigits) + " requests/s");
    print_row("peak to mean",
              fmt::format("{} in 1 s, {} in 10 s, {} in 1 min", rounded(statistics.peak_to_mean_1s(end), kDigits),
                          rounded(statistics.peak_to_mean_10s(end), kDigits),
                          rounded(statistics.peak_to_mean_1min(end), kDigits)));
  } else {
    print_row("mean rate", "none: all requests arrive at one instant");
  }
  if (statistics.waiting() > 0) {
    print_row("wait for answers", grouped(statistics.waiting()) + " (their arrivals are the earliest possible)");
  }
  print_row("inter-arrival CV", rounded(statistics.gap_cv(), kDigits) + " (Poisson: 1)");
  print_row("dispersion at 1 min", rounded(statistics.dispersion_1min(), kDigits) + " (Poisson: 1)");
  print_tokens("prompt tokens", statistics.prompt_tokens());
  print_tokens("output tokens", statistics.output_tokens());
  std::string hours;
  for (const double rate : statistics.hour_rates_rps()) {
    hours += (hours.empty() ? "" : " ") + (std::isnan(rate) ? std::string("-") : rounded(rate, 2));
  }
  print_row("requests/s by hour of day", hours);
  print_reuse("semantic keys", statistics.semantic_keys(), "asked before");
  print_reuse("requests in sessions", statistics.sessions(), "not the first of theirs");
  print_reuse("prefix blocks", statistics.prefix_blocks(), "seen before");
  if (statistics.block_tokens() > 0) {
    print_row("tokens a prefix block", grouped(statistics.block_tokens()));
  }
}

ExitStatus stats(const CommandLine& line) {
  const TraceFile trace = trace_file(line, line.positional());
  TrafficStatistics statistics;
  const std::unique_ptr<TraceReader> reader = open_trace_file(trace);
  if (!for_each_request(*reader, [&](const Request& request) { statistics.add(request); })) {
    std::cerr << "interrupted after " << counted(statistics.count(), "request", "requests") << "\n";
    return ExitStatus::interrupted;
  }
  print_skipped(trace);
  if (line.has("json")) {
    std::cout << json_text(to_json(statistics, trace));
  } else {
    print_table(statistics, trace);
  }
  return ExitStatus::ok;
}

}  // namespace

Command trace_stats_command() {
  std::vector<OptionSpec> options = reading_options();
  options.push_back({.name = "json", .help = "print the figures as JSON, and nothing else"});
  return {{.name = "trace stats",
           .summary = "Say what a trace is like: rates, bursts, token lengths, reuse.",
           .positional = "FILE",
           .options = std::move(options),
           .example = "idlewatt trace stats BurstGPT_1.csv --json"},
          stats};
}

}  // namespace idlewatt
