#include "traffic/request_labels.hpp"

#include <utility>

namespace idlewatt {
namespace {

class MarkedReader final : public TraceReader {
 public:
  MarkedReader(std::unique_ptr<TraceReader> trace, const RequestLabels& marks)
      : trace_(std::move(trace)), marks_(marks) {}

  bool next(Request& request) override {
    if (!trace_->next(request)) {
      return false;
    }
    request.tenant = marks_.tenant.value_or(request.tenant);
    request.priority = marks_.priority.value_or(request.priority);
    if (marks_.deadline) {
      request.deadline_class = DeadlineClass::deferrable;
      // One that lies beyond simulated time is never missed.
      request.deadline = request.arrival < kNever - *marks_.deadline ? request.arrival + *marks_.deadline : kNever;
    }
    return true;
  }

 private:
  std::unique_ptr<TraceReader> trace_;
  RequestLabels marks_;
};

}  // namespace

std::unique_ptr<TraceReader> mark(std::unique_ptr<TraceReader> trace, const RequestLabels& marks, std::uint64_t seed,
                                  const std::string& name) {
  if (marks.tenant || marks.priority || marks.deadline) {
    trace = std::make_unique<MarkedReader>(std::move(trace), marks);
  }
  return marks.semantics ? give_meaning(std::move(trace), *marks.semantics, seed, name) : std::move(trace);
}

}  // namespace idlewatt
