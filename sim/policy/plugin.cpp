#include "policy/plugin.hpp"

#include <dlfcn.h>
#include <fmt/core.h>
#include <set>

#include "base/error.hpp"
#include "policy/plugin_guard.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

constexpr const char* kHowTo = "expected a library made with IDLEWATT_PLUGIN of policy/plugin_api.hpp";

template <class Function>
Function* symbol(void* library, const char* name, const std::string& path) {
  void* found = dlsym(library, name);
  if (found == nullptr) {
    throw Error(fmt::format("plug-in `{}` has no function `{}`; {}", path, name, kHowTo));
  }
  return reinterpret_cast<Function*>(found);
}

void check(const PolicyInfo& info, const std::string& kind, const std::string& path, std::set<std::string>& names) {
  const std::string policy = fmt::format("plug-in `{}`: {} `{}`", path, kind, info.name);
  if (info.name.empty() || info.name.find_first_of(" \t\n`") != std::string::npos) {
    throw Error(policy + " has no proper name; expected one word");
  }
  if (!names.insert(info.name).second) {
    throw Error(policy + " is declared twice; expected each name once");
  }
  std::set<std::string> parameters{"plugin", "name", "policy"};
  for (const ParameterSpec& spec : info.parameters) {
    const std::string parameter = fmt::format("{}: parameter `{}`", policy, spec.name);
    if (spec.name.empty() || !parameters.insert(spec.name).second) {
      throw Error(parameter +
                  " has no name of its own; expected one that is not `plugin`, `name`, `policy` or another's");
    }
    const bool is_word = !spec.choices.empty();
    const double low = is_word ? 0.0 : spec.minimum;
    const double high = is_word ? static_cast<double>(spec.choices.size()) - 1.0 : spec.maximum;
    if (!spec.is_schedule() && !(low <= spec.default_value && spec.default_value <= high)) {
      throw Error(parameter + " has a default outside of its range");
    }
  }
}

template <class Policy>
void take(std::vector<Declaration<Policy>>& declarations, const std::string& kind, const std::string& path) {
  std::set<std::string> names;
  for (Declaration<Policy>& declaration : declarations) {
    check(declaration.info, kind, path, names);
    if (!declaration.make) {
      throw Error(
          fmt::format("plug-in `{}`: {} `{}` has no function that makes it", path, kind, declaration.info.name));
    }
    declaration =
        guarded(std::move(declaration), fmt::format("policy `{}` of plug-in `{}`", declaration.info.name, path));
  }
}

}  // namespace

std::shared_ptr<const Plugin> Plugin::load(const std::string& path) {
  // Never closed: policies, and exceptions on their way, may hold code of it until the end.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    throw Error(fmt::format("plug-in `{}` cannot be loaded: {}", path, why == nullptr ? "unknown error" : why));
  }
  const std::uint32_t abi = symbol<std::uint32_t()>(library, "idlewatt_plugin_abi", path)();
  if (abi != kPluginAbi) {
    throw Error(
        fmt::format("plug-in `{}` was built for version {} of the interfaces; expected version {}: build it with the "
                    "headers of this idlewatt",
                    path, abi, kPluginAbi));
  }
  auto plugin = std::make_shared<Plugin>();
  plugin->path_ = path;
  auto* declare = symbol<void(PluginPolicies*)>(library, "idlewatt_plugin_declare", path);
  guard(fmt::format("the declaration of plug-in `{}`", path), [&] { declare(&plugin->policies_); });
  for_each_outside_family(
      [&]<class Family>(const Family&) { take(plugin->policies_.*Family::from_outside, Family::kind, path); });
  return plugin;
}

}  // namespace idlewatt
