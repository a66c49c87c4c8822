#include "policy/autoscale/family.hpp"

namespace idlewatt {

std::vector<AutoscaleDeclaration> AutoscaleFamily::built_in() {
  return {declare_static_autoscale(), declare_hpa(),        declare_keda(),
          declare_knative_kpa(),      declare_ray_serve(),  declare_scheduled(),
          declare_predictive(),       declare_slo_target(), declare_clairvoyant()};
}

}  // namespace idlewatt
