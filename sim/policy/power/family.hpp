// What sets the policies of this folder apart as a family.
#pragma once

#include <vector>

#include "policy/power/power.hpp"

namespace idlewatt {

struct PowerFamily {
  using Policy = PowerPolicy;
  static constexpr const char* name = "power";  ///< in lists, its own
  static constexpr const char* path = "power";  ///< where a scenario chooses one
  static constexpr const char* question = "Which replica starts first when racks have power for some of them only?";
  static constexpr const char* kind = "power policy";  ///< what messages call one of its policies
  static constexpr bool from_outside = true;           ///< plug-ins and Python may bring policies of it
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<PowerDeclaration> built_in();
};

// Each stands in the file of its name.
PowerDeclaration declare_power_fifo();
PowerDeclaration declare_power_first_fit();
PowerDeclaration declare_power_priority();
PowerDeclaration declare_power_neediest();

}  // namespace idlewatt
