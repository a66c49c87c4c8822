// The layers of a model by kind, as a catalogue entry writes them.
#pragma once

#include <string>
#include <vector>

#include "catalog/model.hpp"
#include "scenario/fields.hpp"

namespace idlewatt {

/// The numbers of a kind of layer that an entry may give: visit(path, number, least). Parts that a layer lacks are left
/// out; numbers that are 0 may be.
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

/// And what it may say yes to: visit(path, flag).
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

/// The list under `layer_kinds`. Throws InputError unless it describes `model.layers` layers, and experts only where
/// the model has a mixture.
std::vector<LayerKind> read_layer_kinds(const YamlNode& list, const std::string& what, const Model& model);

/// A catalogue entry of the model, as a file of platforms/models has it: `name` and `title` are its own, `source` is of
/// its shape. What a checkpoint says of formats is left out: an entry can be served at any precision.
std::string model_entry_text(const Model& model, const std::string& name, const std::string& title,
                             const std::string& source);

}  // namespace idlewatt
