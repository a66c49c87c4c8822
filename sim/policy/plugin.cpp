#include "policy/plugin.hpp"

#include <dlfcn.h>
#include <set>

#include "base/error.hpp"
#include "policy/plugin_guard.hpp"

namespace idlewatt {
namespace {

constexpr const char* kHowTo = "expected a library made with IDLEWATT_PLUGIN of policy/plugin_api.hpp";

template <class Function>
Function* symbol(void* library, const char* name, const std::string& path) {
  void* found = dlsym(library, name);
  if (found == nullptr) {
    throw Error("plug-in `" + path + "` has no function `" + name + "`; " + kHowTo);
  }
  return reinterpret_cast<Function*>(found);
}

void check(const PolicyInfo& info, const std::string& family, const std::string& path, std::set<std::string>& names) {
  const std::string policy = "plug-in `" + path + "`: " + family + " policy `" + info.name + "`";
  if (info.name.empty() || info.name.find_first_of(" \t\n`") != std::string::npos) {
    throw Error(policy + " has no proper name; expected one word");
  }
  if (!names.insert(info.name).second) {
    throw Error(policy + " is declared twice; expected each name once");
  }
  std::set<std::string> parameters{"plugin", "name", "policy"};
  for (const ParameterSpec& spec : info.parameters) {
    const std::string parameter = policy + ": parameter `" + spec.name + "`";
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
void take(std::vector<Declaration<Policy>>& declarations, const std::string& family, const std::string& path) {
  std::set<std::string> names;
  for (Declaration<Policy>& declaration : declarations) {
    check(declaration.info, family, path, names);
    if (!declaration.make) {
      throw Error("plug-in `" + path + "`: " + family + " policy `" + declaration.info.name +
                  "` has no function that makes it");
    }
    declaration = guarded(std::move(declaration), "policy `" + declaration.info.name + "` of plug-in `" + path + "`");
  }
}

}  // namespace

std::shared_ptr<const Plugin> Plugin::load(const std::string& path) {
  // Never closed: policies, and exceptions on their way, may hold code of it until the end.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    throw Error("plug-in `" + path + "` cannot be loaded: " + (why == nullptr ? "unknown error" : why));
  }
  const std::uint32_t abi = symbol<std::uint32_t()>(library, "idlewatt_plugin_abi", path)();
  if (abi != kPluginAbi) {
    throw Error("plug-in `" + path + "` was built for version " + std::to_string(abi) +
                " of the interfaces; expected version " + std::to_string(kPluginAbi) +
                ": build it with the headers of this idlewatt");
  }
  auto plugin = std::make_shared<Plugin>();
  plugin->path_ = path;
  auto* declare = symbol<void(PluginPolicies*)>(library, "idlewatt_plugin_declare", path);
  guard("the declaration of plug-in `" + path + "`", [&] { declare(&plugin->policies_); });
  take(plugin->policies_.autoscaling, "autoscaling", path);
  take(plugin->policies_.idle, "idle", path);
  take(plugin->policies_.admission, "admission", path);
  take(plugin->policies_.routing, "routing", path);
  take(plugin->policies_.pool_routing, "pool-routing", path);
  take(plugin->policies_.power, "power", path);
  return plugin;
}

}  // namespace idlewatt
