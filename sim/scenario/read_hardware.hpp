// Reads what a replica is: model, precision, engine, and the accelerators that it is spread over. The part of a pool
// that decides its physics; `idlewatt physics` asks for the same.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/section.hpp"

namespace idlewatt {

/// How a message that proposes a setting writes it: `tensor_parallel: 2`, or `--tensor-parallel 2`.
enum class Wording { yaml, options };

/// model, precision, servers, engine, tensor_parallel...: what pools and the batch steps of claims share.
const KeyTable& hardware_keys();

/// The pool that `fields` describe, but for what hardware_keys() does not name. Throws InputError on names
/// that the catalogue does not have, degrees and limits that the hardware does not take, a model that does not fit, and
/// whatever is wrong in a table of step times.
Pool read_hardware(const Section& fields, const Catalog& catalog, const ScenarioFiles& files, Wording wording);

/// Throws InputError, which says what would fit, where the pool's replicas have no room for a KV block.
void check_memory(const Pool& pool, const YamlNode& node, const Catalog& catalog, Wording wording);

/// The precisions at which the accelerator serves, by name.
std::vector<std::string> precisions_of(const Accelerator& accelerator);

/// Of the keys that cause an error together, the one to blame: the latest override, else the first that is given.
const Place& blame(const YamlNode& node, std::initializer_list<const char*> keys);

}  // namespace idlewatt
