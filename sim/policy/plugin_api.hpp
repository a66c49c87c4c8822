// The header that a plug-in includes. A plug-in is a shared library with policies of its own. README.md beside this
// file is the guide.
//
//     static void declare(idlewatt::PluginPolicies& policies) { policies.autoscaling.push_back(...); }
//     IDLEWATT_PLUGIN(declare)
//
// The interfaces are those of the built-in policies, in C++. Build a plug-in with the compiler that built idlewatt, or
// with a compatible one.
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

/// The version of the interfaces that plug-ins see; raised whenever one of them changes. A plug-in that was built for
/// another version is not loaded.
inline constexpr std::uint32_t kPluginAbi = 3;

/// The declarations of a plug-in, by family.
struct PluginPolicies {
  std::vector<AutoscaleDeclaration> autoscaling;
  std::vector<IdleDeclaration> idle;
  std::vector<AdmissionDeclaration> admission;
  std::vector<RouteDeclaration> routing;
  std::vector<PoolRouteDeclaration> pool_routing;
  std::vector<PowerDeclaration> power;
};

}  // namespace idlewatt

/// Defines the entry points of a plug-in, two functions of C: the version of the interfaces, and the plug-in's
/// declarations.
#define IDLEWATT_PLUGIN(declare)                                                          \
  extern "C" __attribute__((visibility("default"))) std::uint32_t idlewatt_plugin_abi() { \
    return ::idlewatt::kPluginAbi;                                                        \
  }                                                                                       \
  extern "C" __attribute__((visibility("default"))) void idlewatt_plugin_declare(         \
      ::idlewatt::PluginPolicies* policies) {                                             \
    (declare)(*policies);                                                                 \
  }
