// Queue order `fcfs`: first come, first served.
#include "policy/queue/queue.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Fcfs final : public QueuePolicy {
 public:
  bool first_come() const override { return true; }
  QueuePlace place(const Request&) const override { return {}; }
};

}  // namespace

QueueDeclaration declare_fcfs() {
  return {{"fcfs", "first come, first served", {}}, [](const Parameters&) { return std::make_unique<Fcfs>(); }};
}

}  // namespace idlewatt
