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

Accelerator Accelerator::in_group(int accelerators) const {
  Accelerator result = *this;
  for (const LinksOfGroup& group : link_groups) {
    const bool last = &group == &link_groups.back();
    if (accelerators > 2 && (accelerators <= group.accelerators || last)) {
      result.link_bytes_per_s = group.bytes_per_s.value_or(link_bytes_per_s);
      result.link_latency_s = group.latency_s.value_or(link_latency_s);
      break;
    }
  }
  return result;
}

bool Accelerator::reads(KvFormat format) const {
  switch (format) {
    case KvFormat::automatic:
      return true;
    case KvFormat::fp16:
      return peak(Arithmetic::fp16).has_value();
    case KvFormat::bf16:
      return peak(Arithmetic::bf16).has_value();
    case KvFormat::fp8:
      return peak(Arithmetic::fp8).has_value();
    case KvFormat::int8:
      return peak(Arithmetic::int8).has_value();
  }
  return false;
}

}  // namespace idlewatt
