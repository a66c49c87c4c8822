// Idle power `always-on`: the model stays loaded, the accelerator waits at its idle_loaded power.
#include "policy/idle/idle.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class AlwaysOn final : public IdlePolicy {
 public:
  IdleDecision replica_idle(const IdleView&) override { return {}; }
  EmptyServerDecision server_empty(const IdleView&) override { return {}; }
  bool wake(const WakeView&) override { return false; }
  bool starts_off() const override { return false; }
  Ticks shortest_wait() const override { return kNever; }
};

}  // namespace

IdleDeclaration declare_always_on() {
  return {{"always-on", "keeps every replica loaded and every server on, however long they idle", {}},
          [](const Parameters&) { return std::make_unique<AlwaysOn>(); }};
}

}  // namespace idlewatt
