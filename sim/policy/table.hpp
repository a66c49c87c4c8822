// All families of policies. A new family needs its folder (interface, view, policies, family.hpp) and a line here.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "policy/admit/family.hpp"
#include "policy/autoscale/family.hpp"
#include "policy/batch/family.hpp"
#include "policy/cache/family.hpp"
#include "policy/idle/family.hpp"
#include "policy/pool_route/family.hpp"
#include "policy/power/family.hpp"
#include "policy/prefix/family.hpp"
#include "policy/queue/family.hpp"
#include "policy/route/family.hpp"
#include "policy/swap/family.hpp"

namespace idlewatt {

/// The families in the order in which a request, and then the fleet, meets them.
using PolicyFamilies = std::tuple<CacheFamily, PoolRouteFamily, AdmissionFamily, RouteFamily, BatchFamily, QueueFamily,
                                  PrefixFamily, AutoscaleFamily, PowerFamily, SwapFamily, IdleFamily>;

/// True when plug-ins and classes of Python may bring policies of the family.
template <class Family>
inline constexpr bool is_from_outside = !std::is_null_pointer_v<std::remove_const_t<decltype(Family::from_outside)>>;

/// The families of a tuple whose policies may come from outside, as a variant.
template <class Families>
struct FromOutside;
template <class... Family>
struct FromOutside<std::tuple<Family...>> {
  template <class... Kept>
  static std::variant<Kept...> variant_of(std::tuple<Kept...>);
  using Type = decltype(variant_of(
      std::tuple_cat(std::conditional_t<is_from_outside<Family>, std::tuple<Family>, std::tuple<>>()...)));
};

/// One of the families whose policies may come from outside: from plug-ins and Python. The other families are asked at
/// every step or block of tokens, which is too often.
using OutsideFamily = FromOutside<PolicyFamilies>::Type;

/// Calls visit(family) for each family whose policies may come from outside.
template <class Visit>
void for_each_outside_family(Visit&& visit) {
  const auto only_outside = [&visit]<class Family>(const Family& family) {
    if constexpr (is_from_outside<Family>) {
      static_assert(sizeof(typename Family::Shows) > 0);  // checks the lists of fields
      visit(family);
    }
  };
  std::apply([&](const auto&... family) { (only_outside(family), ...); }, PolicyFamilies());
}

/// A family as lists show it.
struct PolicyFamily {
  std::string name;                  ///< name in lists: "autoscaling"
  std::string path;                  ///< place in a scenario at which a policy of the family is chosen:
                                     ///< "pools.NAME.autoscaling"
  std::string question;              ///< question that its policies answer, one line
  std::string kind;                  ///< name of one of its policies in messages: "idle policy"
  bool from_outside = false;         ///< plug-ins and classes of Python may bring policies of it
  std::vector<PolicyInfo> policies;  ///< the first is the default

  /// The key that chooses a policy, the last word of the path: "autoscaling".
  std::string key() const { return path.substr(path.rfind('.') + 1); }
};

/// All families, made from PolicyFamilies.
inline std::vector<PolicyFamily> policy_families() {
  std::vector<PolicyFamily> families;
  const auto add = [&families]<class Family>(const Family&) {
    families.push_back({Family::name, Family::path, Family::question, Family::kind, is_from_outside<Family>,
                        infos_of(Family::built_in())});
  };
  std::apply([&add](const auto&... family) { (add(family), ...); }, PolicyFamilies());
  return families;
}

/// The family whose policies are chosen at `path`. Throws Error where there is none.
inline const PolicyFamily& policy_family_at(const std::string& path) {
  static const std::vector<PolicyFamily> families = policy_families();
  for (const PolicyFamily& family : families) {
    if (family.path == path) {
      return family;
    }
  }
  throw Error("there is no family of policies at `" + path + "`");
}

}  // namespace idlewatt
