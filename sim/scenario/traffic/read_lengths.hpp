// Reads a distribution of token lengths.
#pragma once

#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/section.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// The keys of a distribution.
const KeyTable& length_keys();

/// Reads quantiles, a lognormal distribution or a CDF file, and their source. Throws InputError.
QuantileTable read_lengths(const Section& fields);

}  // namespace idlewatt
