// What layers with windows read, against a count token by token; and what they keep.
#include "physics/attended_context.hpp"

#include <cmath>
#include <cstdlib>
#include <vector>

#include "physics/memory_plan.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// Positions that the token at `position` reads, counted one by one.
std::int64_t counted(const AttendedKind& kind, std::int64_t position) {
  std::int64_t read = 0;
  for (std::int64_t other = 1; other <= position; ++other) {
    const bool in_window = kind.window == 0 || (kind.chunked ? (other - 1) / kind.window == (position - 1) / kind.window
                                                             : position - other < kind.window);
    read += in_window ? 1 : 0;
  }
  return read;
}

const std::vector<AttendedKind> kKinds{
    {.weight = 3, .window = 0}, {.weight = 2, .window = 7}, {.weight = 1, .window = 5, .chunked = true}};

Model windowed_llama() {
  Model model = llama_8b();
  const Attention full{.heads = 32, .kv_heads = 8, .head_dim = 128};
  Attention sliding = full;
  sliding.window = 1024;
  model.kinds = {{.count = 24, .attention = sliding, .intermediate = model.intermediate},
                 {.count = 8, .attention = full, .intermediate = model.intermediate}};
  return model;
}

TEST_CASE("What a token reads is a straight line of its position up to a window") {
  const AttendedContext attended(kKinds);
  CHECK(attended.whole() == 6);
  CHECK_FALSE(attended.plain());
  std::int64_t sum = 0;
  for (std::int64_t position = 1; position < 60; ++position) {
    std::int64_t want = 0;
    for (const AttendedKind& kind : kKinds) {
      want += kind.weight * counted(kind, position);
    }
    CHECK(attended.of(position) == want);
    const AttendedContext::Law law = attended.law(position);
    CHECK(law.until > position);
    CHECK(law.base + law.slope * position == want);
    CHECK(law.base + law.slope * (law.until - 1) == attended.of(law.until - 1));
    sum += want;
    CHECK(attended.sum(1, position) == sum);
    CHECK(attended.sum(position, position) == want);
    // Before the first token of a chunk lie the tokens that it reads, but for itself.
    CHECK(attended.span(position - 1, 4) == want - 6 + 4 * 6);
  }
}

TEST_CASE("A model without windows counts tokens") {
  CHECK(attended_context(llama_8b(), 1).plain());
  CHECK(AttendedContext().of(17) == 17);
  CHECK(AttendedContext().sum(3, 5) == 12);
  CHECK(AttendedContext().span(10, 5) == 15);
}

TEST_CASE("Kinds of layers weigh by the bytes that a token has in them") {
  const AttendedContext attended = attended_context(windowed_llama(), 1);
  REQUIRE(attended.kinds().size() == 2);
  CHECK(attended.kinds()[0] == AttendedKind{.weight = 3, .window = 1024});
  CHECK(attended.kinds()[1] == AttendedKind{.weight = 1, .window = 0});
  // As wide as the longest sequence: none.
  Model wide = windowed_llama();
  wide.kinds[0].attention->window = wide.context_tokens;
  CHECK(attended_context(wide, 1).plain());
}

TEST_CASE("Blocks of a window are given back, and a prefix cache keeps them") {
  const auto plan_of = [](const Model& model, Windows windows) {
    return memory_plan(a100(), model, plain_engine(), Precision::bf16, {}, {.windows = windows});
  };
  const MemoryPlan plain = plan_of(llama_8b(), Windows::dropped);
  const MemoryPlan hybrid = plan_of(windowed_llama(), Windows::dropped);
  // A block is 16 tokens in 8 layers: a quarter of a page.
  CHECK(hybrid.layout.blocks_per_page() == 4);
  CHECK(std::abs(hybrid.kv_blocks - 4 * plain.kv_blocks) < 4);
  CHECK(hybrid.layout.blocks(16) == 4);
  CHECK(hybrid.layout.blocks(1040) == 4 * 65);
  CHECK(hybrid.layout.blocks(1041) == 3 * 65 + 66);
  CHECK(hybrid.layout.blocks(8192) == 3 * 65 + 512);
  for (std::int64_t tokens = 0; tokens < 2000; ++tokens) {
    const std::int64_t grown = hybrid.layout.blocks(tokens + 1) - hybrid.layout.blocks(tokens);
    CHECK(grown == (tokens % kKvBlockTokens == 0 ? hybrid.layout.law(tokens).blocks : 0));
  }
  const MemoryPlan kept = plan_of(windowed_llama(), Windows::kept);
  CHECK(kept.kv_blocks == plain.kv_blocks);
  CHECK(kept.layout.blocks(8192) == 512);
}

TEST_CASE("A state takes whole blocks from a sequence's first token on, and never more") {
  Model model = llama_8b();
  LayerKind attention = model.layer_kinds()[0];
  attention.count = 4;
  model.kinds = {attention, {.count = 28, .state = StateLayer{.weights = 1000, .conv = 24576, .recurrent = 524288}}};
  const double state_bytes = 28.0 * 2.0 * (24576.0 + 524288.0);
  CHECK(model.state_bytes() == state_bytes);
  CHECK(model.kv_bytes_per_token() == 4.0 * 2.0 * 8.0 * 128.0 * 2.0);
  const MemoryPlan plan = memory_plan(a100(), model, plain_engine(), Precision::bf16, {});
  const double block_bytes = 16.0 * model.kv_bytes_per_token();
  CHECK(plan.layout.state_blocks == static_cast<std::int64_t>(std::ceil(state_bytes / block_bytes)));
  CHECK(plan.layout.blocks(1) == plan.layout.state_blocks + 1);
  CHECK(plan.layout.blocks(160) == plan.layout.state_blocks + 10);
  // Without attention a sequence is its state.
  model.kinds = {model.kinds[1]};
  const MemoryPlan states = memory_plan(a100(), model, plain_engine(), Precision::bf16, {});
  CHECK(states.layout.blocks(1) == 1);
  CHECK(states.layout.blocks(100'000) == 1);
  CHECK(states.kv_blocks == static_cast<std::int64_t>(states.kv_bytes / model.state_bytes()));
}

}  // namespace
}  // namespace idlewatt
