// Plug-ins that go wrong, each in its way.
#include <memory>
#include <stdexcept>

#include "policy/plugin_api.hpp"

namespace {

class Faulty final : public idlewatt::AutoscalePolicy {
 public:
  idlewatt::AutoscaleDecision decide(const idlewatt::AutoscaleView& view) override {
#if defined(THROWS)
    if (view.now > 0) {
      throw std::runtime_error("the table has no row for this hour");
    }
#endif
#if defined(NEVER_LATER)
    return {.replicas = 1, .wake_at = view.now};
#else
    return {.replicas = view.start, .wake_at = view.now + idlewatt::kTicksPerSecond};
#endif
  }
};

void declare(idlewatt::PluginPolicies& policies) {
#if defined(THROWS_AT_START)
  throw std::runtime_error("no licence");
#endif
  policies.autoscaling.push_back(
      {{"faulty", "goes wrong", {}}, [](const idlewatt::Parameters&) { return std::make_unique<Faulty>(); }});
}

}  // namespace

#if defined(WRONG_ABI)
extern "C" std::uint32_t idlewatt_plugin_abi() {
  return idlewatt::kPluginAbi + 1;
}
extern "C" void idlewatt_plugin_declare(idlewatt::PluginPolicies* policies) {
  declare(*policies);
}
#elif defined(NO_ENTRY)
extern "C" void something_else(idlewatt::PluginPolicies* policies) {
  declare(*policies);
}
#else
IDLEWATT_PLUGIN(declare)
#endif
