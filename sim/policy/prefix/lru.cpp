// Prefix cache `lru`: vLLM's automatic prefix caching. Full blocks stay until memory is wanted, the least recently used
// go first. Labels are the trace's (Request.prefix_blocks), each of a block together with all before it; where its blocks
// are larger than a KV block, their parts are told apart by place; the trace says how large they are. Blocks that the
// trace does not label are the request's own: it finds them again after a preemption. A session's next prompt holds the
// answer before it where it is long enough for that: traces label the answer's blocks there, and not where the answer is
// generated. Of a trace that knows sessions and no blocks it may be assumed that each turn's prompt begins with the
// prompt of the turn before.
#include <algorithm>
#include <fmt/core.h>

#include "base/error.hpp"
#include "base/splitmix64.hpp"
#include "physics/memory_plan.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

// Numbers of requests and of sessions are small, and may be alike: each kind of label is drawn from its own part of all.
constexpr std::uint64_t kOwnLabels = 0x6f776e;
constexpr std::uint64_t kAnswerLabels = 0x616e7377;
constexpr std::uint64_t kSessionLabels = 0x73657373;

std::uint64_t label_of(std::uint64_t kind, std::uint64_t number) {
  // Never 0, which stands for no label.
  return mixed(mixed(kind) + number) | 1U;
}

class Lru final : public PrefixPolicy {
 public:
  Lru(std::int64_t block_tokens, bool sessions, bool answers)
      : block_tokens_(block_tokens), sessions_(sessions), answers_(answers) {}

  bool keeps_blocks() const override { return true; }

  PrefixContent content(const Request& request) const override {
    const std::int64_t full = request.prompt_tokens / kKvBlockTokens;
    PrefixContent content;
    content.run_tokens = request.block_tokens;
    content.prompt_tokens = request.prompt_tokens;
    content.tokens = std::int64_t{request.prompt_tokens} + request.output_tokens;
    if (!request.prefix_blocks.empty()) {
      if (block_tokens_ != 0 && block_tokens_ != request.block_tokens) {
        throw InputError(
            fmt::format("`prefix_cache`: `block_tokens` is {}, but the trace's hashes are of blocks of {} tokens "
                        "(expected no `block_tokens`, or what the trace says)",
                        block_tokens_, request.block_tokens));
      }
      content.labels = request.prefix_blocks;
      content.known_blocks = std::min(
          full, static_cast<std::int64_t>(request.prefix_blocks.size()) * request.block_tokens / kKvBlockTokens);
    } else if (sessions_ && request.session != 0) {
      content.lead = label_of(kSessionLabels, request.session);
      content.known_blocks = full;
    }
    // Of a prompt that is labelled in part, nobody knows whether its rest comes again.
    const bool whole = !request.prefix_blocks.empty() || sessions_;
    if (answers_ && whole && request.session != 0 && content.known_blocks == full) {
      content.rest = content.earlier_answer = label_of(kAnswerLabels, request.session);
    } else {
      content.rest = label_of(kOwnLabels, static_cast<std::uint64_t>(request.id));
    }
    return content;
  }

 private:
  std::int64_t block_tokens_;  ///< 0: as the trace says
  bool sessions_;
  bool answers_;
};

}  // namespace

PrefixDeclaration declare_lru_prefix_cache() {
  return {
      {"lru",
       "full KV blocks are kept and shared until memory is wanted, least recently used first (vLLM: "
       "enable_prefix_caching)",
       {{"block_tokens", Dimension::count, 0, 0, 65536,
         "tokens in a block of the trace's hashes, as a check; 0: as the trace says"},
        {"sessions",
         Dimension::number,
         0,
         0,
         1,
         "of requests with a session and no block hashes: `ignored`, or `continued`: each prompt of a session begins "
         "with the one before",
         {"ignored", "continued"}},
        {"answers",
         Dimension::number,
         0,
         0,
         1,
         "of requests with a session whose prompts are known in full: `kept`: a prompt that is long enough begins with "
         "the prompt and the answer of the turn before; `ignored`: answers are not found",
         {"kept", "ignored"}}}},
      [](const Parameters& p) {
        return std::make_unique<Lru>(p.get_int("block_tokens"), p.get_int("sessions") == 1, p.get_int("answers") == 0);
      }};
}

}  // namespace idlewatt
