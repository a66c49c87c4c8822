// The description of the family of policies in this folder.
#pragma once

#include <vector>

#include "policy/plugin_api.hpp"
#include "policy/power/power.hpp"

namespace idlewatt {

struct PowerFamily {
  using Policy = PowerPolicy;
  static constexpr const char* name = "power";  ///< name in lists
  static constexpr const char* path = "power";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "Which replica starts first when racks have power for some of them only?";
  static constexpr const char* kind = "power policy";  ///< name of one policy in messages
  /// The list of a plug-in's or a Python class's policies of the family.
  static constexpr auto from_outside = &PluginPolicies::power;
  /// What the policies see.
  using Shows = ShownViews<PowerView>;
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<PowerDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
PowerDeclaration declare_power_fifo();
PowerDeclaration declare_power_first_fit();
PowerDeclaration declare_power_priority();
PowerDeclaration declare_power_neediest();

}  // namespace idlewatt
