// The keys of catalogue files. The keys of figures come from figures.hpp.
#pragma once

#include "scenario/keys/key_table.hpp"

namespace idlewatt {

/// The keys of a file that adds to the catalogue: entries by kind and name.
const KeyTable& catalogue_keys();

/// The keys of an entry of each kind. An entry with `like:` needs only the keys that differ.
const KeyTable& accelerator_keys();
const KeyTable& server_keys();
const KeyTable& model_keys();
const KeyTable& engine_keys();

}  // namespace idlewatt
