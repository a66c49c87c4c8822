#include "cli/calibrate/predictor.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <sys/mman.h>
#include <utility>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/validate/measured_fleet.hpp"
#include "sweep/stop_signal.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {
namespace {

/// Memory that forked processes share with their parent: what a job reports beside its summary.
class SharedTimes {
 public:
  explicit SharedTimes(std::size_t count) : bytes_(count * sizeof(MeasuredTimes)) {
    void* at = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
      throw Error("cannot get memory for the results of simulations");
    }
    times_ = {static_cast<MeasuredTimes*>(at), count};
    std::uninitialized_default_construct(times_.begin(), times_.end());
  }
  SharedTimes(const SharedTimes&) = delete;
  SharedTimes& operator=(const SharedTimes&) = delete;
  ~SharedTimes() { munmap(times_.data(), bytes_); }

  std::span<MeasuredTimes> part(std::size_t first, std::size_t count) const { return times_.subspan(first, count); }

 private:
  std::size_t bytes_;
  std::span<MeasuredTimes> times_;
};

RunResult simulate(const Scenario& scenario, std::span<MeasuredTimes> times) {
  RequestKeeper keeper;
  RunOptions options;
  options.recorder = &keeper;
  options.version = program_version();
  options.stop = &stop_requested();
  options.engine_ready = accept_stop_signals;
  RunResult result = run(scenario, options);
  for (const RequestRecord& record : keeper.take()) {
    if (record.outcome == Outcome::served && static_cast<std::size_t>(record.id) < times.size()) {
      times[static_cast<std::size_t>(record.id)] = {.ttft_s = to_seconds(record.first_token - record.arrival),
                                                    .e2e_s = to_seconds(record.end - record.arrival)};
    }
  }
  return result;
}

}  // namespace

Predictor::Predictor(const std::vector<LoadTest>& tests, std::vector<Candidate> candidates, int at_once,
                     std::function<void(std::size_t)> progress)
    : tests_(&tests), candidates_(std::move(candidates)), at_once_(at_once), progress_(std::move(progress)) {}

std::vector<Prediction> Predictor::at(const std::vector<std::vector<double>>& points) {
  std::size_t requests = 0;
  for (const LoadTest& test : *tests_) {
    requests += test.measured.size();
  }
  const SharedTimes shared(points.size() * requests);
  std::vector<Job> jobs;
  for (std::size_t point = 0; point < points.size(); ++point) {
    std::size_t first = point * requests;
    for (const LoadTest& test : *tests_) {
      const std::span<MeasuredTimes> times = shared.part(first, test.measured.size());
      first += times.size();
      jobs.emplace_back([this, &test, &x = points[point], times](const auto&) {
        Scenario scenario = test.scenario;
        scenario.catalog = std::make_shared<const Catalog>(with_unknowns(*scenario.catalog, candidates_, x));
        return simulate(scenario, times);
      });
    }
  }
  const std::vector<JobReport> reports = run_jobs(jobs, at_once_, [](const auto&) {});
  for (const JobReport& report : reports) {
    if (stop_requests() > 0) {
      throw Interrupted();
    }
    if (report.state != JobReport::State::done) {
      throw Error(report.message);
    }
  }
  simulations_ += jobs.size();
  progress_(simulations_);
  std::vector<Prediction> predictions;
  for (std::size_t point = 0; point < points.size(); ++point) {
    const std::span<MeasuredTimes> times = shared.part(point * requests, requests);
    predictions.emplace_back(times.begin(), times.end());
  }
  return predictions;
}

}  // namespace idlewatt
