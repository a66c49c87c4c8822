#include "cli/validate/validation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "base/statistics.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, double>, 3> kQuantiles{{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}}};
constexpr std::array<const char*, 3> kLatencies{"ttft", "tpot", "e2e"};

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double tpot_s(double ttft_s, double e2e_s, std::int32_t output_tokens) {
  return output_tokens > 1 ? (e2e_s - ttft_s) / (output_tokens - 1) : std::numeric_limits<double>::quiet_NaN();
}

/// Tokens, and the span from the first arrival to the last end.
class Throughput {
 public:
  void add(double arrival_s, double end_s, std::int64_t tokens) {
    first_s_ = std::min(first_s_, arrival_s);
    last_s_ = std::max(last_s_, end_s);
    tokens_ += static_cast<double>(tokens);
  }
  double per_s() const { return last_s_ > first_s_ ? tokens_ / (last_s_ - first_s_) : 0.0; }

 private:
  double first_s_ = std::numeric_limits<double>::infinity();
  double last_s_ = 0.0;
  double tokens_ = 0.0;
};

void add_statistics(Validation& validation) {
  for (const LatencyPair& latency : validation.latencies) {
    validation.statistics.push_back({latency.name, "mean", mean(latency.measured), mean(latency.predicted)});
    for (const auto& [name, share] : kQuantiles) {
      validation.statistics.push_back(
          {latency.name, name, quantile(latency.measured, share), quantile(latency.predicted, share)});
    }
  }
}

std::string signed_percent(double share) {
  return (share < 0.0 ? "-" : "+") + rounded(100.0 * std::abs(share), 3) + " %";
}

std::vector<std::string> words_of_limit(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  return words;
}

}  // namespace

Validation compare(const std::vector<MeasuredRequest>& measured, const std::vector<RequestRecord>& records,
                   std::size_t skipped) {
  Validation validation;
  std::vector<LatencyPair> pairs{{"ttft", "TTFT", {}, {}}, {"tpot", "TPOT", {}, {}}, {"e2e", "end to end", {}, {}}};
  const auto add = [](LatencyPair& pair, double was, double is) {
    if (std::isfinite(was) && std::isfinite(is) && was > 0.0) {
      pair.measured.push_back(was);
      pair.predicted.push_back(is);
    }
  };
  Throughput was;
  Throughput is;
  for (std::size_t i = skipped; i < measured.size(); ++i) {
    const MeasuredRequest& request = measured[i];
    const auto found = std::lower_bound(records.begin(), records.end(), static_cast<std::int64_t>(i),
                                        [](const RequestRecord& record, std::int64_t id) { return record.id < id; });
    ++validation.measured_requests;
    if (std::isfinite(request.times.e2e_s)) {
      was.add(to_seconds(request.arrival), to_seconds(request.arrival) + request.times.e2e_s, request.output_tokens);
    }
    if (found == records.end() || found->id != static_cast<std::int64_t>(i) || found->outcome != Outcome::served) {
      continue;
    }
    ++validation.predicted_requests;
    const double ttft_s = to_seconds(found->first_token - found->arrival);
    const double e2e_s = to_seconds(found->end - found->arrival);
    is.add(to_seconds(found->arrival), to_seconds(found->end), found->output_tokens);
    add(pairs[0], request.times.ttft_s, ttft_s);
    add(pairs[1], tpot_s(request.times.ttft_s, request.times.e2e_s, request.output_tokens),
        tpot_s(ttft_s, e2e_s, found->output_tokens));
    add(pairs[2], request.times.e2e_s, e2e_s);
  }
  validation.measured_output_tps = was.per_s();
  validation.predicted_output_tps = is.per_s();
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(validation.latencies),
               [](const LatencyPair& pair) { return !pair.measured.empty(); });
  if (validation.latencies.empty()) {
    throw InputError("nothing to compare: no request that is left was measured and answered in the simulation");
  }
  add_statistics(validation);
  return validation;
}

RequestErrors request_errors(const LatencyPair& latency) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < latency.measured.size(); ++i) {
    errors.push_back(std::abs(latency.predicted[i] / latency.measured[i] - 1.0));
  }
  return {quantile(errors, 0.5), quantile(errors, 0.9)};
}

