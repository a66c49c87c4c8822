#include <memory>
#include <string>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<BatchPolicy> continuous(int max_sequences, int token_budget, const std::string& prefill = "chunked") {
  const BatchDeclaration declaration = declare_continuous();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("max_sequences", max_sequences);
  parameters.set("token_budget", token_budget);
  parameters.set("prefill", prefill == "first" ? 1 : 0);
  return declaration.make(parameters);
}

std::unique_ptr<BatchPolicy> window(int max_sequences, double window_s) {
  Parameters parameters;
  parameters.set("max_sequences", max_sequences);
  parameters.set("window", window_s);
  return declare_window().make(parameters);
}

TEST_CASE("continuous batching fills its seats, and its budget after decoding") {
  const auto policy = continuous(8, 100);
  CHECK(policy->max_sequences() == 8);
  const BatchPlan empty = policy->plan({});
  CHECK(empty.admit == 8);
  CHECK(empty.prefill_tokens == 100);
  CHECK(empty.decode);
  const BatchPlan busy = policy->plan({.decoding = 5, .prefilling = 1});
  CHECK(busy.admit == 2);
  CHECK(busy.prefill_tokens == 95);
  CHECK(busy.decode);
  CHECK(policy->plan({.decoding = 8}).admit == 0);
}

TEST_CASE("continuous batching never lets decoding starve a prompt") {
  const auto policy = continuous(32, 2);
  CHECK(policy->plan({.decoding = 31, .prefilling = 1}).prefill_tokens >= 1);
  CHECK(policy->plan({.decoding = 32}).prefill_tokens >= 0);
}

TEST_CASE("prefill first: whole prompts alone while the head can join, else decoding") {
  const auto policy = continuous(8, 100, "first");
  CHECK(policy->max_sequences() == 8);
  const BatchPlan prefill = policy->plan({.decoding = 5, .waiting = 2, .head_blocks = 4, .free_blocks = 4});
  CHECK(prefill.admit == 3);
  CHECK(prefill.prefill_tokens == 100);
  CHECK(prefill.whole_prompts);
  CHECK_FALSE(prefill.decode);
  const BatchPlan no_memory = policy->plan({.decoding = 5, .waiting = 2, .head_blocks = 5, .free_blocks = 4});
  CHECK(no_memory.decode);
  CHECK(no_memory.prefill_tokens == 0);
  CHECK_FALSE(no_memory.arrivals_matter);
  const BatchPlan no_seat = policy->plan({.decoding = 8, .waiting = 2, .head_blocks = 1, .free_blocks = 4});
  CHECK(no_seat.decode);
  CHECK_FALSE(no_seat.arrivals_matter);
  const BatchPlan nobody = policy->plan({.decoding = 5});
  CHECK(nobody.decode);
  CHECK(nobody.arrivals_matter);
}

TEST_CASE("window: waits from the oldest arrival, goes when it is full, lets nobody join a batch that runs") {
  const auto policy = window(4, 0.05);
  const Ticks wait = 50 * kTicksPerMillisecond;
  CHECK(policy->max_sequences() == 4);
  const BatchPlan waits = policy->plan({.now = 1000, .waiting = 3, .waiting_since = 900});
  CHECK(waits.admit == 0);
  CHECK(waits.wait_until == 900 + wait);
  CHECK(waits.wait_for == 4);
  CHECK(waits.together);
  const BatchPlan full = policy->plan({.now = 1000, .waiting = 4, .waiting_since = 900});
  CHECK(full.admit == 4);
  CHECK(full.prefill_tokens >= 1'000'000);
  CHECK(policy->plan({.now = 900 + wait, .waiting = 1, .waiting_since = 900}).admit == 4);
  for (const BatchView& busy : {BatchView{.decoding = 1, .waiting = 9}, BatchView{.prefilling = 1, .waiting = 9}}) {
    const BatchPlan runs = policy->plan(busy);
    CHECK(runs.admit == 0);
    CHECK(runs.decode);
    CHECK(runs.together);
    CHECK_FALSE(runs.arrivals_matter);
  }
}

TEST_CASE("no batching: one request at a time, its prompt in one piece") {
  const auto policy = declare_no_batching().make({});
  CHECK(policy->max_sequences() == 1);
  const BatchPlan empty = policy->plan({.waiting = 9});
  CHECK(empty.admit == 1);
  CHECK(empty.prefill_tokens >= 1'000'000);
  CHECK(empty.decode);
  CHECK(policy->plan({.decoding = 1, .waiting = 9}).admit == 0);
  CHECK(policy->plan({.prefilling = 1, .waiting = 9}).admit == 0);
}

}  // namespace
}  // namespace idlewatt
