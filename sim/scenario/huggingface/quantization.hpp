// The number formats of a published checkpoint, from the quantization_config of its config.json.
#pragma once

#include <optional>
#include <string>

#include "scenario/huggingface/config.hpp"

namespace idlewatt {

/// Reads which tensors are stored in how many bits. `quantization` is the value of `quantization_config`, or that of
/// `quantization` in a hf_quant_config.json (ModelOpt). Known are AWQ, GPTQ, fp8 (static, dynamic, by block),
/// compressed-tensors, bitsandbytes, ModelOpt (fp8, nvfp4, int4, int8), Quark, and mxfp4. Modules that the file
/// excludes stay in 16 bits, layer by layer. Embedding and head stay in 16 bits, except that a file may name the head.
/// Returns nothing when everything stays in 16 bits. Throws InputError for unknown methods.
std::optional<Checkpoint> read_checkpoint(const YamlNode& quantization, const HuggingfaceReading& reading);

}  // namespace idlewatt
