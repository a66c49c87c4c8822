// A language model: the shape that decides how many bytes and operations a token costs.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/figure.hpp"
#include "catalog/precision.hpp"

namespace idlewatt {

struct Model {
  std::string name;   ///< "llama-3-8b"
  std::string title;  ///< "Meta Llama 3 8B"

  Figure parameters;         ///< all of them, embeddings included
  Figure active_parameters;  ///< used for one token (less than all in a mixture of experts)
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int intermediate = 0;
  int vocabulary = 0;
  int context_tokens = 0;  ///< longest prompt and output together
  std::string source;      ///< of the integers above
  Status status = Status::published;

  /// Keys and values of one token in all layers, bytes.
  double kv_bytes_per_token() const { return 2.0 * layers * kv_heads * head_dim * kKvElementBytes; }
  double weight_bytes(Precision p) const { return parameters.value * idlewatt::weight_bytes(p); }
};

}  // namespace idlewatt
