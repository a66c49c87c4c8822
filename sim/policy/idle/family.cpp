#include "policy/idle/family.hpp"

namespace idlewatt {

std::vector<IdleDeclaration> IdleFamily::built_in() {
  return {declare_always_on(),       declare_park(),       declare_unload_after(),   declare_sleep_after(),
          declare_power_off_after(), declare_break_even(), declare_idle_histogram(), declare_clairvoyant_idle()};
}

}  // namespace idlewatt
