#include "physics/memory_plan.hpp"

#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("KV blocks are what weights and reserve leave, by hand") {
  const MemoryPlan plan = memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1});
  CHECK(plan.usable_bytes == Approx(72e9));
  CHECK(plan.weight_bytes == Approx(16.06e9));
  CHECK(plan.reserve_bytes == Approx(2e9));
  CHECK(plan.kv_bytes == Approx(53.94e9));
  // 2 x 32 layers x 8 heads x 128 x 2 bytes = 131072 bytes a token, 2097152 a block: 25720.6 of them.
  CHECK(plan.kv_blocks == 25720);
  CHECK(plan.fits());
}

TEST_CASE("two accelerators share weights and blocks") {
  const MemoryPlan plan = memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 2});
  CHECK(plan.weight_bytes == Approx(8.03e9));
  CHECK(plan.kv_bytes == Approx(61.97e9));
  CHECK(plan.kv_blocks == 59099);  // 61.97e9 / 1048576
}

TEST_CASE("int8 halves the weights but for embedding and head, and leaves the KV cache as it is") {
  const MemoryPlan plan = memory_plan(a100(), llama_8b(), plain_engine(), Precision::int8, {.tensor = 1});
  CHECK(plan.weight_bytes == Approx(8.03e9 + 2.0 * 4096.0 * 128256.0));
  CHECK(plan.kv_blocks == 29048);  // 60.919e9 / 2097152
}

TEST_CASE("a model that is too large has no blocks") {
  Accelerator small = a100();
  small.memory_bytes = figure(16e9);
  const MemoryPlan plan = memory_plan(small, llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1});
  CHECK(plan.kv_bytes < 0.0);
  CHECK(plan.kv_blocks == 0);
  CHECK_FALSE(plan.fits());
}

}  // namespace
}  // namespace idlewatt
