#include "policy/autoscale/family.hpp"

namespace idlewatt {

AutoscaleDeclaration declare_static_autoscale();
AutoscaleDeclaration declare_hpa();
AutoscaleDeclaration declare_keda();
AutoscaleDeclaration declare_knative_kpa();
AutoscaleDeclaration declare_ray_serve();
AutoscaleDeclaration declare_scheduled();
AutoscaleDeclaration declare_predictive();
AutoscaleDeclaration declare_clairvoyant();

std::vector<AutoscaleDeclaration> AutoscaleFamily::built_in() {
  return {declare_static_autoscale(), declare_hpa(),       declare_keda(),       declare_knative_kpa(),
          declare_ray_serve(),        declare_scheduled(), declare_predictive(), declare_clairvoyant()};
}

}  // namespace idlewatt
