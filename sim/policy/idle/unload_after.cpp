// Idle power `unload-after`: unloads the model of a replica that has idled for a while; its server stays on.
#include "policy/idle/timeout.hpp"
#include "policy/table.hpp"

namespace idlewatt {

IdleDeclaration declare_unload_after() {
  constexpr bool kPowersOff = false;
  return {{"unload-after", "unloads the model of a replica that has idled for a while; its server stays on",
           idle_timeout_parameters(kPowersOff)},
          [](const Parameters& p) { return make_idle_timeout(p, IdleAction::unload, kPowersOff); }};
}

}  // namespace idlewatt
