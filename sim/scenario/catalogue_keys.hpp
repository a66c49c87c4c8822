// The keys of catalogue files. Those of figures come from figures.hpp, which the readers visit.
#pragma once

#include "scenario/key_table.hpp"

namespace idlewatt {

/// A file that adds to the catalogue: entries by kind and name.
const KeyTable& catalogue_keys();

/// An entry of each kind. What an entry is `like` need not be given again.
const KeyTable& accelerator_keys();
const KeyTable& server_keys();
const KeyTable& model_keys();
const KeyTable& engine_keys();

}  // namespace idlewatt
