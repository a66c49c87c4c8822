// The number formats of a published checkpoint, from the quantization_config of its config.json.
#pragma once

#include <optional>
#include <string>

#include "scenario/huggingface_config.hpp"

namespace idlewatt {

/// Which tensors are stored in how many bits. `quantization` is the value of `quantization_config`, or that of
/// `quantization` in a hf_quant_config.json (ModelOpt). Knows AWQ, GPTQ, fp8 (static, dynamic, by block),
/// compressed-tensors, bitsandbytes, ModelOpt (fp8, nvfp4, int4, int8), Quark, and mxfp4; modules that the file leaves
/// out of it stay in 16 bits, layer by layer, and so do embedding and head but where it names the head. Nothing when
/// all stays in 16 bits. Throws InputError for methods that are not known.
std::optional<Checkpoint> read_checkpoint(const YamlNode& quantization, const HuggingfaceReading& reading);

}  // namespace idlewatt
