// Idle power `always-on`: the model stays loaded, the accelerator waits at its idle_loaded power.
#include "policy/idle/idle.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class AlwaysOn final : public IdlePolicy {
 public:
  IdleDecision decide(const IdleView&) override { return {.action = IdleAction::keep, .wake_at = kNever}; }
};

}  // namespace

IdleDeclaration declare_always_on() {
  return {{"always-on", "keeps every replica loaded, however long it idles", {}},
          [](const Parameters&) { return std::make_unique<AlwaysOn>(); }};
}

}  // namespace idlewatt
