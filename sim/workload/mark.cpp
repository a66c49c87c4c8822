#include "workload/mark.hpp"

#include <utility>

namespace idlewatt {
namespace {

class MarkedReader final : public TraceReader {
 public:
  MarkedReader(std::unique_ptr<TraceReader> trace, const QueryMarks& marks) : trace_(std::move(trace)), marks_(marks) {}

  bool next(Query& query) override {
    if (!trace_->next(query)) {
      return false;
    }
    query.tenant = marks_.tenant.value_or(query.tenant);
    query.priority = marks_.priority.value_or(query.priority);
    if (marks_.deadline) {
      query.deadline_class = DeadlineClass::deferrable;
      // One that lies beyond simulated time is never missed.
      query.deadline = query.arrival < kNever - *marks_.deadline ? query.arrival + *marks_.deadline : kNever;
    }
    return true;
  }

 private:
  std::unique_ptr<TraceReader> trace_;
  QueryMarks marks_;
};

}  // namespace

std::unique_ptr<TraceReader> mark(std::unique_ptr<TraceReader> trace, const QueryMarks& marks, std::uint64_t seed,
                                  const std::string& name) {
  if (marks.tenant || marks.priority || marks.deadline) {
    trace = std::make_unique<MarkedReader>(std::move(trace), marks);
  }
  return marks.semantics ? give_meaning(std::move(trace), *marks.semantics, seed, name) : std::move(trace);
}

}  // namespace idlewatt
