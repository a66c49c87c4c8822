// Prefix cache: which blocks of a prompt a replica can know again from earlier requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/splitmix64.hpp"
#include "physics/memory_plan.hpp"
#include "policy/declaration.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Labels may stand for runs of more tokens than a block has: a block has the label of the run in which its last token
/// is. The number of that run, and the first block after those of a run.
constexpr std::size_t run_of_block(std::int64_t block, std::int64_t run_tokens) {
  return static_cast<std::size_t>(((block + 1) * kKvBlockTokens - 1) / run_tokens);
}
constexpr std::int64_t end_of_run(std::size_t run, std::int64_t run_tokens) {
  return (static_cast<std::int64_t>(run) + 1) * run_tokens / kKvBlockTokens;
}

/// Labels of runs of different lengths differ.
constexpr std::uint64_t run_label(std::uint64_t label, std::int64_t run_tokens) {
  return run_tokens == kKvBlockTokens ? label : mixed(mixed(label) + static_cast<std::uint64_t>(run_tokens));
}

/// What a prefix cache knows of a request's tokens: a label for each of its KV blocks. Two requests have the same
/// tokens up to the end of a block if that block and all before it have equal labels.
struct PrefixContent {
  std::span<const std::uint64_t> labels;  ///< of the leading runs of `run_tokens` tokens; empty: `lead` names them
  std::int64_t run_tokens = kKvBlockTokens;
  std::uint64_t lead = 0;
  std::int64_t known_blocks = 0;  ///< leading blocks that `labels` or `lead` name
  std::uint64_t rest = 0;         ///< label of all further blocks: the rest of the prompt, and the answer
  /// The prompt may hold the answer of an earlier request, whose `rest` is this label; 0: it holds none. It does hold it
  /// where the prompt has at least as many tokens as that request's prompt and answer have together.
  std::uint64_t earlier_answer = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t tokens = 0;  ///< of prompt and answer

  /// The label of block `index`.
  std::uint64_t label(std::int64_t index) const {
    return index >= known_blocks ? rest
           : labels.empty()      ? lead
                                 : run_label(labels[run_of_block(index, run_tokens)], run_tokens);
  }
};

/// What a replica does with the labels is the rule of engine/replica.hpp.
class PrefixPolicy {
 public:
  virtual ~PrefixPolicy() = default;
  /// False: no block is ever kept, and content() is not asked.
  virtual bool keeps_blocks() const = 0;
  /// Refers to the request, and to nothing that changes while the request exists.
  virtual PrefixContent content(const Request& request) const = 0;
};

using PrefixDeclaration = Declaration<PrefixPolicy>;

}  // namespace idlewatt
