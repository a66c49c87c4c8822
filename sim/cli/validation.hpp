// Measured requests beside predicted ones: how far off the prediction is.
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
  std::vector<double> measured;   ///< of requests that have both
  std::vector<double> predicted;  ///< same size, same order
};

/// A statistic of a latency, measured and predicted.
struct ComparedStatistic {
  std::string latency;    ///< "ttft"
  std::string statistic;  ///< "mean", "p50", "p90", "p99"
  double measured = 0.0;  ///< seconds
  double predicted = 0.0;

  double error() const { return predicted / measured - 1.0; }
};

struct Validation {
  std::int64_t measured_requests = 0;   ///< that were answered
  std::int64_t predicted_requests = 0;  ///< of them, answered in the simulation
  double measured_output_tps = 0.0;     ///< output tokens per second, from the first arrival to the last end
  double predicted_output_tps = 0.0;
  std::vector<LatencyPair> latencies;         ///< TTFT, TPOT, end to end: those that were measured
  std::vector<ComparedStatistic> statistics;  ///< of each latency: mean, p50, p90, p99
};

/// Compares request by request: the i-th record is that of the i-th measured request. The first `skipped` requests,
/// which may have met a cold server, are left out of everything. TPOT is of requests with two tokens or more. Quantiles
/// are those of base/statistics.hpp, as load tests compute them (numpy). Throws InputError where nothing is left.
Validation compare(const std::vector<MeasuredRequest>& measured, const std::vector<RequestRecord>& records,
                   std::size_t skipped);

/// The median of the relative errors of single requests, and the share below which nine in ten are.
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

/// "ttft p50 20 %, tpot mean 10 %". Throws InputError.
std::vector<ErrorLimit> parse_error_limits(const std::string& text);

/// The limits that are exceeded, or whose statistic was not measured.
std::vector<ErrorLimit> exceeded(const Validation& validation, const std::vector<ErrorLimit>& limits);

std::string validation_text(const Validation& validation, const std::vector<ErrorLimit>& limits);
nlohmann::ordered_json validation_json(const Validation& validation, const std::vector<ErrorLimit>& limits);

}  // namespace idlewatt
