// The description of the family of policies in this folder.
#pragma once

#include <vector>

#include "policy/idle/idle.hpp"
#include "policy/plugin_api.hpp"

namespace idlewatt {

struct IdleFamily {
  using Policy = IdlePolicy;
  static constexpr const char* name = "idle";             ///< name in lists
  static constexpr const char* path = "pools.NAME.idle";  ///< place where a scenario chooses a policy
  static constexpr const char* question = "What becomes of replicas and servers that have nothing to do?";
  static constexpr const char* kind = "idle policy";  ///< name of one policy in messages
  /// The list of a plug-in's or a Python class's policies of the family.
  static constexpr auto from_outside = &PluginPolicies::idle;
  /// What the policies see.
  using Shows = ShownViews<RestCosts, RestCost, IdleView, WakeView>;
  /// The built-in policies, in the order in which they are listed to users. The first is the default.
  static std::vector<IdleDeclaration> built_in();
};

// Each declaration stands in the source file of its name.
IdleDeclaration declare_always_on();
IdleDeclaration declare_park();
IdleDeclaration declare_unload_after();
IdleDeclaration declare_sleep_after();
IdleDeclaration declare_power_off_after();
IdleDeclaration declare_break_even();
IdleDeclaration declare_idle_histogram();
IdleDeclaration declare_clairvoyant_idle();

}  // namespace idlewatt
