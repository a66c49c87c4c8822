// The layers of a model by kind, as a catalogue entry writes them.
#pragma once

#include <string>
#include <vector>

#include "catalog/model.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {

/// Calls visit(path, number, least) for the numbers of a kind of layer that an entry may give. Parts that the layer
/// lacks are skipped. An entry may leave out numbers that are 0.
template <class Kind, class Visit>
void each_layer_kind_count(Kind& kind, Visit&& visit) {
  visit("count", kind.count, 1);
  visit("intermediate", kind.intermediate, 0);
  if (kind.attention) {
    visit("attention.heads", kind.attention->heads, 1);
    visit("attention.kv_heads", kind.attention->kv_heads, 1);
    visit("attention.head_dim", kind.attention->head_dim, 1);
    visit("attention.window", kind.attention->window, 0);
    if (kind.attention->latent) {
      visit("attention.latent.kv_rank", kind.attention->latent->kv_rank, 1);
      visit("attention.latent.rope_dim", kind.attention->latent->rope_dim, 0);
      visit("attention.latent.nope_dim", kind.attention->latent->nope_dim, 1);
      visit("attention.latent.value_dim", kind.attention->latent->value_dim, 1);
      visit("attention.latent.query_rank", kind.attention->latent->query_rank, 0);
    }
    if (kind.attention->index) {
      visit("attention.index.heads", kind.attention->index->heads, 0);
      visit("attention.index.head_dim", kind.attention->index->head_dim, 0);
      visit("attention.index.tokens", kind.attention->index->tokens, 1);
    }
  }
  if (kind.state) {
    visit("state.weights", kind.state->weights, 0);
    visit("state.conv", kind.state->conv, 0);
    visit("state.recurrent", kind.state->recurrent, 0);
    visit("state.recurrent_bytes", kind.state->recurrent_bytes, 1);
  }
}

/// Calls visit(path, flag) for the flags of a kind of layer that an entry may give.
template <class Kind, class Visit>
void each_layer_kind_flag(Kind& kind, Visit&& visit) {
  visit("experts", kind.experts);
  if (kind.attention) {
    visit("attention.chunked", kind.attention->chunked);
    visit("attention.gated_output", kind.attention->gated_output);
    visit("attention.values_are_keys", kind.attention->values_are_keys);
    visit("attention.borrowed_kv", kind.attention->borrowed_kv);
    visit("attention.cross", kind.attention->cross);
  }
}

/// Reads the list under `layer_kinds`. Throws InputError unless it describes `model.layers` layers, and when it has
/// experts although the model has no mixture.
std::vector<LayerKind> read_layer_kinds(const YamlNode& list, const std::string& what, const Model& model);

/// The text of a catalogue entry for the model, as a file in platforms/models has it. `name` and `title` are those of
/// the entry; `source` is the source of its shape. The formats of a checkpoint are left out, since an entry can be
/// served at any precision.
std::string model_entry_text(const Model& model, const std::string& name, const std::string& title,
                             const std::string& source);

}  // namespace idlewatt
