// What a plug-in includes: a shared library with policies of its own. README.md beside this file is the guide.
//
//     static void declare(idlewatt::PluginPolicies& policies) { policies.autoscaling.push_back(...); }
//     IDLEWATT_PLUGIN(declare)
//
// The interfaces are those of the built-in policies, in C++: build a plug-in with the compiler that built idlewatt, or
// one that is compatible with it.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/admit/admission.hpp"
#include "policy/autoscale/autoscale.hpp"
#include "policy/idle/idle.hpp"
#include "policy/pool_route/pool_route.hpp"
#include "policy/power/power.hpp"
#include "policy/route/route.hpp"

namespace idlewatt {

/// Raised whenever an interface that plug-ins see changes: a plug-in that was built for another one is not loaded.
inline constexpr std::uint32_t kPluginAbi = 3;

/// What a plug-in declares, by family.
struct PluginPolicies {
  std::vector<AutoscaleDeclaration> autoscaling;
  std::vector<IdleDeclaration> idle;
  std::vector<AdmissionDeclaration> admission;
  std::vector<RouteDeclaration> routing;
  std::vector<PoolRouteDeclaration> pool_routing;
  std::vector<PowerDeclaration> power;
};

}  // namespace idlewatt

/// The entry point, two functions of C: which interfaces the plug-in was built for, and what it declares.
#define IDLEWATT_PLUGIN(declare)                                                          \
  extern "C" __attribute__((visibility("default"))) std::uint32_t idlewatt_plugin_abi() { \
    return ::idlewatt::kPluginAbi;                                                        \
  }                                                                                       \
  extern "C" __attribute__((visibility("default"))) void idlewatt_plugin_declare(         \
      ::idlewatt::PluginPolicies* policies) {                                             \
    (declare)(*policies);                                                                 \
  }
