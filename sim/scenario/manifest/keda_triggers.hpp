// The triggers of a KEDA ScaledObject: the value that each scaler reads, and its defaults.
#pragma once

#include <string>

#include "scenario/manifest/scaling_manifest.hpp"

namespace idlewatt {

/// Reads one trigger, except its name and its type of metric. Throws InputError for a scaler that is not simulated.
KedaTrigger read_keda_trigger(Manifest& manifest, const YamlNode& trigger, const BesideManifest& beside,
                              ScalingManifest& result);

/// A flag of Kubernetes, with or without quotes: "true", "false". Throws InputError.
bool manifest_flag(const YamlNode& node, const std::string& label);

}  // namespace idlewatt
