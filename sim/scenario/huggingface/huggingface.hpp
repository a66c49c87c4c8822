// Reads the config.json of a model on Hugging Face.
#pragma once

#include <string>

#include "catalog/model.hpp"

namespace idlewatt {

/// Reads the language model that the file describes, named by the file's path. Parameters are counted from its layers
/// (status derived), without a vision part and without layers that predict further tokens. In a file for several parts,
/// the description of the language model (`text_config`) is found. The context is the one after the scaling of
/// positions. The formats of a checkpoint are those of its `quantization_config`, or of a hf_quant_config.json beside
/// the file. Known are the `model_type`s in the tables of dense.cpp, mixtures.cpp and hybrids.cpp. Throws
/// InputError with file, line and column for other types, for models that generate no text, for missing or impossible
/// keys, and for variants of a known type that a Model cannot express.
Model read_huggingface_config(const std::string& path);

}  // namespace idlewatt
