// Queue order `priority`: the highest priority first (vLLM's `--scheduling-policy priority`, with its sign turned:
// there the lowest number goes first). A request that runs is never put aside for a more urgent one.
#include "policy/queue/queue.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Priority final : public QueuePolicy {
 public:
  QueuePlace place(const Request& request) const override { return {.rank = -std::int64_t{request.priority}}; }
};

}  // namespace

QueueDeclaration declare_priority() {
  return {{"priority", "the request of the highest `priority` first; equals by arrival", {}},
          [](const Parameters&) { return std::make_unique<Priority>(); }};
}

}  // namespace idlewatt
