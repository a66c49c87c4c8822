// Number formats: those of an accelerator's arithmetic, and those of a served model's weights and activations.
#pragma once

#include <array>
#include <cstddef>

namespace idlewatt {

/// The number format in which an accelerator multiplies.
enum class Arithmetic { fp16, bf16, fp8, int8 };

inline constexpr std::array kArithmetics{Arithmetic::fp16, Arithmetic::bf16, Arithmetic::fp8, Arithmetic::int8};
inline constexpr std::size_t kArithmeticCount = kArithmetics.size();

constexpr const char* to_string(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::fp16:
      return "fp16";
    case Arithmetic::bf16:
      return "bf16";
    case Arithmetic::fp8:
      return "fp8";
    case Arithmetic::int8:
      return "int8";
  }
  return "?";
}

/// How a model is served. Without a second word weights and activations share the format; `int4` is weights in 4 bits
/// and activations in 16 (AWQ, GPTQ), `int8-weights` the same in 8 bits, `int4-int8` weights in 4 bits and activations
/// in 8 (QServe, arXiv 2405.04532). `nvfp4` and `mxfp4` are weights in 4-bit floats and activations in 16 bits; `mxfp4`
/// is of the experts alone, where there are any (gpt-oss). Attention stays in 16 bits at all of them, and the KV cache
/// has a format of its own (KvFormat).
enum class Precision { fp16, bf16, fp8, int8, int8_weights, int4, int4_int8, nvfp4, mxfp4 };

inline constexpr std::array kPrecisions{Precision::fp16,      Precision::bf16,         Precision::fp8,
                                        Precision::int8,      Precision::int8_weights, Precision::int4,
                                        Precision::int4_int8, Precision::nvfp4,        Precision::mxfp4};

constexpr const char* to_string(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return "fp16";
    case Precision::bf16:
      return "bf16";
    case Precision::fp8:
      return "fp8";
    case Precision::int8:
      return "int8";
    case Precision::int8_weights:
      return "int8-weights";
    case Precision::int4:
      return "int4";
    case Precision::int4_int8:
      return "int4-int8";
    case Precision::nvfp4:
      return "nvfp4";
    case Precision::mxfp4:
      return "mxfp4";
  }
  return "?";
}

/// True when weights are stored in fewer bits than they are multiplied in, so that a kernel must widen them.
constexpr bool weights_are_widened(Precision precision) {
  return precision == Precision::int8_weights || precision == Precision::int4 || precision == Precision::int4_int8 ||
         precision == Precision::nvfp4 || precision == Precision::mxfp4;
}

/// Bytes of one weight, scales included: groups of 128 weights share a 16-bit scale and a zero point of 4 bits where
/// weights have 4 (AWQ, arXiv 2306.00978); 16 share a scale of 8 bits in nvfp4, 32 in mxfp4 (OCP Microscaling
/// specification 1.0); a scale per row, as at 8 bits, is negligible.
constexpr double weight_bytes(Precision precision) {
  constexpr double kGroupOverhead = (2.0 + 0.5) / 128.0;
  switch (precision) {
    case Precision::fp16:
    case Precision::bf16:
      return 2.0;
    case Precision::fp8:
    case Precision::int8:
    case Precision::int8_weights:
      return 1.0;
    case Precision::int4:
    case Precision::int4_int8:
      return 0.5 + kGroupOverhead;
    case Precision::nvfp4:
      return 0.5 + 1.0 / 16.0;
    case Precision::mxfp4:
      return 0.5 + 1.0 / 32.0;
  }
  return 2.0;
}

/// The format of some tensors. `bytes` is the size of one weight, its share of the scales included.
struct TensorFormat {
  Precision precision = Precision::bf16;
  double bytes = 2.0;

  constexpr bool operator==(const TensorFormat&) const = default;
};

/// The formats of a model's tensors. Norms, biases and routers stay in 16 bits.
struct TensorFormats {
  TensorFormat mixers;  ///< attention and state layers
  TensorFormat mlps;    ///< dense ones, and shared experts
  TensorFormat experts;
  TensorFormat head;
  TensorFormat embedding;

  constexpr bool operator==(const TensorFormats&) const = default;
};

/// What engines do with a model that says nothing else: embedding and head stay in 16 bits at every precision (vLLM
/// quantises linear layers, and leaves lm_head out unless a checkpoint says otherwise), and `mxfp4` is of the experts
/// where there are any.
constexpr TensorFormats formats_at(Precision precision, bool has_experts) {
  const TensorFormat given{precision, weight_bytes(precision)};
  const TensorFormat whole = given.bytes == 2.0 ? given : TensorFormat{};
  const TensorFormat linear = precision == Precision::mxfp4 && has_experts ? TensorFormat{} : given;
  return {.mixers = linear, .mlps = linear, .experts = given, .head = whole, .embedding = whole};
}

/// In what keys and values are kept: `kv_cache_dtype`. `automatic` and the two of 16 bits take the same bytes; 8 bits
/// have one scale for a tensor, or a few, which is negligible.
enum class KvFormat { automatic, fp16, bf16, fp8, int8 };

inline constexpr std::array kKvFormats{KvFormat::automatic, KvFormat::fp16, KvFormat::bf16, KvFormat::fp8,
                                       KvFormat::int8};

constexpr const char* to_string(KvFormat format) {
  switch (format) {
    case KvFormat::automatic:
      return "auto";
    case KvFormat::fp16:
      return "fp16";
    case KvFormat::bf16:
      return "bf16";
    case KvFormat::fp8:
      return "fp8";
    case KvFormat::int8:
      return "int8";
  }
  return "?";
}

constexpr bool is_eight_bit(KvFormat format) {
  return format == KvFormat::fp8 || format == KvFormat::int8;
}

/// Bytes of one element of the KV cache.
constexpr double kv_element_bytes(KvFormat format) {
  return is_eight_bit(format) ? 1.0 : 2.0;
}

/// Bytes of an element of a hidden state on its way between accelerators.
inline constexpr double kActivationBytes = 2.0;

}  // namespace idlewatt
