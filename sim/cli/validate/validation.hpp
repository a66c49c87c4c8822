// Measured requests compared with predicted ones: the errors of the prediction.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "ledger/recorder.hpp"
#include "traffic/measured.hpp"

namespace idlewatt {

/// One latency of all requests, measured and predicted, in seconds.
struct LatencyPair {
  std::string name;               ///< "ttft"
  std::string label;              ///< "TTFT"
  std::vector<double> measured;   ///< requests that have both values
  std::vector<double> predicted;  ///< of the same requests, in the same order
};

/// A statistic of a latency, measured and predicted.
struct ComparedStatistic {
  std::string latency;    ///< "ttft"
  std::string statistic;  ///< "mean", "p50", "p90", "p99"
  double measured = 0.0;  ///< seconds
  double predicted = 0.0;

  double error() const { return predicted / measured - 1.0; }
};

/// The comparison of a measurement with its prediction.
struct Validation {
  std::int64_t measured_requests = 0;   ///< number of answered requests in the measurement
  std::int64_t predicted_requests = 0;  ///< number of these that were answered in the simulation
  double measured_output_tps = 0.0;     ///< output tokens per second, from the first arrival to the last end
  double predicted_output_tps = 0.0;
  std::vector<LatencyPair> latencies;         ///< TTFT, TPOT and end to end, as far as they were measured
  std::vector<ComparedStatistic> statistics;  ///< mean, p50, p90, p99 of each latency
};

/// Compares request by request: record i belongs to measured request i. The first `skipped` requests, which may have
/// met a cold server, are left out everywhere. TPOT is of requests with two tokens or more. Quantiles are those of
/// base/statistics.hpp, as load tests compute them (numpy). Throws InputError when no request is left.
Validation compare(const std::vector<MeasuredRequest>& measured, const std::vector<RequestRecord>& records,
                   std::size_t skipped);

/// The median and the 90 % quantile of the relative errors of single requests.
struct RequestErrors {
  double median = 0.0;
  double p90 = 0.0;
};
RequestErrors request_errors(const LatencyPair& latency);

/// A limit on the error of a statistic.
struct ErrorLimit {
  std::string text;       ///< "ttft p50 20 %"
  std::string latency;    ///< "ttft"
  std::string statistic;  ///< "p50"
  double share = 0.0;
};

/// Parses limits such as "ttft p50 20 %, tpot mean 10 %". Throws InputError.
std::vector<ErrorLimit> parse_error_limits(const std::string& text);

/// The limits that are exceeded, or whose statistic was not measured.
std::vector<ErrorLimit> exceeded(const Validation& validation, const std::vector<ErrorLimit>& limits);

std::string validation_text(const Validation& validation, const std::vector<ErrorLimit>& limits);
nlohmann::ordered_json validation_json(const Validation& validation, const std::vector<ErrorLimit>& limits);

}  // namespace idlewatt
