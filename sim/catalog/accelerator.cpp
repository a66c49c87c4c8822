#include "catalog/accelerator.hpp"

namespace idlewatt {
namespace {

Arithmetic wanted(const Accelerator& accelerator, Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return Arithmetic::fp16;
    case Precision::bf16:
      return Arithmetic::bf16;
    case Precision::fp8:
      return Arithmetic::fp8;
    case Precision::int8:
    case Precision::int4_int8:
      return Arithmetic::int8;
    case Precision::int8_weights:
    case Precision::int4:
    case Precision::nvfp4:
    case Precision::mxfp4:
      break;
  }
  return accelerator.sixteen_bits();
}

}  // namespace

std::optional<Arithmetic> Accelerator::arithmetic(Precision precision) const {
  const Arithmetic wants = wanted(*this, precision);
  return peak(wants) ? std::optional(wants) : std::nullopt;
}

}  // namespace idlewatt
