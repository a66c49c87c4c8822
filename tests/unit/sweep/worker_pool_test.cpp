#include "sweep/worker_pool.hpp"

#include <csignal>
#include <unistd.h>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

const auto unwatched = [](const std::vector<JobReport>&) {};

}  // namespace

TEST_CASE("results come back whole and in the order of the jobs, whoever is first") {
  std::vector<Job> jobs;
  for (int i = 0; i < 6; ++i) {
    jobs.push_back([i](const auto& report) {
      report({.simulated_s = 1.0, .horizon_s = 2.0, .requests = i});
      usleep(static_cast<useconds_t>((6 - i) * 5000));
      RunResult result;
      result.simulated_s = 100.0 + i;
      result.costs.requests = 1000 + i;
      double value = i;
      for (const Measure& measure : measures()) {
        measure.set(result.summary, value / 3.0);
        value += 1.0;
      }
      return result;
    });
  }
  const std::vector<JobReport> reports = run_jobs(jobs, 3, unwatched);
  REQUIRE(reports.size() == 6);
  for (int i = 0; i < 6; ++i) {
    const JobReport& report = reports[static_cast<std::size_t>(i)];
    CHECK(report.state == JobReport::State::done);
    CHECK(report.result.simulated_s == 100.0 + i);
    CHECK(report.progress.requests == 1000 + i);
    double value = i;
    for (const Measure& measure : measures()) {
      CHECK(measure.get(report.result.summary) == value / 3.0);
      value += 1.0;
    }
  }
}

TEST_CASE("errors keep their kind and their words, and the other jobs go on") {
  const std::vector<Job> jobs{
      [](const auto&) -> RunResult { throw InputError("trace.csv:3:1: no number"); },
      [](const auto&) -> RunResult { throw OutputError("disk full"); },
      [](const auto&) -> RunResult { throw ConservationError("a joule is missing"); },
      [](const auto&) -> RunResult {
        raise(SIGKILL);
        return {};
      },
      [](const auto&) -> RunResult { _exit(7); },
      [](const auto&) { return RunResult{}; },
  };
  const std::vector<JobReport> reports = run_jobs(jobs, 2, unwatched);
  CHECK(reports[0].status == ExitStatus::bad_input);
  CHECK(reports[0].message == "trace.csv:3:1: no number");
  CHECK(reports[1].status == ExitStatus::cannot_write);
  CHECK(reports[2].status == ExitStatus::internal);
  CHECK(reports[3].message.find("died by signal 9") != std::string::npos);
  CHECK(reports[4].message == "its process ended without a result (exit status 7)");
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(reports[i].state == JobReport::State::failed);
  }
  CHECK(reports[5].state == JobReport::State::done);
}

TEST_CASE("no more jobs run than asked for") {
  int most = 0;
  const std::vector<Job> jobs(7, [](const auto&) {
    usleep(3000);
    return RunResult{};
  });
  run_jobs(jobs, 2, [&](const std::vector<JobReport>& reports) {
    int running = 0;
    for (const JobReport& report : reports) {
      running += report.state == JobReport::State::running ? 1 : 0;
    }
    most = std::max(most, running);
  });
  CHECK(most <= 2);
}
