// Reads the config.json of a model on Hugging Face as a model.
#pragma once

#include <string>

#include "catalog/model.hpp"

namespace idlewatt {

/// The shape that the file describes, named by its path; parameters are counted from the shape (status derived).
/// Knows the `model_type`s that the table in huggingface.cpp lists. Throws InputError with file, line and column for
/// others, for missing or impossible keys, and for variants of a known type that a Model cannot express.
Model read_huggingface_config(const std::string& path);

}  // namespace idlewatt
