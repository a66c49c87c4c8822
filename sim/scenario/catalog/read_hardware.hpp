// Reads the hardware of a replica: model, precision, engine, and the accelerators that it is spread over. This part of
// a pool decides its physics; `idlewatt physics` and claims ask for the same part.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// The form in which a message proposes a setting: `tensor_parallel: 2`, or `--tensor-parallel 2`.
enum class Wording { yaml, options };

/// The keys model, precision, servers, engine, tensor_parallel..., which pools and the batch steps of claims share.
const KeyTable& hardware_keys();

/// Reads a pool with the settings of hardware_keys() only. Throws InputError on names that the catalogue lacks, degrees
/// and limits that the hardware does not accept, and anything wrong in a table of step times. check_memory() remains to be
/// called when the pool is complete: the memory that an engine keeps may depend on the pool's batching.
Pool read_hardware(const Section& fields, const Catalog& catalog, const ScenarioFiles& files);

/// Checks that the pool's replicas have room for a KV block. Throws InputError, which names settings that would fit,
/// otherwise.
void check_memory(const Pool& pool, const YamlNode& node, const Catalog& catalog, Wording wording);

/// The names of the precisions at which the accelerator can serve.
std::vector<std::string> precisions_of(const Accelerator& accelerator);

/// The place to blame for an error that several keys cause together: the latest override among them, otherwise the
/// first that is given.
const Place& blame(const YamlNode& node, std::initializer_list<const char*> keys);

}  // namespace idlewatt
