// Reads the hardware of a replica: model, precision, engine, and the accelerators that it is spread over. This part of
// a pool decides its physics; `idlewatt physics` and claims ask for the same part.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/section.hpp"

namespace idlewatt {

/// The form in which a message proposes a setting: `tensor_parallel: 2`, or `--tensor-parallel 2`.
enum class Wording { yaml, options };

/// The keys model, precision, servers, engine, tensor_parallel..., which pools and the batch steps of claims share.
const KeyTable& hardware_keys();

/// Reads a pool with the settings of hardware_keys() only. Throws InputError on names that the catalogue lacks, degrees
/// and limits that the hardware does not accept, a model that does not fit, and anything wrong in a table of step
/// times.
Pool read_hardware(const Section& fields, const Catalog& catalog, const ScenarioFiles& files, Wording wording);

/// Throws InputError, which says what would fit, where the pool's replicas have no room for a KV block.
void check_memory(const Pool& pool, const YamlNode& node, const Catalog& catalog, Wording wording);

/// The names of the precisions at which the accelerator can serve.
std::vector<std::string> precisions_of(const Accelerator& accelerator);

/// The place to blame for an error that several keys cause together: the latest override among them, otherwise the
/// first that is given.
const Place& blame(const YamlNode& node, std::initializer_list<const char*> keys);

}  // namespace idlewatt
