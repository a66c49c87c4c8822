#include "sweep/local.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include "results/result.hpp"
#include "sweep/memory.hpp"
#include "sweep/stop_signal.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {
namespace {

constexpr int kAttempts = 3;  // of a point whose process dies

class LocalRun {
 public:
  LocalRun(Sweep& grid, const SweepFolder& folder, const LocalOptions& options)
      : grid_(&grid), folder_(&folder), options_(&options) {}

  LocalOutcome run(const std::vector<std::size_t>& which, const std::function<void(const SweepProgress&)>& watch) {
    look_around(which);
    prepare_result_files();
    run_stream({.next = [this] { return next(); },
                .changed = [this](std::size_t point, const JobReport& report) { changed(point, report); },
                .watch = [&] { watch(standing()); }},
               {.at_once = options_->at_once, .may_start = [this](int) { return memory_.has_room(); }});
    outcome_.interrupted = stop_requests() > 0;
    outcome_.progress = standing();
    const auto by_point = [](const SweepFailure& a, const SweepFailure& b) { return a.point < b.point; };
    std::sort(outcome_.failures.begin(), outcome_.failures.end(), by_point);
    std::sort(outcome_.lost.begin(), outcome_.lost.end(), by_point);
    return std::move(outcome_);
  }

 private:
  const SweepPoint& at(std::size_t point) const { return grid_->points()[point]; }

  void look_around(const std::vector<std::size_t>& which) {
    counts_.points = which.size();
    for (const std::size_t point : which) {
      if (folder_->is_done(at(point))) {
        ++counts_.done;
        ++counts_.found_done;
        continue;
      }
      const auto failure = folder_->failure(at(point));
      if (failure && !options_->retry_failed) {
        ++counts_.failed;
        outcome_.failures.push_back({point, *failure});
        continue;
      }
      counts_.to_simulate_s += at(point).horizon_s;
      waiting_.push_back(point);
    }
  }

  std::optional<JobStream::Next> next() {
    while (!waiting_.empty() && outcome_.cannot_write.empty()) {
      const std::size_t point = waiting_.front();
      waiting_.pop_front();
      // From here to its end the point is ours alone: the child inherits the lock, and its death gives it back.
      std::shared_ptr<PointLock> lock;
      try {
        lock = folder_->lock(at(point));
      } catch (const Error& error) {
        outcome_.cannot_write = error.what();
        break;
      }
      if (!lock) {
        ++counts_.elsewhere;
        continue;
      }
      if (folder_->is_done(at(point))) {  // by another process, since we looked
        ++counts_.done;
        counts_.simulated_s += at(point).horizon_s;
        continue;
      }
      return JobStream::Next{point, [this, point, lock = std::move(lock)](const auto& report) {
                               RunResult result =
                                   run_recorded(grid_->scenario(at(point)), folder_->result_path(at(point)),
                                                options_->setting, report);
                               if (!result.interrupted) {
                                 lock->remove_file();
                               }
                               return result;
                             }};
    }
    return std::nullopt;
  }

  void changed(std::size_t point, const JobReport& report) {
    if (report.state == JobReport::State::running) {
      running_[point] = report.progress.simulated_s;
      return;
    }
    running_.erase(point);
    memory_.saw(report.peak_bytes);
    if (report.state == JobReport::State::done) {
      ++counts_.done;
      counts_.simulated_s += at(point).horizon_s;
      folder_->forget_failure(at(point));
      outcome_.summaries[point] = report.result.summary;
    } else if (report.state == JobReport::State::failed) {
      failed(point, report);
    }
  }

  void failed(std::size_t point, const JobReport& report) {
    if (report.died) {
      if (++deaths_[point] < kAttempts) {
        waiting_.push_back(point);
        return;
      }
      ++counts_.failed;
      outcome_.lost.push_back({point, report.message});
    } else if (report.status == ExitStatus::cannot_write) {
      outcome_.cannot_write = report.message;
    } else {
      ++counts_.failed;
      outcome_.failures.push_back({point, report.message});
      try {
        folder_->write_failure(at(point), report.message);
      } catch (const OutputError& error) {
        outcome_.cannot_write = error.what();
      }
    }
    counts_.simulated_s += at(point).horizon_s;
  }

  SweepProgress standing() const {
    SweepProgress now = counts_;
    now.running = running_.size();
    for (const auto& [point, simulated_s] : running_) {
      now.simulated_s += simulated_s;
    }
    return now;
  }

  Sweep* grid_;
  const SweepFolder* folder_;
  const LocalOptions* options_;
  std::deque<std::size_t> waiting_;
  std::map<std::size_t, double> running_;  ///< simulated seconds by point
  std::map<std::size_t, int> deaths_;
  MemoryGuard memory_;
  SweepProgress counts_;
  LocalOutcome outcome_;
};

}  // namespace

LocalOutcome run_points(Sweep& grid, const SweepFolder& folder, const std::vector<std::size_t>& which,
                        const LocalOptions& options, const std::function<void(const SweepProgress&)>& watch) {
  return LocalRun(grid, folder, options).run(which, watch);
}

}  // namespace idlewatt
