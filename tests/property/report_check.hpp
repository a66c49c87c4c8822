// Compares what a replica reported with what the oracle saw.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/report.hpp"
#include "engine/sequence.hpp"
#include "property/step_oracle.hpp"

namespace idlewatt {

/// Keeps every report.
class Reports final : public ReplicaObserver {
 public:
  void worked(const Work& work) override { work_.push_back(work); }
  void finished(Finished&& finished) override { finished_.push_back(std::move(finished)); }
  void handed_over(HandOver&& handed) override {
    handed_.push_back(to_finished(std::move(handed.request), handed.progress, handed.at));
  }

  const std::vector<Work>& work() const { return work_; }
  const std::vector<Finished>& finished() const { return finished_; }
  const std::vector<Finished>& handed() const { return handed_; }

 private:
  std::vector<Work> work_;
  std::vector<Finished> finished_;
  std::vector<Finished> handed_;
};

/// Every field, in the same order; energy to one femtojoule per step. The differences, or an empty text.
std::string compare_finished(const std::vector<Finished>& got, const std::vector<OracleFinished>& expected);

/// The pieces of work must cover the steps up to `until` once, in order: exactly the same time and energy (pro rata
/// inside a step, rounded down), kind, sequences, and tokens of the steps that ended in each piece; hence the same
/// totals.
std::string compare_work(const std::vector<Work>& got, const std::vector<OracleStep>& steps, Ticks until);

}  // namespace idlewatt