std::vector<ErrorLimit> parse_error_limits(const std::string& text) {
  std::vector<ErrorLimit> limits;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string part = text.substr(start, end - start);
    const std::vector<std::string> words = words_of_limit(part);
    start = end + 1;
    if (words.empty()) {
      continue;
    }
    std::string problem;
    const auto share = words.size() < 3
                           ? std::nullopt
                           : parse_quantity(part.substr(part.find(words[2], part.find(words[1]) + words[1].size())),
                                            Dimension::share, problem);
    const bool known =
        words.size() >= 3 && std::find(kLatencies.begin(), kLatencies.end(), words[0]) != kLatencies.end() &&
        (words[1] == "mean" ||
         std::any_of(kQuantiles.begin(), kQuantiles.end(), [&](const auto& one) { return words[1] == one.first; }));
    if (!known || !share) {
      throw InputError("--within: `" + part.substr(part.find_first_not_of(' ')) +
                       "` is no limit; expected a latency (ttft, tpot, e2e), a statistic (mean, p50, p90, p99) and an "
                       "error, such as `ttft p50 20 %`");
    }
    limits.push_back({words[0] + " " + words[1] + " " + compact(100.0 * *share, 4) + " %", words[0], words[1], *share});
  }
  return limits;
}

std::vector<ErrorLimit> exceeded(const Validation& validation, const std::vector<ErrorLimit>& limits) {
  std::vector<ErrorLimit> found;
  for (const ErrorLimit& limit : limits) {
    const auto statistic = std::find_if(
        validation.statistics.begin(), validation.statistics.end(),
        [&](const ComparedStatistic& one) { return one.latency == limit.latency && one.statistic == limit.statistic; });
    if (statistic == validation.statistics.end() || std::abs(statistic->error()) > limit.share) {
      found.push_back(limit);
    }
  }
  return found;
}

std::string validation_text(const Validation& validation, const std::vector<ErrorLimit>& limits) {
  constexpr std::size_t label = 20;
  constexpr std::size_t column = 13;
  const auto row = [](const std::string& name, const std::string& was, const std::string& is, const std::string& off) {
    return left_aligned("  " + name, label) + right_aligned(was, column) + right_aligned(is, column) +
           right_aligned(off, column) + "\n";
  };
  std::string text = left_aligned("", label) + right_aligned("measured", column) + right_aligned("predicted", column) +
                     right_aligned("error", column) + "\n";
  text += row("answered", grouped(validation.measured_requests), grouped(validation.predicted_requests), "");
  if (validation.measured_output_tps > 0.0) {
    text +=
        row("output tokens/s", rounded(validation.measured_output_tps, 4), rounded(validation.predicted_output_tps, 4),
            signed_percent(validation.predicted_output_tps / validation.measured_output_tps - 1.0));
  }
  for (const LatencyPair& latency : validation.latencies) {
    text += latency.label + "\n";
    for (const ComparedStatistic& one : validation.statistics) {
      if (one.latency == latency.name) {
        text += row(one.statistic, amount(one.measured, "s"), amount(one.predicted, "s"), signed_percent(one.error()));
      }
    }
    const RequestErrors errors = request_errors(latency);
    text += "  single requests: median error " + rounded(100.0 * errors.median, 3) + " %, nine in ten within " +
            rounded(100.0 * errors.p90, 3) + " %\n";
  }
  for (const ErrorLimit& limit : exceeded(validation, limits)) {
    text += "Not within " + limit.text + "\n";
  }
  return text;
}

nlohmann::ordered_json validation_json(const Validation& validation, const std::vector<ErrorLimit>& limits) {
  Json json{{"measured_requests", validation.measured_requests}, {"predicted_requests", validation.predicted_requests}};
  json["measured_output_tokens_per_s"] = validation.measured_output_tps;
  json["predicted_output_tokens_per_s"] = validation.predicted_output_tps;
  json["statistics"] = Json::array();
  for (const ComparedStatistic& one : validation.statistics) {
    json["statistics"].push_back({{"latency", one.latency},
                                  {"statistic", one.statistic},
                                  {"measured_s", one.measured},
                                  {"predicted_s", one.predicted},
                                  {"error", one.error()}});
  }
  json["single_requests"] = Json::object();
  for (const LatencyPair& latency : validation.latencies) {
    const RequestErrors errors = request_errors(latency);
    json["single_requests"][latency.name] = {{"median_error", errors.median}, {"p90_error", errors.p90}};
  }
  json["not_within"] = Json::array();
  for (const ErrorLimit& limit : exceeded(validation, limits)) {
    json["not_within"].push_back(limit.text);
  }
  return json;
}

}  // namespace idlewatt
