// The manifests of a fleet: what `idlewatt export` writes of a scenario, so that it can be applied to a cluster.
#pragma once

#include <string>
#include <vector>

#include "manifests/cluster_names.hpp"
#include "manifests/import_fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// What a scenario does not say of its models.
struct ExportAnswers {
  std::vector<std::string> repositories;  ///< "REPOSITORY" or "POOL=REPOSITORY"
};

struct ExportedFleet {
  std::vector<FileBeside> files;      ///< a file for each pool, its autoscaler included
  std::vector<std::string> left_out;  ///< what Kubernetes cannot say, a sentence each; also comments of the files
};

/// Writes every pool of the scenario as manifests of Kubernetes. Throws InputError for what cannot be one: an autoscaler
/// that no controller of Kubernetes is, a batching that no engine has.
ExportedFleet export_fleet(const Scenario& scenario, const ExportAnswers& answers, const ClusterNames& names,
                           const std::string& folder);

/// The autoscaler of a pool as a manifest: a HorizontalPodAutoscaler, or a ScaledObject of KEDA; empty for a pool whose
/// replicas stay. Throws InputError for the others.
std::string scaler_manifest(const Pool& pool);

}  // namespace idlewatt
