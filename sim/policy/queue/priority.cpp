// Queue order `priority`: the highest priority first (vLLM's `--scheduling-policy priority`, with its sign turned:
// there the lowest number goes first). A request that runs is put aside for a more urgent one only where KV blocks run
// out: then the least urgent one that runs is preempted, of equals the one that arrived last.
#include "policy/queue/queue.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Priority final : public QueuePolicy {
 public:
  QueuePlace place(const Request& request) const override { return {.rank = -std::int64_t{request.priority}}; }
  bool preempts_by_rank() const override { return true; }
};

}  // namespace

QueueDeclaration declare_priority() {
  return {{"priority",
           "the request of the highest `priority` first; equals by arrival. Where KV memory runs out, the running "
           "request of the lowest `priority` is preempted",
           {}},
          [](const Parameters&) { return std::make_unique<Priority>(); }};
}

}  // namespace idlewatt
