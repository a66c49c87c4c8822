// Reads the config.json of a model on Hugging Face as a model.
#pragma once

#include <string>

#include "catalog/model.hpp"

namespace idlewatt {

/// The language model that the file describes, named by its path; parameters are counted from its layers (status
/// derived), without a vision part and without layers that predict further tokens. A description inside of a file for
/// several parts (`text_config`) is found. The context is that after the scaling of positions. The formats of a
/// checkpoint are those of its `quantization_config`, or of a hf_quant_config.json beside the file. Knows the
/// `model_type`s that the tables in huggingface_dense.cpp, _mixtures.cpp and _hybrids.cpp list. Throws InputError with
/// file, line and column for others, for models that generate no text, for missing or impossible keys, and for variants
/// of a known type that a Model cannot express.
Model read_huggingface_config(const std::string& path);

}  // namespace idlewatt
