#include "policy/power/family.hpp"

namespace idlewatt {

std::vector<PowerDeclaration> PowerFamily::built_in() {
  return {declare_power_fifo(), declare_power_first_fit(), declare_power_priority(), declare_power_neediest()};
}

}  // namespace idlewatt
