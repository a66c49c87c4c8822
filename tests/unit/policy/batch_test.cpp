#include <memory>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<BatchPolicy> continuous(int max_sequences, int token_budget) {
  Parameters parameters;
  parameters.set("max_sequences", max_sequences);
  parameters.set("token_budget", token_budget);
  return declare_continuous().make(parameters);
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

TEST_CASE("no batching: one query at a time, its prompt in one piece") {
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
