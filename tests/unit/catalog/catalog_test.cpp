// The plain structs of the catalogue. That the files of platforms/ load and make sense is tested where they are read:
// tests/unit/scenario/platforms_test.cpp.
#include "catalog/catalog.hpp"

#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Weights take two bytes, or one in int8; the KV cache stays in 16 bits") {
  Model model;
  model.parameters.value = 8e9;
  model.layers = 32;
  model.kv_heads = 8;
  model.head_dim = 128;
  CHECK(model.weight_bytes(Precision::fp16) == 16e9);
  CHECK(model.weight_bytes(Precision::bf16) == 16e9);
  CHECK(model.weight_bytes(Precision::int8) == 8e9);
  CHECK(model.kv_bytes_per_token() == 2.0 * 32 * 8 * 128 * 2);
}

TEST_CASE("An accelerator's figures by precision") {
  Accelerator accelerator;
  accelerator.peak_flops[static_cast<std::size_t>(Precision::int8)] = Figure{130e12, Status::published, "a test"};
  CHECK(accelerator.peak(Precision::int8)->value == 130e12);
  CHECK(!accelerator.peak(Precision::bf16).has_value());
  CHECK(!accelerator.flop_energy(Precision::int8).has_value());
}

TEST_CASE("Names of precisions and statuses") {
  for (const Precision precision : kPrecisions) {
    CHECK(std::string(to_string(precision)) != "?");
  }
  CHECK(std::string(to_string(Status::measured)) == "measured");
  CHECK(std::string(to_string(Status::assumed)) == "assumed");
}

}  // namespace
}  // namespace idlewatt
