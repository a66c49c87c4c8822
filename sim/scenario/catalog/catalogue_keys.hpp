// The keys of catalogue files. The keys of figures come from figures.hpp.
#pragma once

#include "scenario/catalog/figures.hpp"
#include "scenario/keys/key_table.hpp"

namespace idlewatt {

/// The keys of a file that adds to the catalogue: entries by kind and name.
const KeyTable& catalogue_keys();

/// The keys of an entry of each kind. An entry with `like:` needs only the keys that differ.
const KeyTable& accelerator_keys();
const KeyTable& server_keys();
const KeyTable& model_keys();
const KeyTable& engine_keys();

/// The keys of a figure: value, status, source and range.
const KeyTable& figure_keys(const FigureKey& key);

/// The keys of what an entry has by arithmetic, such as `peak`.
const KeyTable& arithmetic_keys(const FigureKey& key);

/// The keys of parts of an entry.
const KeyTable& rent_offer_keys();
const KeyTable& kernel_figure_keys();
const KeyTable& latent_keys();
const KeyTable& mixture_keys();
const KeyTable& layer_kind_keys();

}  // namespace idlewatt
