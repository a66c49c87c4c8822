// Step times and energies from data sheets: a roofline with two efficiencies, KV reads included.
#pragma once

#include <memory>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "physics/step_model.hpp"

namespace idlewatt {

/// The cost of a step on one of `tensor_parallel` equal accelerators (Williams et al., "Roofline", CACM 52(4), 2009,
/// applied to the two halves of a transformer layer one after the other):
///
///   linear    = max(weight bytes / (bandwidth x eb), 2 x active parameters x tokens / (peak x ec))
///   attention = max(KV bytes read / (bandwidth x eb), 4 x layers x heads x head_dim x pairs / (peak16 x ec))
///   links     = 2 x layers x (2 (tp - 1) / tp x tokens x hidden x 2 bytes / link + latency), for tp > 1 (ring
///   all-reduce) duration  = step overhead + sequences x sequence overhead + linear + attention + links energy    =
///   min(static power x duration + J/byte x bytes + J/FLOP x operations, board limit x duration)
///
/// where weights, KV cache and operations are divided by tp, ec and eb are the engine's efficiencies, and attention
/// runs in 16 bits at every precision of the weights. For decoding sequences, pairs and tokens read are the context.
/// Throws Error when the accelerator lacks the precision.
std::unique_ptr<StepModel> make_roofline(const Accelerator& accelerator, const Model& model, const Engine& engine,
                                         Precision precision, int tensor_parallel);

}  // namespace idlewatt
