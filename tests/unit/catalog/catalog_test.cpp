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
  // Embedding and head stay in 16 bits.
  model.hidden = 4096;
  model.vocabulary = 128256;
  const double wide = 128256.0 * 4096.0;
  CHECK(model.weight_bytes(Precision::int8) == 8e9 + 2.0 * wide);
  CHECK(model.weight_bytes(Precision::bf16) == 16e9);
  model.tied_embeddings = true;
  CHECK(model.weight_bytes(Precision::int8) == 8e9 + wide);
}

TEST_CASE("mxfp4 is of the experts, where there are any") {
  Model model;
  model.parameters.value = 21e9;
  model.layers = 24;
  model.hidden = 2880;
  model.mixture = ExpertMixture{.experts = 32, .experts_per_token = 4, .intermediate = 2880};
  const double experts = 24.0 * 32.0 * 3.0 * 2880.0 * 2880.0;
  CHECK(model.weight_bytes(Precision::mxfp4) == Approx(2.0 * (21e9 - experts) + experts * 4.25 / 8.0));
  model.mixture.reset();
  CHECK(model.weight_bytes(Precision::mxfp4) == Approx(21e9 * 4.25 / 8.0));
}

TEST_CASE("An accelerator's figures by arithmetic") {
  Accelerator accelerator;
  accelerator.peak_flops[static_cast<std::size_t>(Arithmetic::int8)] = Figure{130e12, Status::published, "a test"};
  CHECK(accelerator.peak(Arithmetic::int8)->value == 130e12);
  CHECK(!accelerator.peak(Arithmetic::bf16).has_value());
  CHECK(!accelerator.flop_energy(Arithmetic::int8).has_value());
}

TEST_CASE("A precision asks for its arithmetic, and attention runs in 16 bits") {
  Accelerator turing;
  turing.peak_flops[static_cast<std::size_t>(Arithmetic::fp16)] = Figure{65e12, Status::published, "a test"};
  turing.peak_flops[static_cast<std::size_t>(Arithmetic::int8)] = Figure{130e12, Status::published, "a test"};
  CHECK(turing.arithmetic(Precision::int4) == Arithmetic::fp16);
  CHECK(turing.arithmetic(Precision::int4_int8) == Arithmetic::int8);
  CHECK(!turing.arithmetic(Precision::bf16));
  CHECK(!turing.arithmetic(Precision::fp8));
  CHECK(turing.sixteen_bits() == Arithmetic::fp16);
}

TEST_CASE("Keys and values per token follow from the kind of attention") {
  Model model;
  model.layers = 2;
  model.heads = 8;
  model.kv_heads = 8;
  model.head_dim = 64;
  CHECK(model.kv_bytes_per_token() == 2.0 * 2 * 8 * 64 * 2);
  model.kv_heads = 2;
  CHECK(model.kv_bytes_per_token() == 2.0 * 2 * 2 * 64 * 2);
  CHECK(model.kv_bytes_per_token(2) == 2.0 * 2 * 1 * 64 * 2);
  CHECK(model.kv_bytes_per_token(8) == 2.0 * 2 * 1 * 64 * 2);  // repeated, not divided further
  model.latent = LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128, .query_rank = 0};
  CHECK(model.kv_bytes_per_token() == 2.0 * 576 * 2);
  CHECK(model.kv_bytes_per_token(8) == 2.0 * 576 * 2);
  CHECK(model.kv_bytes_per_token(8, KvFormat::fp8) == 2.0 * 576);
  CHECK(model.kv_bytes(100.0, 1, KvFormat::int8) == 100.0 * 2.0 * 576);
  CHECK(model.kv_bytes(100.0, 1, KvFormat::bf16) == model.kv_bytes(100.0));
}

TEST_CASE("A KV cache is read in what the accelerator computes in") {
  Accelerator turing;
  turing.peak_flops[static_cast<std::size_t>(Arithmetic::fp16)] = Figure{65e12, Status::published, "a test"};
  turing.peak_flops[static_cast<std::size_t>(Arithmetic::int8)] = Figure{130e12, Status::published, "a test"};
  CHECK(turing.reads(KvFormat::automatic));
  CHECK(turing.reads(KvFormat::fp16));
  CHECK(turing.reads(KvFormat::int8));
  CHECK_FALSE(turing.reads(KvFormat::bf16));
  CHECK_FALSE(turing.reads(KvFormat::fp8));
}

TEST_CASE("Links of a group are those of its size, where there are any") {
  Accelerator accelerator;
  accelerator.link_bytes_per_s = Figure{20e9, Status::measured, "a test"};
  accelerator.link_latency_s = Figure{5e-6, Status::measured, "a test"};
  const auto bandwidth = [&](int group) { return accelerator.in_group(group).link_bytes_per_s.value; };
  CHECK(bandwidth(8) == 20e9);
  accelerator.link_groups[0].bytes_per_s = Figure{4e9, Status::measured, "a test"};
  accelerator.link_groups[1].bytes_per_s = Figure{2e9, Status::measured, "a test"};
  CHECK(bandwidth(1) == 20e9);
  CHECK(bandwidth(2) == 20e9);
  CHECK(bandwidth(3) == 4e9);
  CHECK(bandwidth(4) == 4e9);
  CHECK(bandwidth(6) == 2e9);
  CHECK(bandwidth(16) == 2e9);
  CHECK(accelerator.in_group(8).link_latency_s.value == 5e-6);
}

TEST_CASE("Of an engine's limits by accelerator the last that hold count") {
  const EngineRules rules{.version = "mine 1.0",
                          .source = "a test",
                          .boards = {{.limits = {2048, 256}},
                                     {.from_bytes = 70e9, .but = {"old"}, .limits = {8192, 1024}},
                                     {.only = {"odd"}, .limits = {512, 64}}},
                          .prefix_cache = "lru"};
  const auto on = [&](const std::string& kin, double bytes) {
    Accelerator accelerator;
    accelerator.name = "whatever its name";
    accelerator.kin = kin;
    accelerator.memory_bytes = Figure{bytes, Status::published, "a test"};
    return rules.limits_on(accelerator);
  };
  CHECK(on("new", 24e9) == BatchLimits{2048, 256});
  CHECK(on("new", 70e9) == BatchLimits{8192, 1024});
  CHECK(on("old", 80e9) == BatchLimits{2048, 256});
  CHECK(on("odd", 16e9) == BatchLimits{512, 64});
  CHECK(on("odd", 80e9) == BatchLimits{512, 64});
}

TEST_CASE("Names of precisions and statuses") {
  for (const Precision precision : kPrecisions) {
    CHECK(std::string(to_string(precision)) != "?");
  }
  for (const KvFormat format : kKvFormats) {
    CHECK(std::string(to_string(format)) != "?");
  }
  CHECK(std::string(to_string(Status::measured)) == "measured");
  CHECK(std::string(to_string(Status::assumed)) == "assumed");
}

}  // namespace
}  // namespace idlewatt
