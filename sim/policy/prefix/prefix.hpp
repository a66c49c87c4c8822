// Prefix cache: decides which blocks of a prompt a replica can recognise from earlier requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/splitmix64.hpp"
#include "physics/memory_plan.hpp"
#include "policy/declaration.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Runs are for labels that each stand for more tokens than a block has: a block has the label of the run that contains
/// its last token. run_of_block() is the number of that run, end_of_run() the first block after those of a run.
constexpr std::size_t run_of_block(std::int64_t block, std::int64_t run_tokens) {
  return static_cast<std::size_t>(((block + 1) * kKvBlockTokens - 1) / run_tokens);
}
constexpr std::int64_t end_of_run(std::size_t run, std::int64_t run_tokens) {
  return (static_cast<std::int64_t>(run) + 1) * run_tokens / kKvBlockTokens;
}

/// The label of a run, different for runs of different lengths.
constexpr std::uint64_t run_label(std::uint64_t label, std::int64_t run_tokens) {
  return run_tokens == kKvBlockTokens ? label : mixed(mixed(label) + static_cast<std::uint64_t>(run_tokens));
}

/// The labels of a request's KV blocks, by which a prefix cache compares requests. Two requests have the same tokens up
/// to the end of a block if that block and all blocks before it have equal labels.
struct PrefixContent {
  std::span<const std::uint64_t> labels;  ///< labels of the leading runs of `run_tokens` tokens; empty: `lead` is the
                                          ///< label of the leading blocks
  std::int64_t run_tokens = kKvBlockTokens;
  std::uint64_t lead = 0;
  std::int64_t known_blocks = 0;  ///< number of leading blocks that `labels` or `lead` name
  std::uint64_t rest = 0;         ///< label of all further blocks: the rest of the prompt, and the answer
  /// The `rest` of an earlier request whose answer the prompt may contain; 0 = none. The prompt does contain the answer
  /// if it has at least as many tokens as that request's prompt and answer together.
  std::uint64_t earlier_answer = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t tokens = 0;  ///< tokens of prompt and answer together

  /// The label of block `index`.
  std::uint64_t label(std::int64_t index) const {
    return index >= known_blocks ? rest
           : labels.empty()      ? lead
                                 : run_label(labels[run_of_block(index, run_tokens)], run_tokens);
  }
};

/// Gives the labels of requests. engine/replica.hpp has the rule by which a replica uses the labels.
class PrefixPolicy {
 public:
  virtual ~PrefixPolicy() = default;
  /// False when no block is ever kept; content() is then not called.
  virtual bool keeps_blocks() const = 0;
  /// The labels of a request. They refer to the request and must not outlive it.
  virtual PrefixContent content(const Request& request) const = 0;
};

using PrefixDeclaration = Declaration<PrefixPolicy>;

}  // namespace idlewatt
