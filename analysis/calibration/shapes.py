"""Shapes of the language models in the data sets: what the step formula needs of a model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A dense transformer. `gated` MLPs have three matrices, others two."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocabulary: int
    gated: bool = True

    def kv_heads_per_accelerator(self, tp):
        """Heads are replicated when there are fewer than accelerators."""
        return max(self.kv_heads / tp, 1)

    def attention_weights(self, tp):
        """Elements of a layer's query, key, value and output projections on one accelerator."""
        width = self.heads / tp + self.kv_heads_per_accelerator(tp)
        return 2 * self.hidden * self.head_dim * width

    def mlp_weights(self, tp):
        return (3 if self.gated else 2) * self.hidden * self.intermediate / tp

    def layer_weights(self, tp):
        return self.attention_weights(tp) + self.mlp_weights(tp)

    def head_weights(self, tp):
        return self.hidden * self.vocabulary / tp

    def kv_bytes(self, tp):
        """Bytes of keys and values of one token in one layer on one accelerator, in 16 bits."""
        return 2 * self.kv_heads_per_accelerator(tp) * self.head_dim * 2

    def pair_flops(self, tp):
        """Operations of attention for one query and one key in one layer on one accelerator."""
        return 4 * self.heads / tp * self.head_dim

    def elementwise_bytes(self, tp):
        """Bytes moved once through memory by the norms and sums, rotary embedding and activation of one token.

        Two norms (read, write), two sums (two reads, write): 10 passes of the hidden size; rotary embedding reads and
        writes queries and keys; a gated activation reads two vectors and writes one.
        """
        rotary = 2 * (self.heads / tp + self.kv_heads_per_accelerator(tp)) * self.head_dim
        activation = (3 if self.gated else 2) * self.intermediate / tp
        return 2 * (10 * self.hidden + rotary + activation)


LLAMA2_7B = Shape(32, 4096, 32, 32, 128, 11008, 32000)
LLAMA2_70B = Shape(80, 8192, 64, 8, 128, 28672, 32000)
LLAMA3_8B = Shape(32, 4096, 32, 8, 128, 14336, 128256)
BLOOM_176B = Shape(70, 14336, 112, 112, 128, 57344, 250880, gated=False)
LLAMA_30B = Shape(60, 6656, 52, 52, 128, 17920, 32000)
MISTRAL_7B = Shape(32, 4096, 32, 8, 128, 14336, 32000)

BY_NAME = {"llama-2-7b": LLAMA2_7B, "llama-2-70b": LLAMA2_70B, "llama-3-8b": LLAMA3_8B, "bloom-176b": BLOOM_176B,
           "llama-30b": LLAMA_30B, "mistral-7b": MISTRAL_7B}
