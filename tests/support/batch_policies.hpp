// Batching policies that only tests use: they reach plans that the built-in ones never make.
#pragma once

#include <algorithm>
#include <cstdint>

#include "physics/memory_plan.hpp"
#include "policy/batch/batch.hpp"

namespace idlewatt {

/// Decoding pauses while there is a prompt to compute, as in vLLM V0. `longest` is the most tokens of any request:
/// where that many do not fit, the front of the queue might not either, and a plan without decoding would do nothing.
class PrefillFirst final : public BatchPolicy {
 public:
  PrefillFirst(std::int32_t max_sequences, std::int64_t budget, std::int64_t longest)
      : max_sequences_(max_sequences), budget_(budget), longest_(longest) {}

  BatchPlan plan(const BatchView& view) override {
    const std::int32_t seats = max_sequences_ - view.decoding - view.prefilling - view.finished;
    const bool joins = view.waiting > 0 && seats > 0 && view.free_blocks * kKvBlockTokens >= longest_ &&
                       view.head_blocks <= view.free_blocks;
    return {.admit = seats, .prefill_tokens = budget_, .decode = view.prefilling == 0 && !joins};
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  std::int64_t budget_;
  std::int64_t longest_;
};

/// Nobody joins while anything runs. With `together`, who finishes stays until all have: static batching in chunks.
class OnlyWhenEmpty final : public BatchPolicy {
 public:
  OnlyWhenEmpty(std::int32_t max_sequences, std::int64_t budget, bool together = false)
      : max_sequences_(max_sequences), budget_(budget), together_(together) {}

  BatchPlan plan(const BatchView& view) override {
    const bool empty = view.decoding + view.prefilling + view.finished == 0;
    return {.admit = empty ? max_sequences_ : 0, .prefill_tokens = budget_, .decode = true, .together = together_};
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  std::int64_t budget_;
  bool together_;
};

/// Admits no more than wait: its plan for an empty queue says nothing about the next arrival.
class AsManyAsWait final : public BatchPolicy {
 public:
  AsManyAsWait(std::int32_t max_sequences, std::int64_t budget) : max_sequences_(max_sequences), budget_(budget) {}

  BatchPlan plan(const BatchView& view) override {
    const std::int64_t seats = max_sequences_ - view.decoding - view.prefilling - view.finished;
    return {
        .admit = static_cast<std::int32_t>(std::min(seats, view.waiting)), .prefill_tokens = budget_, .decode = true};
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  std::int64_t budget_;
};

/// Lets the queue fill up before anybody joins those who run: whether the front may join depends on who comes later.
class InGroups final : public BatchPolicy {
 public:
  InGroups(std::int32_t max_sequences, std::int64_t budget, std::int64_t group)
      : max_sequences_(max_sequences), budget_(budget), group_(group) {}

  BatchPlan plan(const BatchView& view) override {
    const std::int32_t running = view.decoding + view.prefilling + view.finished;
    const bool joins = running == 0 || view.waiting >= group_;
    return {.admit = joins ? max_sequences_ - running : 0, .prefill_tokens = budget_, .decode = true};
  }
  std::int32_t max_sequences() const override { return max_sequences_; }

 private:
  std::int32_t max_sequences_;
  std::int64_t budget_;
  std::int64_t group_;
};

}  // namespace idlewatt
