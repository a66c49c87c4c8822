// The manifests that `idlewatt export` writes from a scenario, so that its fleet can be applied to a cluster.
#pragma once

#include <string>
#include <vector>

#include "manifests/cluster_names.hpp"
#include "manifests/import_fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Facts about models that a scenario does not state.
struct ExportAnswers {
  std::vector<std::string> repositories;  ///< "REPOSITORY" or "POOL=REPOSITORY"
};

/// The manifests of a fleet.
struct ExportedFleet {
  std::vector<FileBeside> files;      ///< one file for each pool, which includes its autoscaler
  std::vector<std::string> left_out;  ///< settings that Kubernetes cannot express, a sentence each; also comments of
                                      ///< the files
};

/// Makes manifests of Kubernetes for every pool of the scenario. Throws InputError for settings without a counterpart:
/// an autoscaler that is no controller of Kubernetes, a batching policy that no engine has.
ExportedFleet export_fleet(const Scenario& scenario, const ExportAnswers& answers, const ClusterNames& names,
                           const std::string& folder);

/// The name of a pool's objects: the pool's own with what Kubernetes allows, small letters, digits and `-`.
std::string object_name(const Pool& pool);

/// The autoscaler of a pool as a manifest: a HorizontalPodAutoscaler, or a ScaledObject of KEDA; empty for a pool whose
/// number of replicas is fixed. Throws InputError for other autoscalers.
std::string scaler_manifest(const Pool& pool);

}  // namespace idlewatt
