// Reads a distribution of token lengths. Throws InputError.
#pragma once

#include "scenario/key_table.hpp"
#include "scenario/section.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// The keys of a distribution.
const KeyTable& length_keys();

/// Quantiles, a lognormal distribution or a CDF file, and their source.
QuantileTable read_lengths(const Section& fields);

}  // namespace idlewatt
