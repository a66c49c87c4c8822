// Latencies of measured requests as the simulation predicts them, for many values of the unknowns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/calibrate/candidates.hpp"
#include "scenario/scenario.hpp"
#include "traffic/measured.hpp"

namespace idlewatt {

/// A load test: its requests, and the fleet that it measured.
struct LoadTest {
  std::string file;    ///< file name without folders
  std::string format;  ///< name of the format
  std::string day;     ///< "2026-08-15"; empty where the file does not tell
  std::vector<MeasuredRequest> measured;
  Scenario scenario;  ///< as replayed() returns it
};

/// Predicted times of the requests of all load tests, one after the other; NaN for a request without an answer.
using Prediction = std::vector<MeasuredTimes>;

/// Runs load tests in processes of their own.
class Predictor {
 public:
  /// Makes a predictor; keeps a reference to `tests`. `progress` gets the number of simulations so far.
  Predictor(const std::vector<LoadTest>& tests, std::vector<Candidate> candidates, int at_once,
            std::function<void(std::size_t)> progress);

  /// The predictions at each of the points, each a value for every candidate. Throws Error when a simulation fails, and
  /// Interrupted when the user stops it.
  std::vector<Prediction> at(const std::vector<std::vector<double>>& points);

  std::size_t simulations() const { return simulations_; }

 private:
  const std::vector<LoadTest>* tests_;
  std::vector<Candidate> candidates_;
  int at_once_;
  std::function<void(std::size_t)> progress_;
  std::size_t simulations_ = 0;
};

/// A stop that the user asked for.
struct Interrupted {};

}  // namespace idlewatt
