// An A100-like accelerator and a Llama-3-8B-like model for tests: plausible numbers, not the catalogue's.
#pragma once

#include <cstddef>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"

namespace idlewatt {

/// An assumed figure without a range.
Figure figure(double value);

/// "a100": 80 GB, 312 TFLOP/s in 16 bits.
Accelerator a100();

/// "llama-8b": 32 dense layers.
Model llama_8b();

/// "plain": 2 ms a step, 50 us a sequence, and kernels as fast as the accelerator says.
Engine plain_engine();

}  // namespace idlewatt
