// Idle power `sleep-after`: puts the weights of a replica that has idled for a while to host memory; back in seconds.
#include "policy/idle/timeout.hpp"
#include "policy/table.hpp"

namespace idlewatt {

IdleDeclaration declare_sleep_after() {
  constexpr bool kPowersOff = false;
  return {{"sleep-after", "puts the weights of a replica that has idled for a while to host memory; back in seconds",
           idle_timeout_parameters(kPowersOff)},
          [](const Parameters& p) { return make_idle_timeout(p, IdleAction::sleep, kPowersOff); }};
}

}  // namespace idlewatt
