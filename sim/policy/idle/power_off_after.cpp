// Idle power `power-off-after`: unloads replicas that have idled for a while, and shuts down servers left without any.
#include "policy/idle/timeout.hpp"
#include "policy/table.hpp"

namespace idlewatt {

IdleDeclaration declare_power_off_after() {
  constexpr bool kPowersOff = true;
  return {{"power-off-after", "unloads replicas that have idled for a while, and shuts down servers left without any",
           idle_timeout_parameters(kPowersOff)},
          [](const Parameters& p) { return make_idle_timeout(p, IdleAction::unload, kPowersOff); }};
}

}  // namespace idlewatt
